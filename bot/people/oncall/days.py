"""A day as people say it, and the first handover that they mean by it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from bot.people.oncall.errors import TooFarError
from bot.people.oncall.local_time import moment, wall_clock

USUAL_TIME = time(9)
"""The handover's time where none is said."""
MOST_YEARS = 5
"""How far ahead a handover may be."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, kw_only=True, slots=True)
class Weekday:
    """The next such day: today if its time is still ahead."""

    number: int
    """0 is Monday."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DaysAhead:
    """Today is 0, tomorrow 1."""

    days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DayOfNextWeek:
    """A day of the week that begins next Monday."""

    number: int
    """0 is Monday."""


Day = date | Weekday | DaysAhead | DayOfNextWeek | Literal["now"]

LengthUnit = Literal["minute", "hour", "day", "week"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Length:
    """How long something lasts."""

    amount: int
    unit: LengthUnit

    @property
    def of_the_clock(self) -> bool:
        """Whether it is reckoned in hours that pass; days and weeks are the calendar's."""
        return self.unit in {"minute", "hour"}

    @property
    def span(self) -> timedelta:
        """By the clock on the wall for days and weeks, as time that passes for the others."""
        match self.unit:
            case "minute":
                return timedelta(minutes=self.amount)
            case "hour":
                return timedelta(hours=self.amount)
            case "day":
                return timedelta(days=self.amount)
            case "week":
                return timedelta(weeks=self.amount)


def after(local: datetime, length: Length, zone: str) -> datetime:
    """The moment at which something ends that begins at a local time, naive, and lasts that long."""
    if length.of_the_clock:
        return moment(local, zone) + length.span
    return moment(local + length.span, zone)


def read_day(word: str) -> Day | None:
    """`2026-11-30`, `Monday`, `mon`, `today`, `tomorrow` or `now`; None for anything else."""
    plain = word.casefold()
    if plain == "now":
        return "now"
    if plain in {"today", "tomorrow"}:
        return DaysAhead(days=("today", "tomorrow").index(plain))
    for number, name in enumerate(WEEKDAYS):
        if len(plain) >= 3 and (name.startswith(plain) or plain == name + "s"):
            return Weekday(number=number)
    try:
        return date.fromisoformat(plain) if len(plain) == 10 else None
    except ValueError:
        return None


def local_time(
    day: Day | None, at: time | None, zone: str, now: datetime, usual: time = USUAL_TIME
) -> datetime:
    """The local time that is meant, which may be over; `now` is the minute that runs.

    Without a day it is the next such time of day, or now where neither was said. Raises TooFarError.
    """
    local = wall_clock(now, zone)
    if at is None and day in (None, "now"):
        return local.replace(second=0, microsecond=0)
    at = at or usual
    if isinstance(day, date):
        if abs(day.year - local.year) > MOST_YEARS:
            raise TooFarError(MOST_YEARS)
        return datetime.combine(day, at)
    if isinstance(day, DaysAhead):
        return datetime.combine(local.date() + timedelta(days=day.days), at)
    if isinstance(day, DayOfNextWeek):
        return datetime.combine(local.date() + timedelta(days=7 - local.weekday() + day.number), at)
    ahead = (day.number - local.weekday()) % 7 if isinstance(day, Weekday) else 0
    found = datetime.combine(local.date() + timedelta(days=ahead), at)
    if moment(found, zone) > now:
        return found
    return found + timedelta(days=7 if isinstance(day, Weekday) else 1)
