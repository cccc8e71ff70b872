"""Private words for what can't be done with drills and quiet times."""

from collections.abc import Callable, Sequence

from bot.drills.errors import (
    AllQuietError,
    DrillOverError,
    QuietOrderError,
    QuietOverError,
    UnknownDrillError,
    UnknownQuietError,
    WindowOverError,
)
from bot.rides.errors import RideError
from bot.slack.messages.asked import Asked
from bot.slack.messages.local_times import moment_of, span
from bot.slack.messages.mrkdwn import code, mention, plain

_QUIET = "quiet payments from Friday 14:00 to Monday 09:00"
_ENTRIES_SHOWN = 10


def _window_over(error: WindowOverError, asked: Asked) -> str:
    if error.last is None:
        return "⛔ That time doesn't exist: the clocks skip it on that day. Name another."
    return (
        f"⛔ That time has passed: the last of it was {span(error.last, error.zone)} "
        f"({plain(error.zone)}). Name a later day, as in "
        f"{asked.ride('drill TEAM between 09:00 and 17:00 next week')}"
    )


def _all_quiet(error: AllQuietError, asked: Asked) -> str:
    shown = "; ".join(
        f"{code(entry.id)} {span(entry.span, entry.zone)} ({plain(entry.zone)}) for "
        + ("everybody" if entry.team_name is None else f"*{plain(entry.team_name)}*")
        + f", by {mention(entry.created_by)}"
        for entry in error.entries[:_ENTRIES_SHOWN]
    )
    more = len(error.entries) - _ENTRIES_SHOWN
    shown += f"; and {more} more, in {asked.ride('quiet list')}" if more > 0 else ""
    return (
        f"🔕 All of that time is in the do-not-disturb calendar: {shown}. Name another time, or remove "
        f"an entry with {asked.ride('quiet remove ID')}"
    )


def _unknown_drill(error: UnknownDrillError, asked: Asked) -> str:
    if error.nearest:
        nearest = " or ".join(asked.ride(f"drill cancel {one}") for one in error.nearest)
        return f"🤔 There is no drill {code(error.drill, 60)}. Did you mean {nearest}?"
    return f"🤔 There is no drill {code(error.drill, 60)}. {asked.ride('drill list')} shows their ids."


def _drill_over(error: DrillOverError, asked: Asked) -> str:
    drill = error.drill
    if drill.state in {"starting", "started"}:
        return (
            f"⛔ Drill {code(drill.id)} has already started. To end its ride, type {asked.ride('stop')} "
            "in the incident channel."
        )
    return f"⛔ Drill {code(drill.id)} is already over: there is nothing to cancel."


def _unknown_quiet(error: UnknownQuietError, asked: Asked) -> str:
    if error.nearest:
        nearest = " or ".join(asked.ride(f"quiet remove {one}") for one in error.nearest)
        return f"🤔 There is no quiet time {code(error.quiet, 60)}. Did you mean {nearest}?"
    return f"🤔 There is no quiet time {code(error.quiet, 60)}. {asked.ride('quiet list')} shows their ids."


def _quiet_order(error: QuietOrderError, asked: Asked) -> str:
    return (
        f"⛔ It would end before it begins: {moment_of(error.begins)} is not before {moment_of(error.ends)} "
        f"({plain(error.zone)}). For example: {asked.ride(_QUIET)}"
    )


def _quiet_over(error: QuietOverError, asked: Asked) -> str:
    return (
        f"⛔ That period has already ended: {moment_of(error.ends)} ({plain(error.zone)}). Name days in the "
        f"future, as in {asked.ride(_QUIET)}"
    )


WORDS: Sequence[tuple[type[RideError], Callable[..., str]]] = (
    (WindowOverError, _window_over),
    (AllQuietError, _all_quiet),
    (UnknownDrillError, _unknown_drill),
    (DrillOverError, _drill_over),
    (UnknownQuietError, _unknown_quiet),
    (QuietOrderError, _quiet_order),
    (QuietOverError, _quiet_over),
)
