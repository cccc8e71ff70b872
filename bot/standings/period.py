"""The time that a leaderboard is about: from a day on, or a week, month or year on the asker's calendar."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Literal

from bot.people.oncall.local_time import moment, wall_clock

Unit = Literal["week", "month", "year"]


class Which(Enum):
    """Which week, month or year."""

    THIS = "this"
    LAST = "last"


@dataclass(frozen=True, kw_only=True, slots=True)
class Calendar:
    """This week, or last month; with `onwards` it goes on from there."""

    which: Which
    unit: Unit
    onwards: bool = False


Wanted = date | Calendar
"""A day since when, or a week, month or year."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """From `start` on, and before `end` if there is one. `first` and `last` are its days, local."""

    start: datetime
    end: datetime | None
    first: date
    last: date | None

    def holds(self, at: datetime) -> bool:
        """Whether a moment lies in it."""
        return self.start <= at and (self.end is None or at < self.end)


def period(wanted: Wanted, zone: str, now: datetime) -> Period:
    """What is meant at this moment by somebody in this time zone."""
    if isinstance(wanted, Calendar):
        first = _begin(wanted.unit, wall_clock(now, zone).date())
        after = None
        if wanted.which is Which.LAST:
            first, after = _begin(wanted.unit, first - timedelta(days=1)), first
        if wanted.onwards:
            after = None
    else:
        first, after = wanted, None
    return Period(
        start=_midnight(first, zone),
        end=None if after is None else _midnight(after, zone),
        first=first,
        last=None if after is None else after - timedelta(days=1),
    )


def _begin(unit: Unit, day: date) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit == "month" else day.replace(month=1, day=1)


def _midnight(day: date, zone: str) -> datetime:
    return moment(datetime.combine(day, time()), zone)
