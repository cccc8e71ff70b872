"""What standings need from outside, as Protocols."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from bot.rides.ports import OnCall, Person
from scenarios.journal.events import Event
from scenarios.judging.scorecard import Scorecard
from scenarios.model.scenario import Scenario
from storage.game_days import GameDay
from storage.records import RideRecord
from storage.teams import Team


class Directory(Protocol):
    """The people of the chat. Raises ChatRefusedError with the chat's code when it says no."""

    async def person(self, workspace: str, person: str) -> Person: ...


class Rides(Protocol):
    """Rides as they are stored: see storage.rides."""

    async def get(self, ride_id: str) -> RideRecord | None: ...

    async def journal(self, ride_id: str, *, after: int = 0) -> list[tuple[int, Event]]: ...

    async def scorecard(self, ride_id: str) -> Scorecard | None: ...

    async def recent_of(self, workspace: str, person: str, limit: int) -> list[RideRecord]: ...

    async def live_for_person(self, workspace: str, person: str) -> RideRecord | None: ...


class Seen(Protocol):
    """Who has seen which postmortem: see storage.seen."""

    async def first_seen(
        self, workspace: str, scenario: str | None = None
    ) -> Mapping[tuple[str, str], datetime]:
        """For each (person, scenario) when they first saw its postmortem."""
        ...


class Scenarios(Protocol):
    """The catalogue."""

    def slugs(self) -> tuple[str, ...]: ...

    def load(self, slug: str) -> Scenario:
        """Raises scenarios.errors.UnknownScenarioError."""
        ...


class TeamBook(Protocol):
    """Teams by their ids, those deleted too: see storage.teams."""

    async def get(self, team_id: str) -> Team | None: ...


class Teams(Protocol):
    """A person's teams, and who of them is on call: see bot.people.oncall.rosters."""

    async def teams_of(self, workspace: str, person: str) -> list[Team]: ...

    async def on_call(self, workspace: str, team: str, at: datetime) -> OnCall:
        """Who is on call in the team of this name. Raises UnknownTeamError and EmptyTeamError."""
        ...


class Days(Protocol):
    """Game days: see bot.gamedays."""

    def to_come(self, workspace: str) -> list[GameDay]:
        """Those that run or are to come, in order of time."""
        ...
