"""Private words for what can't be done with drills and quiet times."""

from collections.abc import Callable, Sequence

from bot.drills.errors import (
    AllQuietError,
    DrillOverError,
    QuietOrderError,
    QuietOverError,
    Unclear,
    UnclearDrillError,
    UnclearQuietError,
    UnknownDrillError,
    UnknownQuietError,
    WindowOverError,
)
from bot.rides.errors import RideError
from bot.slack.messages.asked import Asked
from bot.slack.messages.local_times import moment_of, span
from bot.slack.messages.mrkdwn import code, plain

_DRILL = "drill payments between 09:00 and 17:00 this week"
_QUIET = "quiet payments from Friday 14:00 to Monday 09:00"
_QUIET_DAYS = "quiet everybody from 2026-12-24 to 2026-12-26"
_ENTRIES_SHOWN = 3


def _unclear_drill(error: UnclearDrillError, asked: Asked) -> str:
    word = code(error.word, 60)
    problem = {
        Unclear.NO_TEAM: "🤔 Which team is it for?",
        Unclear.NO_HOURS: (
            f"🤔 Between which times may it start? (There are also {asked.ride('drill list')} and "
            f"{asked.ride('drill cancel ID')}.)"
        ),
        Unclear.HOURS: f"🤔 I can't read two times in {word}.",
        Unclear.DAY: f"🤔 I can't read the day {word}: write 2026-12-03, a weekday, or {code('this week')}.",
        Unclear.WORD: f"🤔 I don't know which day is meant: {word} is one more.",
        Unclear.SCENARIO: f"🤔 {word} is no day that I know, and neither a scenario nor a level."
        + (f" Did you mean {' or '.join(map(code, error.meant))}?" if error.meant else ""),
        Unclear.NO_ID: f"🤔 Which drill? {asked.ride('drill list')} shows their ids.",
    }.get(error.problem, f"🤔 I can't read {word}.")
    return f"{problem} For example: {asked.ride(_DRILL)}. A scenario or a level such as L3 may follow."


def _unclear_quiet(error: UnclearQuietError, asked: Asked) -> str:
    word = code(error.word, 60)
    problem = {
        Unclear.NO_TEAM: f"🤔 Whose quiet time is it? Name a team, or {code('everybody')}.",
        Unclear.NO_END: "🤔 Until when?",
        Unclear.DAY: f"🤔 I can't read a day in {word}: write it as 2026-12-24, or as a weekday."
        if error.word
        else "🤔 From which day to which?",
        Unclear.NO_ID: f"🤔 Which one? {asked.ride('quiet list')} shows their ids.",
    }.get(error.problem, f"🤔 I can't read {word}.")
    return f"{problem} For example: {asked.ride(_QUIET)}, or whole days: {asked.ride(_QUIET_DAYS)}"


def _window_over(error: WindowOverError, asked: Asked) -> str:
    if error.last is None:
        return "⛔ That time isn't there: the clocks jump over it on that day. Name another."
    return (
        f"⛔ That time is over: the last of it was {span(error.last, error.zone)} ({plain(error.zone)}). "
        f"Name a later day, as in {asked.ride('drill TEAM between 09:00 and 17:00 next week')}"
    )


def _all_quiet(error: AllQuietError, asked: Asked) -> str:
    shown = "; ".join(
        f"{code(entry.id)} {span(entry.span, entry.zone)}" for entry in error.entries[:_ENTRIES_SHOWN]
    )
    return (
        f"🔕 All of that time is in the do-not-disturb calendar: {shown}. "
        f"Name another time, or see {asked.ride('quiet list')}"
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
            f"⛔ Drill {code(drill.id)} has started already. To end its ride, type {asked.ride('stop')} "
            "in the incident channel."
        )
    return f"⛔ Drill {code(drill.id)} is over already: there is nothing to cancel."


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
        f"⛔ That would be over since {moment_of(error.ends)} ({plain(error.zone)}). "
        f"Name days to come, as in {asked.ride(_QUIET)}"
    )


WORDS: Sequence[tuple[type[RideError], Callable[..., str]]] = (
    (UnclearDrillError, _unclear_drill),
    (UnclearQuietError, _unclear_quiet),
    (WindowOverError, _window_over),
    (AllQuietError, _all_quiet),
    (UnknownDrillError, _unknown_drill),
    (DrillOverError, _drill_over),
    (UnknownQuietError, _unknown_quiet),
    (QuietOrderError, _quiet_order),
    (QuietOverError, _quiet_over),
)
