"""What is asked of drills, and what they answer, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time

from bot.drills.windows import Days, Hours, Week
from bot.people.oncall.days import Day, Length
from storage.drills import Drill, Quiet, Span

QuietDay = Day | Week


@dataclass(frozen=True, kw_only=True, slots=True)
class DrillRequest:
    """A drill as somebody asked for it."""

    team: str
    """The team's name."""
    hours: Hours
    days: Days
    wanted: str = ""
    """A scenario's slug, a level such as `L3`, or nothing: any."""
    zone: str | None = None
    """As it was typed; None: that of the one who asks."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DrillPlanned:
    """A drill was planned. The moment is not in here: who asked must not learn it."""

    drill: str
    team: str
    windows: tuple[Span, ...]
    """The windows that are not over; quiet times in them are left out when the moment is drawn."""
    zone: str
    zone_was_said: bool
    wanted: str
    level: str | None
    """The level that it will have; another than the wanted one where that has no scenario."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DrillList:
    """The drills that somebody may see: those that wait for their moment, then the newest others."""

    drills: tuple[Drill, ...]
    more: int = 0
    """How many are not in it."""
    levels: Mapping[str, str] = field(default_factory=dict)
    """For each level that is wanted the one that it will be: another where no scenario has it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class QuietRequest:
    """A quiet time as somebody asked for it."""

    team: str | None
    """The team's name; None: everybody."""
    first: QuietDay
    begins: time | None = None
    """None: when the day begins."""
    last: QuietDay | None = None
    """None: the first day, or the next where the time to end is earlier than the one to begin."""
    ends: time | None = None
    """None: when the day ends."""
    length: Length | None = None
    """In place of an end."""
    more: tuple[QuietDay, ...] = ()
    """Further days, each a quiet time of its own with the same hours."""
    zone: str | None = None
    """As it was typed; None: that of the one who asks."""
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class QuietSet:
    """Entries of the calendar are there now, in order of time."""

    entries: tuple[Quiet, ...]
    zone_was_said: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class QuietList:
    """The entries of the calendar that somebody may see, in order of time."""

    entries: tuple[Quiet, ...]
    all_teams: bool
    """Whether it has every team's; else those for everybody and for one's own teams."""
