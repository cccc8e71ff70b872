"""What drills need from outside, as Protocols."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from bot.rides.ports import OnCall, Person
from bot.rides.views import Started, StartRequest
from storage.drills import Drill, Quiet
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


class DrillStore(Protocol):
    """Drills: see storage.drills.DrillStore."""

    async def add(self, drill: Drill) -> None: ...

    async def update(self, drill: Drill) -> Drill:
        """Raises storage.errors.StaleDrillError."""
        ...

    async def get(self, workspace: str, drill_id: str) -> Drill | None: ...

    async def planned(self, workspace: str) -> list[Drill]: ...

    async def recent(self, workspace: str, limit: int) -> list[Drill]: ...

    async def waiting(self) -> list[Drill]: ...

    async def due(self, now: datetime) -> list[Drill]: ...

    async def next_due(self) -> datetime | None: ...

    async def ride_of(self, drill: Drill) -> str | None: ...

    async def ridden(self, workspace: str, team: str, people: Collection[str]) -> set[str]: ...


class QuietStore(Protocol):
    """The do-not-disturb calendars: see storage.drills.QuietStore."""

    async def add(self, *entries: Quiet) -> None: ...

    async def remove(self, workspace: str, quiet_id: str) -> bool: ...

    async def upcoming(self, workspace: str, now: datetime) -> list[Quiet]: ...
