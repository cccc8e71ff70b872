"""The rides of an earlier life of the program, until they are taken up again. People are served meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.rides import closing
from bot.rides.errors import TakingUpError
from storage.records import UNDER_WAY, RideRecord
from storage.rides import RideStore

AT_ONCE = 8
"""How many are taken up at the same time."""
PATIENCE = 10.0
"""Real seconds that somebody waits for their ride to be taken up."""


class Backlog:
    """Rides that are to be taken up."""

    def __init__(self, store: RideStore) -> None:
        self._store = store
        self._records: dict[str, RideRecord] = {}
        self._taken: dict[str, asyncio.Event] = {}
        self._is_read = False

    async def read(self) -> None:
        """Know them, before anybody asks for one. Later calls do nothing: what is new by then runs here."""
        if self._is_read:
            return
        self._is_read = True
        for record in await self._store.unfinished():
            if not closing.is_closed(record):
                self._records[record.id] = record
                self._taken[record.id] = asyncio.Event()

    async def take_up(self, take: Callable[[RideRecord], Awaitable[None]]) -> None:
        """Take all of them up beside each other, those first that people are in. `take` raises nothing."""
        turns = asyncio.Semaphore(AT_ONCE)

        async def one(record: RideRecord) -> None:
            async with turns:
                try:
                    await take(record)
                finally:
                    del self._records[record.id]
                    self._taken.pop(record.id).set()

        async with asyncio.TaskGroup() as group:
            for record in sorted(self._records.values(), key=_urgency):
                group.create_task(one(record))

    def in_channel(self, workspace: str, channel: str) -> str | None:
        """The ride of an incident channel, if it waits here."""
        found = (
            one.id for one in self._records.values() if (one.workspace, one.channel) == (workspace, channel)
        )
        return next(found, None)

    def of(self, gone: Callable[[str], bool]) -> list[str]:
        """The rides that wait here, of these workspaces."""
        return [record.id for record in self._records.values() if gone(record.workspace)]

    async def taken_up(self, ride: str) -> None:
        """Until the ride is taken up; at once for one that doesn't wait here."""
        if ride in self._taken:
            await self._taken[ride].wait()

    async def soon(self, ride: str, within: float = PATIENCE) -> None:
        """As `taken_up`, for somebody who can't wait for long. Raises TakingUpError."""
        try:
            async with asyncio.timeout(within):
                await self.taken_up(ride)
        except TimeoutError:
            raise TakingUpError(ride) from None


def _urgency(record: RideRecord) -> tuple[bool, bool, float]:
    """Live rides first, by how long they have been; then those whose end is to be told."""
    return record.state != "live", record.state not in UNDER_WAY, record.created_at.timestamp()
