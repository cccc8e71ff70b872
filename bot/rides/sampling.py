"""Sampling a ride's sandbox, second by second, for the postmortem's picture. In real time."""

import asyncio
import contextlib
import logging
from datetime import timedelta

from bot.rides.ports import Clock, Samples
from sandbox.errors import SandboxError
from sandbox.provider import Glimpse, Sandbox
from storage.errors import StorageError
from storage.samples import SampleRecord

log = logging.getLogger(__name__)

_BATCH = 10
"""Samples that are written at once."""
_KEPT = 600
"""Samples that wait for a store that is busy; the oldest are given up."""
_PATIENCE = 5.0
"""Seconds that the last look and the last write may take."""


class Sampler:
    """Looks at one sandbox until it is told to stop. Nothing that fails here ever ends a ride."""

    def __init__(
        self, ride: str, sandbox: Sandbox, samples: Samples, clock: Clock, *, every: timedelta
    ) -> None:
        self._ride = ride
        self._sandbox = sandbox
        self._samples = samples
        self._clock = clock
        self._every = every.total_seconds()
        self._stopping = asyncio.Event()
        self._last: tuple[SampleRecord, Glimpse] | None = None
        self._unwritten: list[SampleRecord] = []
        self._blind = False
        self._writing: asyncio.Task[None] | None = None
        self._task = asyncio.create_task(self._run(), name=f"samples of {ride}")

    async def stop(self) -> None:
        """Write what is not written yet, and end. Later calls do nothing."""
        self._stopping.set()
        await asyncio.wait([self._task], timeout=_PATIENCE)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        try:
            while not self._stopping.is_set():
                await self._look()
                if len(self._unwritten) >= _BATCH:
                    self._write_soon()
                due = max(due + self._every, loop.time())
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), due - loop.time())
        finally:
            # Both are begun: a store that is held up for longer than we wait still gets them.
            before = [self._writing] if self._writing is not None else []
            await asyncio.gather(*before, self._write())

    def _write_soon(self) -> None:
        """Write beside the looking: a store that is held up leaves no hole in the picture."""
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write(), name=f"writing samples of {self._ride}")

    async def _look(self) -> None:
        try:
            glimpse = await self._sandbox.sample()
        except SandboxError as error:
            if not self._blind:
                log.info("ride %s: no samples for now: %s", self._ride, error)
            self._blind = True
            return
        except Exception:
            if not self._blind:
                log.exception("ride %s: no samples for now", self._ride)
            self._blind = True
            return
        self._blind = False
        at = self._clock.now()
        if self._last is not None:
            last, before = self._last
            passed = (at - last.at).total_seconds()
            if passed <= 0:
                return
            # A counter that was reset has not written backwards.
            written = max(glimpse.rows_written - before.rows_written, 0) / passed
        else:
            written = 0.0
        sample = SampleRecord(
            at=at, writes_per_second=written, waiting=glimpse.waiting, oldest_wait=glimpse.oldest_wait
        )
        if self._last is not None:  # the first look is what the second is compared with
            self._unwritten.append(sample)
        self._last = sample, glimpse

    async def _write(self) -> None:
        if not self._unwritten:
            return
        batch, self._unwritten = self._unwritten, []
        try:
            await self._samples.add(self._ride, batch)
        except StorageError as error:
            log.warning("ride %s: samples are not stored yet: %s", self._ride, error)
            self._unwritten = [*batch, *self._unwritten][-_KEPT:]
        except Exception:
            log.exception("ride %s: %d samples are lost", self._ride, len(batch))
