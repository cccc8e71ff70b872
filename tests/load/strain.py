"""How hard the machine had to work while something was measured: without it no time means anything."""

import asyncio
import os
import time
from dataclasses import dataclass, field
from typing import Self

import psutil

from tests.load.figures import percentile

EVERY = 0.05
"""Seconds between looks at the loop."""


@dataclass(kw_only=True)
class Strain:
    """Watches this process and the machine, while the block is open."""

    lags: list[float] = field(default_factory=list)
    """Seconds that the event loop came late: what is measured is late by as much."""
    began: float = 0.0
    own: float = 0.0
    busy: float = 0.0
    _task: "asyncio.Task[None] | None" = None

    async def __aenter__(self) -> Self:
        self.began, self.own, self.busy = time.monotonic(), time.process_time(), _busy()
        self._task = asyncio.create_task(self._look(), name="strain")
        return self

    async def __aexit__(self, *exception: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _look(self) -> None:
        while True:
            due = time.monotonic() + EVERY
            await asyncio.sleep(EVERY)
            self.lags.append(time.monotonic() - due)

    def words(self) -> str:
        """What was found so far."""
        passed = time.monotonic() - self.began
        own, all_ = (time.process_time() - self.own) / passed, (_busy() - self.busy) / passed
        lags = self.lags or [0.0]
        return (
            f"{own:.2f} processors for this process, {all_:.2f} of {os.cpu_count()} for the whole machine; "
            f"the loop late by {percentile(lags, 0.95):.3f} s (p95), {max(lags):.2f} s (slowest); "
            f"load average {os.getloadavg()[0]:.1f}"
        )


def _busy() -> float:
    """Seconds of all processors that were not idle."""
    times = psutil.cpu_times()
    return float(times.user + times.system + times.nice)
