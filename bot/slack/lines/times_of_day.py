"""Times of day as people type them."""

import re
from datetime import time

CLOCK = r"(?:noon|midnight|\d{1,2}(?:[:.h]\d{2}){0,2}(?:\s?[ap]m)?)"
"""A regular expression for what may be one."""

_PARTS = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(?:[:.](\d{2}))?\s?([ap]m)?")


def time_of_day(text: str) -> time | None:
    """`09:00`, `9.30`, `9h30`, `9`, `9am`, `9:30 pm`, `noon`, `midnight`, `24:00`; None for anything else."""
    plain = text.casefold().strip()
    if plain in {"midnight", "24:00", "24"}:
        return time(0)
    if plain == "noon":
        return time(12)
    match = _PARTS.fullmatch(plain)
    if match is None:
        return None
    hour, minute, second = int(match[1]), int(match[2] or 0), int(match[3] or 0)
    if match[4] is not None:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[4] == "pm" else 0)
    return time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def hours_meant(begins: str, ends: str) -> tuple[tuple[time, time], ...]:
    """The times of day that are meant by two that are typed: from one to the other, over midnight if need be.

    A bare hour is read the obvious way: `9` to `5` is 09:00 to 17:00, `9` to `5pm` too, and a leading zero or
    24 hours are taken at their word. Several where only the one who typed it can know, as in `1` to `5`;
    none where it can't be read, or nothing lies between.
    """
    first, last = time_of_day(begins), time_of_day(ends)
    if first is None or last is None:
        return ()
    if _is_loose(begins) and _is_loose(ends) and first.hour in _SMALL_HOURS:
        return (_next(_later(first), last), _next(first, last))
    if _is_loose(begins) and (half := _half(ends)) is not None:
        # "10 to 11pm" is of one half of the day, "9 to 5pm" is not.
        early, late = first.replace(hour=first.hour % 12), first.replace(hour=first.hour % 12 + 12)
        same, other = (late, early) if half == "pm" else (early, late)
        first = same if same < last else other
    if _is_loose(ends):
        first, last = _next(first, last)
    return ((first, last),) if first != last or first == time(0) else ()


_SMALL_HOURS = range(1, 7)
"""Bare, they may be of the afternoon as well as of the night."""


def _is_loose(text: str) -> bool:
    """Whether it may be of either half of the day."""
    hour = re.match(r"\d{1,2}", text.strip())
    if hour is None or hour[0].startswith("0") or _half(text) is not None:
        return False
    return 1 <= int(hour[0]) <= 12


def _half(text: str) -> str | None:
    plain = text.casefold().strip()
    return plain[-2:] if plain.endswith(("am", "pm")) else None


def _later(at: time) -> time:
    return at.replace(hour=(at.hour + 12) % 24)


def _next(first: time, last: time) -> tuple[time, time]:
    """The first time after `first` that a loose one may be; as it stands where none is on the same day."""
    after = [one for one in sorted((last, _later(last))) if one > first]
    if not after and first != last and _later(last) == time(0):
        after = [time(0)]
    return (first, after[0] if after else last)
