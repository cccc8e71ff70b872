"""What drills need from outside, as Protocols."""

from datetime import datetime
from typing import Protocol

from bot.rides.ports import OnCall, Person
from bot.rides.views import Started, StartRequest
from storage.drills import Drill
from storage.records import RideRecord
from storage.teams import Team


class Directory(Protocol):
    """The people of the chat. Raises ChatRefusedError with the chat's code when it says no."""

    async def person(self, workspace: str, person: str) -> Person: ...


class Teams(Protocol):
    """Teams and who of them is on call: see bot.people.oncall.rosters.TeamRosters."""

    async def team(self, workspace: str, name: str) -> Team:
        """The team of this name. Raises UnknownTeamError."""
        ...

    async def everybody(self, team: Team) -> tuple[str, ...]:
        """All people of a team."""
        ...

    async def teams_of(self, workspace: str, person: str) -> list[Team]: ...

    async def on_call(self, workspace: str, team: str, at: datetime) -> OnCall:
        """Who is on call in the team of this name. Raises UnknownTeamError and EmptyTeamError."""
        ...


class Starter(Protocol):
    """The engine, as drills need it: see bot.rides.rides.Rides."""

    async def start_for(self, request: StartRequest) -> Started:
        """Accept a ride and go on in the background. Raises RideErrors; nobody's rights are asked for."""
        ...


class Rides(Protocol):
    """The rides as they are stored: see storage.rides.RideStore."""

    async def get(self, ride_id: str) -> RideRecord | None: ...


class Notices(Protocol):
    """Private words to the one who planned a drill."""

    async def drill_is_off(self, drill: Drill) -> None:
        """Tell that it was called off, missed, or could not start. Raises ChatRefusedError."""
        ...
