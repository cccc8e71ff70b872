"""What a game day has to say, as values. The chat finds the words and the layout."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from bot.gamedays.results import Hard, Medians, Standing
from storage.game_days import GameDay, GameDayEvent

LineState = Literal[
    "waiting",
    "preparing",
    "live",
    "paused",
    "recovering",
    "resolved",
    "expired",
    "stopped",
    "void",
    "failed",
    "dropped",
]
"""Where a team stands: a ride's own states, `failed` for one that could not start, `dropped` for one that
will not."""

UNDER_WAY: tuple[LineState, ...] = ("preparing", "live", "paused", "recovering")
STEERED: tuple[LineState, ...] = ("live", "paused", "recovering")
"""The states in which there is something to steer."""


class Failure(StrEnum):
    """Why a team's ride could not start, where it is not what the engine says."""

    TEAM_GONE = "team_gone"
    NOBODY = "nobody"
    OUR_FAULT = "our_fault"


_REFUSED = "refused_by_chat"


def refused_by_chat(step: str, code: str) -> str:
    """The failure of a ride that the chat refused a step of, with its code."""
    return f"{_REFUSED}:{code}:{step}"


def read_refused(failure: str) -> tuple[str, str] | None:
    """The step and the code of a failure that `refused_by_chat` wrote; None for any other."""
    kind, _, rest = failure.partition(":")
    code, _, step = rest.partition(":")
    return (step, code) if kind == _REFUSED else None


@dataclass(frozen=True, kw_only=True, slots=True)
class TeamLine:
    """One team on the scoreboard and on the console."""

    team: str
    name: str
    state: LineState
    round: int
    """1 for the first."""
    due_at: datetime
    """When this ride goes, or was to go, live."""
    elapsed: timedelta | None = None
    remaining: timedelta | None = None
    acknowledged: bool = False
    hints_taken: int = 0
    hints_total: int = 0
    channel: str | None = None
    total: int | None = None
    """Points of all its rides that have a score."""
    to_fix: float | None = None
    """Ride seconds of the ride that has just ended."""
    place: int | None = None
    failure: str | None = None
    can_start_again: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class DayCard:
    """The announcement: what is on, when, and who takes part. Nothing of the incidents' causes."""

    day: GameDay
    levels: tuple[str, ...]
    """One a round, of those that the catalogue has."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Board:
    """The scoreboard. The teams stand in the order of their places."""

    name: str
    state: str
    rounds: int
    lines: tuple[TeamLine, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsoleHead:
    """The console's first message: the day, what can be done with all, and who did what."""

    day: GameDay
    live: int
    """How many rides are under way and not paused."""
    paused: int
    acts: tuple[GameDayEvent, ...]
    """The newest, in order."""
    names: tuple[tuple[str, str], ...]
    """Team to name, for the acts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsoleTeams:
    """Some teams with what can be done with each."""

    day: str
    rounds: int
    lines: tuple[TeamLine, ...]
    over: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """How the day went."""

    day: GameDay
    standings: tuple[Standing, ...]
    hard: tuple[Hard, ...]
    medians: Medians


@dataclass(frozen=True, kw_only=True, slots=True)
class InvitesRefused:
    """To the one who planned the day: who could not be invited, and the chat's code for each."""

    day: str
    channel: str
    refused: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class TooBusy:
    """To a person who is in another ride when their team's begins."""

    day: str
    team: str
    channel: str | None
    """Where the other ride is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FacilitatesInstead:
    """To a person who joined a team of the day that they facilitate."""

    day: str
    team: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CouldNotStart:
    """To the facilitators: a team's ride could not start."""

    day: str
    team: str
    failure: str
    console: str | None
    can_start_again: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Reminder:
    """In the day's channel: it begins soon."""

    day: GameDay
    before: timedelta
    """How long before the start it was to come."""
    players: tuple[str, ...]
    """Who rides, as far as that is known now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StartsLate:
    """In the day's channel: Ride wasn't there at the hour."""

    due_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """The day won't take place (`cancelled`, `missed`), or is over, for the facilitators."""

    day: GameDay


Said = (
    DayCard
    | Board
    | ConsoleHead
    | ConsoleTeams
    | Summary
    | InvitesRefused
    | TooBusy
    | FacilitatesInstead
    | CouldNotStart
    | Reminder
    | StartsLate
    | Ended
)
