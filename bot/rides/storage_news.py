"""Telling those in a ride that what happens can't be written down for now, and that it can again."""

import asyncio
import logging
from collections.abc import Callable, Iterable

from bot.rides.announcements import Announcement, WritesAgain, WritesWait
from bot.rides.dependencies import Parts
from bot.rides.errors import ChatRefusedError
from bot.rides.live import LiveRide

log = logging.getLogger(__name__)

_Place = tuple[str, str]
"""Workspace and channel."""


class StorageNews:
    """Tells every incident channel once, and those once more when it is over."""

    def __init__(self, parts: Parts, rides: Callable[[], Iterable[LiveRide]]) -> None:
        self._parts = parts
        self._rides = rides
        self._told: set[_Place] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def waits(self, *, full: bool) -> None:
        """Something has waited for the storage for long: its disk is `full`, or another program holds it."""
        places = {
            (ride.record.workspace, ride.record.channel)
            for ride in self._rides()
            if ride.record.channel is not None
        }
        self._told |= places
        self._say_soon(places, WritesWait(full=full))

    def works(self) -> None:
        """Nothing waits any more."""
        places, self._told = self._told, set()
        self._say_soon(places, WritesAgain())

    def _say_soon(self, places: Iterable[_Place], said: Announcement) -> None:
        for place in sorted(places):
            task = asyncio.create_task(self._say(place, said), name=f"news of the storage for {place[1]}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Tell nothing more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _say(self, place: _Place, said: Announcement) -> None:
        workspace, channel = place
        try:
            await self._parts.chat.notify(workspace, channel, said)
        except ChatRefusedError as refusal:
            log.warning("the news of the storage could not be told in %s: %s", channel, refusal.code)
