"""Where in some windows a drill starts: a pure function of the windows, the quiet times and a seed."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from storage.drills import Span

LEAST = timedelta(seconds=1)
"""Less time than this is none."""


def contains(spans: Iterable[Span], at: datetime) -> bool:
    """Whether a moment lies in one of the spans."""
    return any(span.begins <= at < span.ends for span in spans)


def left(windows: Sequence[Span], quiet: Sequence[Span], now: datetime) -> tuple[Span, ...]:
    """What is left of the windows from `now` on, without the quiet times: in order, apart from each other."""
    bounds = sorted({bound for span in (*windows, *quiet) for bound in (span.begins, span.ends)} | {now})
    return tuple(
        Span(begins=begins, ends=ends)
        for begins, ends in pairwise(bounds)
        if begins >= now and contains(windows, begins) and not contains(quiet, begins)
    )


def draw(
    windows: Sequence[Span], quiet: Sequence[Span], now: datetime, seed: str, number: int
) -> datetime | None:
    """A moment of what is left, each as likely as any other; None when nothing is.

    The same for the same arguments on every machine; another `number` draws another moment.
    """
    spans = left(windows, quiet, now)
    microsecond = timedelta(microseconds=1)
    whole = sum((span.ends - span.begins for span in spans), timedelta(0))
    if whole < LEAST:
        return None
    ahead = microsecond * chance(seed, f"moment {number}", whole // microsecond)
    for span in spans:
        if ahead < span.ends - span.begins:
            return span.begins + ahead
        ahead -= span.ends - span.begins
    raise AssertionError("it is less than the whole")


def chance(seed: str, what: str, count: int) -> int:
    """One of `count` numbers from 0, by a seed: a digest, so that no library's generator decides it."""
    digest = hashlib.sha256(f"{seed} {what}".encode()).digest()
    return int.from_bytes(digest[:16]) * count >> 128
