"""A ride that ended as void or was stopped, once more: it takes them one click."""

from typing import Protocol

from bot.rides.closing import CALLED_OFF
from bot.rides.errors import NoRideError
from bot.rides.rides import Rides
from bot.rides.starting import may_start
from bot.rides.views import Origin, Started, StartRequest
from scenarios.journal.events import TeamCalled
from storage.records import RideRecord


class Repeater(Protocol):
    """Starts a ride again that was void or stopped."""

    async def start(self, workspace: str, person: str, ride: str) -> Started:
        """Another ride of the scenario for the same learners, and the same team.

        Raises NoRideError when there is no such ride, or it came to its own end, and what a start raises.
        """
        ...


class Again:
    """The Repeater over the engine."""

    def __init__(self, rides: Rides) -> None:
        self._rides = rides

    async def start(self, workspace: str, person: str, ride: str) -> Started:
        """See Repeater."""
        parts = self._rides.parts
        record = await parts.store.get(ride)
        if record is None or record.workspace != workspace or record.state not in CALLED_OFF:
            raise NoRideError
        team = await self._team(record)
        roster = None if team is None else await parts.rosters.on_call(workspace, team, parts.clock.now())
        await may_start(parts, workspace, person, record.learners, roster)
        return await self._rides.start_for(
            StartRequest(
                workspace=workspace,
                by=person,
                scenario=record.scenario,
                learners=record.learners,
                roster=roster,
                # Not its response_url: that works for half an hour, and the other ride has used it.
                origin=Origin(channel=record.origin_channel),
            )
        )

    async def _team(self, record: RideRecord) -> str | None:
        """The name of the team that it was for."""
        if record.team is None:
            return None
        journal = await self._rides.parts.store.journal(record.id)
        return next((event.name for _, event in journal if isinstance(event, TeamCalled)), None)
