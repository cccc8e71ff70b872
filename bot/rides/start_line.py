"""A start line: rides that are ready wait at it, and go live in the same second."""

import asyncio
from datetime import datetime, timedelta

from bot.rides.ports import Clock


class StartLine:
    """Rides come to it when they are accepted, say when they are ready, and are released together.

    One that fails or is stopped before it was ready leaves, and doesn't hold up the others.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._coming: set[str] = set()
        self._all_there = asyncio.Event()
        self._opened = asyncio.Event()

    def expect(self, ride_id: str) -> None:
        """This ride will come. The engine says so when it has accepted it."""
        self._coming.add(ride_id)
        self._all_there.clear()

    def leave(self, ride_id: str) -> None:
        """This ride won't come, or is there. Harmless for one that nobody expects."""
        self._coming.discard(ride_id)
        if not self._coming:
            self._all_there.set()

    async def ready(self, ride_id: str) -> None:
        """The ride is prepared; returns when the line is open. After that, it returns at once."""
        self.leave(ride_id)
        await self._opened.wait()

    async def open(self, at: datetime, patience: timedelta) -> None:
        """Wait for the moment, then for the rides that are not ready, but no longer than `patience`.

        Then all that wait go, and those that come later go as they come.
        """
        await asyncio.sleep(self._until(at))
        if self._coming:
            try:
                async with asyncio.timeout(self._until(at + patience)):
                    await self._all_there.wait()
            except TimeoutError:
                pass
        self._opened.set()

    def _until(self, moment: datetime) -> float:
        return max((moment - self._clock.now()).total_seconds(), 0.0)
