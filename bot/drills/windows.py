"""From the days and the times of day that somebody typed to the windows in which a drill may start."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.people.oncall.days import DayOfNextWeek, DaysAhead, Weekday
from bot.people.oncall.errors import TooFarError
from bot.people.oncall.local_time import moment, wall_clock
from storage.drills import Span

MOST_YEARS = 1
"""How far ahead a drill may be."""
WORKING_DAYS = 5
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class Week:
    """The working days of a week: this one is 0, the next 1."""

    ahead: int


Days = date | DaysAhead | Weekday | DayOfNextWeek | Week


@dataclass(frozen=True, kw_only=True, slots=True)
class Hours:
    """A time of day, and another; one that isn't later is the next day's."""

    begins: time
    ends: time


def windows(days: Days, hours: Hours, zone: str, now: datetime) -> tuple[Span, ...]:
    """A window for each of the days, in order, also those that are over by `now`.

    By the clock on the wall of `zone`: a window that the clock jumps over isn't there, and one in the hour
    that comes twice begins at the first and ends at the first. Raises TooFarError.
    """
    today = wall_clock(now, zone).date()
    found = [_window(day, hours, zone) for day in _days(days, today)]
    if isinstance(days, Weekday) and found[0].ends <= now:
        found = [_window(today + _WEEK, hours, zone)]
    return tuple(window for window in found if window.begins < window.ends)


def _days(days: Days, today: date) -> Iterator[date]:
    monday = today - today.weekday() * _DAY
    match days:
        case DaysAhead():
            yield today + days.days * _DAY
        case Weekday():
            yield today + (days.number - today.weekday()) % 7 * _DAY
        case DayOfNextWeek():
            yield monday + _WEEK + days.number * _DAY
        case Week():
            begins = monday + days.ahead * _WEEK
            yield from (begins + number * _DAY for number in range(WORKING_DAYS))
        case _:
            if abs(days - today) > timedelta(days=MOST_YEARS * 366):
                raise TooFarError(MOST_YEARS)
            yield days


def _window(day: date, hours: Hours, zone: str) -> Span:
    last = day if hours.begins < hours.ends else day + _DAY
    return Span(
        begins=moment(datetime.combine(day, hours.begins), zone),
        ends=moment(datetime.combine(last, hours.ends), zone),
    )
