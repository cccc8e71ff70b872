"""Spans of time by the clock on the wall of a place, in words."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from bot.oncall.local_time import wall_clock
from storage.drill_records import Span

SPANS_SHOWN = 7


def day(local: datetime) -> str:
    """`Thu 26 Nov 2026`."""
    return f"{local:%a} {local.day} {local:%b %Y}"


def moment_of(local: datetime) -> str:
    """`Thu 26 Nov 2026, 09:00`."""
    return f"{day(local)}, {local:%H:%M}"


def span(one: Span, zone: str) -> str:
    """`Thu 26 Nov 2026, 09:00–17:00`; whole days without a time: `Thu 24 – Sat 26 Dec 2026`."""
    begins, ends = wall_clock(one.begins, zone), wall_clock(one.ends, zone)
    if begins.time() == ends.time() == time(0):
        last = ends - timedelta(days=1)
        return day(begins) if last.date() == begins.date() else f"{day(begins)} – {day(last)}"
    if begins.date() == ends.date():
        return f"{moment_of(begins)}–{ends:%H:%M}"
    return f"{moment_of(begins)} – {moment_of(ends)}"


def spans(several: Sequence[Span], zone: str) -> str:
    """Spans in a sentence, the first of them where they are many."""
    shown = [span(one, zone) for one in several[:SPANS_SHOWN]]
    more = len(several) - SPANS_SHOWN
    return "; ".join(shown) + (f" and {more} more" if more > 0 else "")
