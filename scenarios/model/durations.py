"""Durations as the scenario files write them: `m:ss` (ride time), `2 s` or `500 ms` (real); and in words."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

_RIDE_TIME = re.compile(r"(\d{1,3}):([0-5]\d)")
_REAL = re.compile(r"(\d{1,9}) ?(ms|s)")


def parse_ride_time(value: object) -> timedelta:
    """The timedelta of `m:ss`. Raises ValueError that says how to write it."""
    if isinstance(value, timedelta):
        return value
    match = _RIDE_TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f"{value!r} is not a ride time; write minutes and seconds, such as 2:00")
    return timedelta(minutes=int(match[1]), seconds=int(match[2]))


def parse_real_duration(value: object) -> timedelta:
    """The timedelta of `2 s` or `500 ms`, more than nothing. Raises ValueError that says how to write it."""
    if isinstance(value, timedelta):
        return value
    match = _REAL.fullmatch(value) if isinstance(value, str) else None
    if match is None or int(match[1]) == 0:
        raise ValueError(f"{value!r} is not a duration; write seconds or milliseconds, such as 5 s or 500 ms")
    return timedelta(milliseconds=int(match[1]) * (1000 if match[2] == "s" else 1))


def _write_ride_time(value: timedelta) -> str:
    return clock(value.total_seconds())


def _write_real_duration(value: timedelta) -> str:
    return f"{value // timedelta(milliseconds=1)} ms"


# Written back as they were read, so that a scenario that was stored as JSON can be read again.
RideTime = Annotated[
    timedelta, BeforeValidator(parse_ride_time), PlainSerializer(_write_ride_time, when_used="json")
]
RealDuration = Annotated[
    timedelta, BeforeValidator(parse_real_duration), PlainSerializer(_write_real_duration, when_used="json")
]


def clock(seconds: float) -> str:
    """A moment of the ride as `m:ss`; whole seconds, rounded down."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    return f"{minutes}:{rest:02d}"


def in_words(seconds: float) -> str:
    """A length of time for people: `less than 1 s`, `45 s`, `1 min 20 s`, `2 min`."""
    whole = max(0, int(seconds))
    if whole == 0:
        return "less than 1 s"
    minutes, rest = divmod(whole, 60)
    parts = ([f"{minutes} min"] if minutes else []) + ([f"{rest} s"] if rest else [])
    return " ".join(parts)
