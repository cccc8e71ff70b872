"""Days, times, hours, lengths and zones within a line, read the same in every line."""

import calendar
import re
from datetime import time

from bot.drills.windows import Hours, Week
from bot.people.oncall.days import Day, DayOfNextWeek, Length, LengthUnit, Weekday, read_day
from bot.people.oncall.zones import is_name, is_zone
from bot.slack.lines.reading import Reading
from bot.slack.lines.times_of_day import CLOCK, hours_meant, time_of_day
from bot.slack.lines.unclear import Problem

BETWEEN = {"between", "from"}
AHEAD = {"this", "next", "coming"}
_WEEKS = {"this": 0, "next": 1, "coming": 1}
_HALVES = {"am", "pm"}
_MONTHS = {name.casefold() for name in (*calendar.month_name[1:], *calendar.month_abbr[1:])}
_DATE_LIKE = re.compile(r"\d{1,4}[./-]\d[\d./-]*|\d{1,2}(?:st|nd|rd|th)")
_HOURS = re.compile(
    rf"(?P<begins>{CLOCK})\s*(?:and|to|until|till|-)\s*(?P<ends>{CLOCK})(?=\s|\Z)", re.IGNORECASE
)
_HOURS_WORDS = 5
"""As many words as hours have at most: `9 am to 5 pm`."""
_LENGTH = re.compile(r"(\d{1,4})([a-z]+)")
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
_UNITS: dict[str, LengthUnit] = {
    "m": "minute",
    "min": "minute",
    "mins": "minute",
    "minute": "minute",
    "minutes": "minute",
    "h": "hour",
    "hour": "hour",
    "hours": "hour",
    "d": "day",
    "day": "day",
    "days": "day",
    "w": "week",
    "week": "week",
    "weeks": "week",
}


def begins_day(line: Reading, ahead: int) -> bool:
    """Whether a day, or a week, stands there."""
    word, following = line.word(ahead), line.word(ahead + 1)
    if word in AHEAD:
        return following == "week" or isinstance(read_day(following), Weekday)
    return word == "week" or read_day(word) is not None


def take_day(line: Reading) -> Day | Week | None:
    """The day that comes, taken; or this week, or the next.

    Raises UnclearLineError for what is a date and can't be read.
    """
    word, following = line.word(), line.word(1)
    if word in AHEAD:
        day = read_day(following)
        if following == "week":
            del line.tokens[:2]
            return Week(ahead=_WEEKS[word])
        if isinstance(day, Weekday):
            del line.tokens[:2]
            return DayOfNextWeek(number=day.number) if word == "next" else day
        return None
    if word == "week":
        line.take()
        return Week(ahead=0)
    found = read_day(word)
    if found is not None:
        line.take()
    elif _DATE_LIKE.fullmatch(word) or word in _MONTHS or (word.isdigit() and following in _MONTHS):
        raise line.unclear(Problem.DAY, line.tokens[0])
    return found


def take_time(line: Reading) -> time | None:
    """The time of day that comes, taken; `am` and `pm` may stand by themselves after it.

    No bare number, no seconds and no 24:00.
    """
    for words in (2, 1):
        taken = line.tokens[:words]
        if len(taken) < words or (words == 2 and taken[1].casefold() not in _HALVES):
            continue
        if (at := read_time("".join(taken))) is not None:
            del line.tokens[:words]
            return at
    return None


def hours_ahead(line: Reading) -> bool:
    """Whether hours come: two times of day, and a word between them."""
    return _HOURS.match(" ".join(line.tokens[:_HOURS_WORDS])) is not None


def take_hours(line: Reading) -> Hours:
    """The hours that come, taken, bare ones read the obvious way. Raises UnclearLineError."""
    found = _HOURS.match(" ".join(line.tokens[:_HOURS_WORDS]))
    if found is None:
        raise line.unclear(Problem.HOURS, " ".join(line.tokens[:4]))
    meant = hours_meant(found["begins"], found["ends"])
    if not meant:
        raise line.unclear(Problem.HOURS, found[0])
    if len(meant) > 1:
        either = tuple(f"{begins:%H:%M} to {ends:%H:%M}" for begins, ends in meant)
        raise line.unclear(Problem.EITHER_HOURS, found[0], meant=either)
    del line.tokens[: len(found[0].split())]
    begins, ends = meant[0]
    return Hours(begins=begins, ends=ends)


def take_length(line: Reading) -> Length:
    """The length that comes, taken: `3 days`, `2h`, `a week`. Raises UnclearLineError."""
    joined = _LENGTH.fullmatch(line.word())
    if joined is not None and joined[2] in _UNITS:
        amount, unit, words = int(joined[1]), joined[2], 1
    else:
        number, unit, words = line.word(), line.word(1), 2
        digits = number.isascii() and number.isdigit() and len(number) <= 4
        amount = int(number) if digits else _NUMBERS.get(number, 0)
    if not amount or unit not in _UNITS:
        raise line.unclear(Problem.LENGTH, " ".join(line.tokens[:2]))
    del line.tokens[:words]
    return Length(amount=amount, unit=_UNITS[unit])


def take_zone(line: Reading) -> str | None:
    """The time zone that comes, taken: `Europe/Lisbon`, and `America/New York`, whose name has a space."""
    if not line.tokens or not is_zone(line.tokens[0]):
        return None
    zone = line.take()
    if "/" in zone and line.tokens and _spaced(zone, line.tokens[0]):
        zone += f" {line.take()}"
    return zone


def _spaced(zone: str, following: str) -> bool:
    """Whether a word belongs to the zone's name."""
    return not is_name(zone) and is_name(f"{zone}_{following}")


def read_time(word: str) -> time | None:
    """As `time_of_day`, but no bare number, no seconds and no 24:00: a handover is on a minute of its day."""
    at = None if word.isdigit() or word.startswith("24") else time_of_day(word)
    return None if at is None or at.second else at
