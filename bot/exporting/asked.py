"""The page of a ride for somebody who rode it, asked for in the chat."""

import asyncio
from dataclasses import dataclass
from typing import Protocol

from bot.exporting.page import page
from bot.exporting.stored_rides import StoredRide
from bot.rides.errors import DidNotRideError, NoRideError
from scenarios.journal.events import PersonJoined
from storage.records import UNDER_WAY


@dataclass(frozen=True, kw_only=True, slots=True)
class RidePage:
    """A page, as a file."""

    ride: str
    name: str
    """The file's."""
    title: str
    text: str
    """Markdown."""


class Shelf(Protocol):
    """Rides as they are stored, each with all of it."""

    async def ride(self, ride_id: str) -> StoredRide | None:
        """Raises StorageError when it can't be read."""
        ...


class RidePages(Protocol):
    """The pages of rides."""

    async def page(self, workspace: str, person: str, ride: str) -> RidePage:
        """Raises NoRideError when there is no such ride, or it is not over; DidNotRideError for others."""
        ...


class Exports:
    """The RidePages over what is stored."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def page(self, workspace: str, person: str, ride: str) -> RidePage:
        """See RidePages."""
        stored = await self._shelf.ride(ride)
        if stored is None or stored.record.workspace != workspace or stored.record.state in UNDER_WAY:
            raise NoRideError
        joined = {event.person for event in stored.events if isinstance(event, PersonJoined)}
        if person not in joined.union(stored.record.learners):
            raise DidNotRideError(ride)
        return RidePage(
            ride=ride,
            name=f"ride-{ride}.md",
            title=f"Postmortem: {stored.scenario.title}",
            text=await asyncio.to_thread(page, stored),
        )
