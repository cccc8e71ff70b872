"""What the engine needs from outside, as Protocols: a clock, a chat and a place for what happened."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.rides.announcements import Announcement
from scenarios.journal.events import Event
from scenarios.judging.scorecard import Scorecard
from scenarios.model.scenario import Scenario
from storage.game_days import Call
from storage.samples import SampleRecord


class Clock(Protocol):
    def now(self) -> datetime:
        """The time, aware, UTC."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody in the chat."""

    id: str
    name: str
    """As people call them."""
    handle: str
    can_ride: bool
    """False for bots and people who left."""
    zone: str = "UTC"
    """Their time zone's IANA name, such as `Europe/Lisbon`."""
    is_admin: bool = False
    """Whether the chat says that they administer the workspace."""
    is_guest: bool = False
    """Whether they see only some channels: not everything can invite them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Channel:
    id: str
    name: str
    """As the chat made it: Slack modifies some names to fit."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A PNG."""

    content: bytes
    name: str
    """A file name, such as `ride-7k3mxq.png`."""
    title: str
    alt_text: str
    """What it shows, in words, for those who can't see it."""


class Chat(Protocol):
    """A chat. Every method raises ChatRefusedError with the chat's code when it says no.

    Rate limits and tries are the adapter's business: a call returns when it is done, and is refused when it
    can't be. That may take as long as a ride lives: nothing that must go on waits for it.
    """

    async def open_channel(self, workspace: str, name: str) -> Channel:
        """A new private channel, named as near to `name` as the chat allows (free, and made to fit)."""
        ...

    async def invite(self, workspace: str, channel: str, people: Sequence[str]) -> Mapping[str, str]:
        """Invite people; gives the error code of each who could not be invited."""
        ...

    async def prepare_direct(self, workspace: str, people: Sequence[str]) -> None:
        """Make ready what direct messages to these people take, with what other calls leave of the rates.

        What is refused is left to the message itself.
        """
        ...

    async def set_topic(self, workspace: str, channel: str, topic: str) -> None: ...

    async def set_purpose(self, workspace: str, channel: str, purpose: str) -> None: ...

    async def pin(self, workspace: str, channel: str, ts: str) -> None: ...

    async def post(self, workspace: str, channel: str, announcement: Announcement, *, key: str) -> str:
        """Post to a channel; gives the message's ts. What was posted there with this `key`, also in an
        earlier life of the program, is not posted again: its ts is given.
        """
        ...

    async def notify(self, workspace: str, channel: str, announcement: Announcement) -> None:
        """Post now, whatever waits before it, and without remembering that: about our own storage."""
        ...

    async def direct(
        self, workspace: str, person: str, announcement: Announcement, *, key: str
    ) -> tuple[str, str]:
        """Post to a person's direct messages, once as `post` does; gives the DM's channel and the ts."""
        ...

    async def update(self, workspace: str, channel: str, ts: str, announcement: Announcement) -> None:
        """Have a message that was posted before show this. Returns when it shows this or something newer."""
        ...

    async def posted(self, workspace: str, channel: str, since: datetime) -> Mapping[str, str]:
        """The keys of our messages in a channel since then, with their ts: for recovery."""
        ...

    async def reply(self, workspace: str, url: str, announcement: Announcement) -> bool:
        """Answer where a command was typed, to everyone there; False when the address no longer works."""
        ...

    async def archive(self, workspace: str, channel: str) -> None: ...

    async def person(self, workspace: str, person: str) -> Person: ...

    async def members(self, workspace: str, channel: str) -> tuple[str, ...]:
        """Everybody in a channel, bots too."""
        ...

    async def group_members(self, workspace: str, group: str) -> tuple[str, ...]:
        """The people of a user group, by the group's id."""
        ...

    async def upload(
        self, workspace: str, channel: str, picture: Picture, *, thread_ts: str | None = None
    ) -> None:
        """Show a picture in a channel."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class OnCall:
    """Who of a team is on call at a moment, in the order in which they are paged."""

    team: str
    """The team's id."""
    name: str
    primary: str
    secondary: str | None
    members: tuple[str, ...]
    """Everybody in the team now, those on call too."""


class Rosters(Protocol):
    """Teams and who of them is on call. See bot.oncall."""

    async def on_call(self, workspace: str, team: str, at: datetime) -> OnCall:
        """Who is on call in the team of this name. Raises UnknownTeamError and EmptyTeamError."""
        ...


class Rights(Protocol):
    """Who may do what for others. See bot.people.rights."""

    async def is_admin(self, workspace: str, person: str) -> bool:
        """Whether they administer this installation."""
        ...

    async def may_facilitate(self, workspace: str, person: str) -> bool:
        """Whether they may start for others, plan drills and game days, and stop anybody's ride."""
        ...


class Facilitating(Protocol):
    """Who facilitates which game day. See storage.game_days.GameDayStore."""

    async def facilitators(self, game_day: str) -> tuple[str, ...]:
        """Those of a game day that is to come or runs; nobody for any other."""
        ...

    async def call(self, game_day: str, team: str) -> Call | None:
        """When a team's next ride of a game day begins; None where nothing is to begin."""
        ...


class PostmortemsSeen(Protocol):
    """Who has seen which scenario's postmortem, so that another ride of it is practice."""

    async def remember(
        self, workspace: str, scenario: str, people: Iterable[str], ride: str, at: datetime
    ) -> None:
        """These people saw the postmortem of a ride; of a ride told twice, the first time stays."""
        ...


class Samples(Protocol):
    """What the sandboxes looked like, second by second. See storage.samples.SampleStore."""

    async def add(self, ride_id: str, samples: Sequence[SampleRecord]) -> None: ...

    async def of(self, ride_id: str) -> list[SampleRecord]:
        """In order of time."""
        ...


class Painter(Protocol):
    """Paints rides. See bot.pictures.painter."""

    def paint(
        self, scenario: Scenario, events: Sequence[Event], card: Scorecard, samples: Sequence[SampleRecord]
    ) -> Picture:
        """The picture of a ride that was live and has ended. Takes a moment: call it in a thread."""
        ...


class Meter(Protocol):
    """Counts and times what the engine does, for whoever runs Ride. Quick, and never raises.

    Times are real ones. Labels come from small sets: a scenario's slug, an outcome, a kind of step.
    """

    def went_live(self, scenario: str, after: timedelta) -> None:
        """An incident is live, this long after its start was accepted."""
        ...

    def ended(self, scenario: str, outcome: str) -> None:
        """A ride's end was written down."""
        ...

    def statement(self, outcome: str, took: timedelta) -> None:
        """A /sql statement has its final answer, such as `finished`, `failed`, `refused` or `lost`."""
        ...

    def step_done(self, kind: str, lag: timedelta) -> None:
        """A step of a timeline was done, this long after it fell due."""
        ...

    def evidence_noted(self, lag: timedelta) -> None:
        """An event stands in the journal, this long after PostgreSQL logged it."""
        ...


class NoMeter:
    """A meter for where nobody reads one: it counts nothing."""

    def went_live(self, scenario: str, after: timedelta) -> None: ...

    def ended(self, scenario: str, outcome: str) -> None: ...

    def statement(self, outcome: str, took: timedelta) -> None: ...

    def step_done(self, kind: str, lag: timedelta) -> None: ...

    def evidence_noted(self, lag: timedelta) -> None: ...
