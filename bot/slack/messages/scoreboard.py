"""The scoreboard of a game day: one line a team, edited as it goes."""

from datetime import timedelta

from bot.gamedays.announcements import Board, Failure, TeamLine, read_refused
from bot.slack.messages import slack_refusals
from bot.slack.messages.message import Message, context, header, sections
from bot.slack.messages.mrkdwn import clock_time, counted, minutes, plain, room, shortened

MAX_FAILURE = 160
"""All teams may fail for the same long reason, and the board is one message."""
_MEDALS = {1: "🥇", 2: "🥈", 3: "🥉"}

_STATES = {
    "planned": "It begins soon.",
    "running": "By points, then fixes, then time to fix, then who was first. It is updated as it goes.",
    "over": "Final. By points, then fixes, then time to fix, then who was first.",
}

_FAILURES = {
    Failure.TEAM_GONE: "the team was deleted",
    Failure.NOBODY: "nobody in the team is free to ride",
    Failure.OUR_FAULT: "something went wrong on our side",
}


def scoreboard(said: Board) -> Message:
    """All teams as they stand."""
    lines = "\n".join(_line(line, said) for line in said.lines)
    leading = next((line for line in said.lines if line.total is not None), None)
    head = "" if leading is None else f" {plain(leading.name)} leads with {leading.total} points."
    return Message(
        text=f"🏁 Scoreboard of {plain(said.name)}.{head}",
        blocks=(
            header(f"🏁 Scoreboard: {said.name}"),
            *sections(lines),
            context(_STATES.get(said.state, "")),
        ),
    )


def _line(line: TeamLine, board: Board) -> str:
    score = "" if line.total is None else f" *{line.total}* ·"
    round_ = f" (round {line.round} of {board.rounds})" if board.rounds > 1 else ""
    return f"{medal(line.place)} *{plain(line.name)}*{score} {standing(line)}{round_}"


def medal(place: int | None) -> str:
    """A team's place in the table."""
    if place is None:
        return "▫️"
    return _MEDALS.get(place, f"`{place}.`")


def standing(line: TeamLine) -> str:  # noqa: PLR0911
    """How a team's ride stands, in words."""
    clock = f"`{whole_minutes(line.elapsed)}`" if line.elapsed is not None else ""
    match line.state:
        case "waiting":
            return f"⏳ starts at {clock_time(line.due_at)}"
        case "preparing":
            return "⏳ getting ready"
        case "live":
            return f"🚨 live {clock} · {_activity(line)}"
        case "paused":
            return f"⏸️ paused at {clock} · {_activity(line)}"
        case "recovering":
            return f"🔧 recovering {clock} · {_activity(line)}"
        case "resolved":
            fixed = "fixed" if line.to_fix is None else f"fixed in `{minutes(line.to_fix)}`"
            return f"✅ {fixed} · {_hints(line)}"
        case "expired":
            return f"⌛ time is up · {_hints(line)}"
        case "stopped":
            return "🛑 ended early, no score"
        case "void":
            return "⛔ void, no score"
        case "failed":
            return f"⚠️ could not start: {failure(line.failure)}"
        case "dropped":
            return "▫️ did not ride"


def whole_minutes(span: timedelta) -> str:
    """A clock that is edited once a minute: `4 min`."""
    return f"{int(span.total_seconds()) // 60} min"


def failure(why: str | None) -> str:
    """Why a team's ride could not start, for the middle of a sentence."""
    if not why:
        return "something went wrong on our side"
    if (refused := read_refused(why)) is not None:
        return slack_refusals.because(refused[1])
    known = {str(kind): words for kind, words in _FAILURES.items()}
    return known.get(why, shortened(plain(why), MAX_FAILURE).rstrip("."))


def where(line: TeamLine) -> str:
    """A link to the team's incident channel."""
    return f" in {room(line.channel)}" if line.channel else ""


def _activity(line: TeamLine) -> str:
    acknowledged = "👀 acknowledged" if line.acknowledged else "📟 not acknowledged"
    return f"{acknowledged} · {_hints(line)}"


def _hints(line: TeamLine) -> str:
    return f"💡 {counted(line.hints_taken, 'hint')}" if line.hints_taken else "no hints"
