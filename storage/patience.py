"""Patience with a database that can't be written for now: what was not done is done again, until it is."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from storage.errors import DatabaseBusyError, DatabaseFullError

log = logging.getLogger(__name__)

T = TypeVar("T")

TELL_AFTER = 30.0
"""Seconds that something waits until people are told: most backups take less."""
_PAUSE = 0.1
"""Seconds between two tries while another program holds a lock: each try waits for it as well."""
_PAUSE_FULL = 1.0
"""Seconds between two tries on a disk that is full, which is known at once."""
_PASSES = (DatabaseBusyError, DatabaseFullError)
"""Nothing was written, and the same may work soon."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldUp:
    """Something has waited for the database for long."""

    full: bool
    """The disk is full or failing; else another program holds a lock."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Wait:
    since: float
    error: DatabaseBusyError | DatabaseFullError


Watcher = Callable[[HeldUp | None], None]
"""Told when something has waited for long, and None when nothing waits any more. Quick, and never raises."""


class Patience:
    """What is asked of one database, each asked again until it is done; for as long as the program lives."""

    def __init__(self, *, tell_after: float = TELL_AFTER) -> None:
        """`tell_after`: seconds until the watchers are told."""
        self._tell_after = tell_after
        self._waits: dict[object, _Wait] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._told = False
        self._watchers: list[Watcher] = []
        self._over = asyncio.Event()

    def watch(self, watcher: Watcher) -> None:
        """Tell it when something has waited for long, and when nothing does any more; once each."""
        self._watchers.append(watcher)

    def end(self) -> None:
        """Wait no more: the program stops. What was not done fails with the database's last word."""
        self._over.set()

    def check(self) -> None:
        """Nothing; but once nobody waits any more, and the database held something up, its last word."""
        if self._over.is_set() and self._waits:
            raise next(iter(self._waits.values())).error

    async def through(self, work: Callable[[], Awaitable[T]]) -> T:
        """What `work` gives, as soon as it does. It is one transaction: where it failed, nothing was done.

        Raises what doesn't pass, and after `end` whatever comes.
        """
        loop, wait = asyncio.get_running_loop(), object()
        since = loop.time()
        try:
            while True:
                try:
                    return await work()
                except _PASSES as error:
                    if self._over.is_set():
                        raise
                    self._held_up(wait, _Wait(since=since, error=error))
                    pause = _PAUSE_FULL if isinstance(error, DatabaseFullError) else _PAUSE
                try:
                    async with asyncio.timeout(pause):
                        await self._over.wait()
                except TimeoutError:
                    continue
        finally:
            self._free(wait)

    # -- within

    def _held_up(self, wait: object, found: _Wait) -> None:
        if not self._waits:
            log.warning("Ride is waiting to write to its database: %s", found.error)
        self._waits[wait] = found
        if self._timer is None and not self._told:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(max(found.since + self._tell_after, loop.time()), self._tell)

    def _tell(self) -> None:
        self._timer, self._told = None, True
        longest = min(self._waits.values(), key=lambda wait: wait.since)
        self._all_told(HeldUp(full=isinstance(longest.error, DatabaseFullError)))

    def _free(self, wait: object) -> None:
        if self._waits.pop(wait, None) is None or self._waits:
            return
        log.info("Ride no longer waits for its database.")
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._told:
            self._told = False
            self._all_told(None)

    def _all_told(self, news: HeldUp | None) -> None:
        for watcher in self._watchers:
            watcher(news)
