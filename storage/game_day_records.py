"""Game days as plain values, without SQLAlchemy. Moments are aware, UTC."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

GameDayState = Literal["planned", "running", "over", "cancelled", "missed"]

TO_COME: tuple[GameDayState, ...] = ("planned", "running")
"""The states of a day that is not over; its teams can't be in another one at that time."""

SlotState = Literal["due", "starting", "running", "done", "failed", "dropped"]

PREPARING: tuple[SlotState, ...] = ("due", "starting")
"""The states of a slot whose ride is not live yet."""

UNSETTLED: tuple[SlotState, ...] = ("due", "starting", "running")
"""The states of a slot of which something is still to come."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entrant:
    """A team that takes part, by the name it had when the day was planned."""

    team: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class GameDay:
    """A day on which teams ride the same incidents."""

    id: str
    workspace: str
    name: str
    state: GameDayState = "planned"
    starts_at: datetime
    scenarios: tuple[str, ...]
    """Slugs, in the order of the rounds."""
    level: str | None = None
    """The level that they were drawn from, at random; None: somebody chose them."""
    entrants: tuple[Entrant, ...]
    """In the order in which they were chosen, which is that of the waves."""
    facilitators: tuple[str, ...]
    wave_size: int | None = None
    """How many teams start at once; None: all together."""
    wave_minutes: int = 0
    """Minutes of ride time between two waves."""
    created_by: str
    created_at: datetime
    channel: str | None = None
    console: str | None = None
    """The facilitators' channel."""
    card_ts: str | None = None
    board_ts: str | None = None
    """Which message of the channel is the scoreboard."""
    console_ts: tuple[str, ...] = ()
    """Which messages of the facilitators' channel are the console."""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    """The facilitator who ended it early, or cancelled it."""
    told: bool = False
    """Whether its end was told."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """One team's ride of one round: to come, under way or over."""

    game_day: str
    team: str
    round: int
    """0, 1, 2, …"""
    scenario: str
    state: SlotState = "due"
    due_at: datetime
    """When it goes live."""
    ride: str | None = None
    attempt: int = 1
    failure: str | None = None
    """Why it could not start: what the chat or the sandbox said."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GameDayEvent:
    """Something that happened on a game day. Never changed."""

    at: datetime
    kind: str
    by: str | None = None
    """The facilitator; None: it came by itself."""
    team: str | None = None
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """What a team may know of its next ride of a game day before it begins."""

    day: str
    """The game day's name."""
    begins_at: datetime
