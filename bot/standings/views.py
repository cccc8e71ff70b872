"""What leaderboards and the App Home answer, as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from bot.rides.ports import OnCall
from bot.standings.period import Period
from bot.standings.ranking import Contenders, Standing
from scenarios.model.scenario import Scenario
from storage.game_days import GameDay
from storage.records import RideRecord
from storage.results import Result


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A line of a leaderboard."""

    standing: Standing
    name: str | None
    """The team's name; None for a person, whom their id names."""
    mine: bool
    """Whether it is the asker, or a team of theirs."""
    deleted: bool = False
    """Whether it is a team that is no more: another may have its name by now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Board:
    """A leaderboard as one person sees it."""

    contenders: Contenders
    scenario: Scenario | None
    period: Period | None
    rows: tuple[Row, ...]
    """The first places."""
    below: tuple[Row, ...]
    """The asker's own, where they are further down."""
    of: int
    """How many there are in all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MyRide:
    """One of a person's rides."""

    record: RideRecord
    title: str
    alert: str
    """What is seen of it: a ride that is on isn't called by its title, which names the cause."""
    result: Result | None
    """None where it doesn't count."""
    practice: bool


class Why(Enum):
    """Why a scenario is the one to ride next."""

    FIRST = "first"
    """They haven't ridden any."""
    NEAREST = "nearest"
    """It is new to them, and nearest their level."""
    AGAIN = "again"
    """They know them all; here is the most to gain."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NextRide:
    """What to ride next."""

    scenario: Scenario
    why: Why
    level: str
    """The person's own level."""
    best: int | None = None
    """Their best score so far, where they rode it before."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MyTeam:
    """One of a person's teams."""

    name: str
    place: int | None
    """None where no ride of theirs counts yet."""
    of: int
    """How many teams have a place."""
    on_call: OnCall | None
    """None where nobody can be on call."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """What the App Home shows a person."""

    person: str
    now: datetime
    live: MyRide | None
    next: NextRide | None
    rides: tuple[MyRide, ...]
    """The latest first, without the live one."""
    scores: tuple[Result, ...]
    """Of the rides with a score, the oldest first."""
    standing: Standing | None
    of: int
    """How many people have a place."""
    teams: tuple[MyTeam, ...]
    days: tuple[GameDay, ...]
