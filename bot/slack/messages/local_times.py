"""Spans of time by the clock on the wall of a place, in words."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from bot.people.oncall.local_time import wall_clock
from bot.slack.messages.mrkdwn import plain
from storage.drills import Span

SPANS_SHOWN = 7


def day(local: datetime) -> str:
    """`Thu 26 Nov 2026`."""
    return f"{local:%a} {local.day} {local:%b %Y}"


def moment_of(local: datetime) -> str:
    """`Thu 26 Nov 2026, 09:00`."""
    return f"{day(local)}, {local:%H:%M}"


def zoned(moment: datetime, zone: str) -> str:
    """`Thu 26 Nov 2026, 09:00 Europe/Lisbon`: a moment as the clock on the wall of a place shows it."""
    return f"{moment_of(wall_clock(moment, zone))} {plain(zone)}"


def span(one: Span, zone: str) -> str:
    """`Thu 26 Nov 2026, 09:00–17:00`; whole days without a time: `Thu 24 – Sat 26 Dec 2026`."""
    begins, ends = wall_clock(one.begins, zone), wall_clock(one.ends, zone)
    if begins.time() == ends.time() == time(0):
        last = ends - timedelta(days=1)
        return day(begins) if last.date() == begins.date() else f"{day(begins)} – {day(last)}"
    if begins.date() == ends.date():
        return f"{moment_of(begins)}–{ends:%H:%M}"
    if ends.time() == time(0):
        last = ends - timedelta(days=1)
        return f"{moment_of(begins)}" + (
            "–24:00" if last.date() == begins.date() else f" – {day(last)}, 24:00"
        )
    return f"{moment_of(begins)} – {moment_of(ends)}"


def spans(several: Sequence[Span], zone: str) -> str:
    """Spans in a sentence: the same hours of days that follow each other as one, and the first of many."""
    runs: list[list[Span]] = []
    for one in several:
        if runs and _day_after(runs[-1][-1], one, zone):
            runs[-1].append(one)
        else:
            runs.append([one])
    shown = [_run(run, zone) for run in runs[:SPANS_SHOWN]]
    more = len(runs) - SPANS_SHOWN
    return "; ".join(shown) + (f" and {more} more" if more > 0 else "")


def zone_note(zone: str) -> str:
    """That the times are by the asker's own zone, and how to name another."""
    other = "Europe/Lisbon" if zone != "Europe/Lisbon" else "America/New_York"
    return f"Times are in {plain(zone)}, your own zone; you can add another, such as {other}."


def _day_after(one: Span, other: Span, zone: str) -> bool:
    day = timedelta(days=1)
    begins, ends = wall_clock(one.begins, zone), wall_clock(one.ends, zone)
    return begins + day == wall_clock(other.begins, zone) and ends + day == wall_clock(other.ends, zone)


def _run(run: Sequence[Span], zone: str) -> str:
    if len(run) == 1:
        return span(run[0], zone)
    first, ends, last = (wall_clock(at, zone) for at in (run[0].begins, run[0].ends, run[-1].begins))
    return f"{day(first)} – {day(last)}, {first:%H:%M}–{ends:%H:%M} each day"
