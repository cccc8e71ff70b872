"""What game days need from outside, as Protocols."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.gamedays.announcements import Said
from bot.rides.ports import Channel, OnCall, Person
from bot.rides.views import RideGlance, Started, StartRequest
from scenarios.journal.events import Event
from scenarios.model.scenario import Scenario
from storage.records import RideRecord
from storage.teams import Team


class Scenarios(Protocol):
    """The catalogue: see scenarios.loading.catalogue.Catalogue."""

    def slugs(self) -> tuple[str, ...]: ...

    def load(self, slug: str) -> Scenario:
        """Raises scenarios.errors.UnknownScenarioError."""
        ...


class Teams(Protocol):
    """The teams of a workspace: see bot.people.oncall.rosters.TeamRosters."""

    async def teams(self, workspace: str) -> list[Team]: ...

    async def members(self, team: Team) -> tuple[str, ...]:
        """Those who can ride. Raises ChatRefusedError where the chat doesn't say who they are."""
        ...

    async def on_call(self, workspace: str, team: str, at: datetime) -> OnCall:
        """Raises UnknownTeamError and EmptyTeamError."""
        ...


class Starter(Protocol):
    """What starts rides: see bot.rides.rides.Rides."""

    async def start_for(self, request: StartRequest) -> Started:
        """Raises RideError, such as LearnerBusyError."""
        ...

    def watch(self, callback: Callable[[str], None]) -> None:
        """Have the ids of rides whose record or journal has changed."""
        ...


class Hand(Protocol):
    """What a facilitator can do in a ride: see bot.rides.facilitation.Facilitation. Raises RideError."""

    async def pause(self, workspace: str, ride: str, by: str) -> None: ...

    async def resume(self, workspace: str, ride: str, by: str) -> None: ...

    async def extend(self, workspace: str, ride: str, by: str, span: timedelta) -> None: ...

    async def send_symptom(self, workspace: str, ride: str, by: str, step: str) -> None: ...

    async def reveal_hint(self, workspace: str, ride: str, by: str) -> None: ...

    async def speak(self, workspace: str, ride: str, by: str, speaker: str, text: str) -> None: ...

    async def end(self, workspace: str, ride: str, by: str) -> None: ...

    async def glance(self, workspace: str, ride: str) -> RideGlance: ...


class RideBook(Protocol):
    """Rides and their journals: see storage.rides.RideStore."""

    async def get(self, ride_id: str) -> RideRecord | None: ...

    async def journal(self, ride_id: str, *, after: int = 0) -> list[tuple[int, Event]]: ...

    async def live_for_person(self, workspace: str, person: str) -> RideRecord | None: ...


class Stage(Protocol):
    """Where game days are seen: the chat. Methods raise ChatRefusedError with the chat's code."""

    async def open_channel(self, workspace: str, name: str) -> Channel: ...

    async def invite(self, workspace: str, channel: str, people: Sequence[str]) -> Mapping[str, str]: ...

    async def members(self, workspace: str, channel: str) -> Sequence[str]: ...

    async def set_topic(self, workspace: str, channel: str, topic: str) -> None: ...

    async def pin(self, workspace: str, channel: str, ts: str) -> None: ...

    async def person(self, workspace: str, person: str) -> Person: ...

    async def posted(self, workspace: str, channel: str, since: datetime) -> Mapping[str, str]: ...

    async def post(self, workspace: str, channel: str, said: Said, *, key: str) -> str: ...

    async def update(self, workspace: str, channel: str, ts: str, said: Said) -> None: ...

    async def direct(self, workspace: str, person: str, said: Said, *, key: str) -> None: ...
