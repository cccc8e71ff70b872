"""Wakes a service when one of its rows falls due. The rows are the truth; this holds one timer."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.base import log_context
from bot.rides.ports import Clock

log = logging.getLogger(__name__)

_JOB = "next-due"
_TRY_AGAIN_AFTER = timedelta(seconds=2)


class Waker:
    """One APScheduler job for the earliest due row; what fell due while nobody was awake comes at once.

    `next_due` gives the earliest moment at which a row falls or fell due. `sweep` does what is due, and gives
    False when something is to be tried again soon. `name` is for the log.
    """

    def __init__(
        self,
        name: str,
        next_due: Callable[[], Awaitable[datetime | None]],
        sweep: Callable[[], Awaitable[bool]],
        clock: Clock,
    ) -> None:
        self._name = name
        self._next_due = next_due
        self._sweep = sweep
        self._clock = clock
        self._sweeping = asyncio.Lock()
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 2}
        )

    def start(self) -> None:
        self._scheduler.start()

    async def set(self) -> None:
        """Look at the rows and set the timer: call it when rows were added, moved or done."""
        due = await self._next_due()
        if due is None:
            if self._scheduler.get_job(_JOB) is not None:
                self._scheduler.remove_job(_JOB)
            return
        self._wake_at(max(due, self._clock.now()))

    def _wake_at(self, moment: datetime) -> None:
        self._scheduler.add_job(self._wake, "date", run_date=moment, id=_JOB, replace_existing=True)

    async def _wake(self) -> None:
        """Sweep, and set the timer again, whatever happened: without it nothing would ever go on."""
        log_context.is_about()  # and not what set the timer
        try:
            async with self._sweeping:
                done = await self._sweep()
            if done:
                await self.set()
        except Exception:
            log.exception("the %s could not be swept", self._name)
            done = False
        if not done:
            self._wake_at(self._clock.now() + _TRY_AGAIN_AFTER)

    def close(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
