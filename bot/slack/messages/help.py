"""The help page: a table of lines, each with the right that it takes: nobody reads of what they can't do."""

from dataclasses import dataclass
from enum import IntEnum

from slack_sdk.models.blocks import Block, DividerBlock

from bot.slack.messages.message import Message, context, header, section
from bot.slack.messages.mrkdwn import code
from bot.slack.settings import SlackSettings


class Right(IntEnum):
    """What a person may do; each holds those before it."""

    RIDE = 0
    FACILITATE = 1
    ADMINISTER = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A command with an example, and what it does. `{ride}`, `{sql}` and `{bot}` are the installation's."""

    typed: str
    what: str
    needs: Right = Right.RIDE
    connects: bool = False
    """Whether it is there only where learners can use clients of their own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Lines that belong together."""

    title: str
    lines: tuple[Line, ...]


PARTS = (
    Part(
        title="Ride",
        lines=(
            Line(typed="{ride} list", what="the incidents you can ride"),
            Line(typed="{ride} start alter-table-locks", what="start one; you're on call"),
            Line(
                typed="{ride} start alter-table-locks @you @dana",
                what="ride together: name yourself too, and the others",
            ),
            Line(
                typed="{ride} start alter-table-locks @dana",
                what="start one for somebody else, or for several people",
                needs=Right.FACILITATE,
            ),
            Line(
                typed="{ride} start alter-table-locks for payments",
                what="start one for a team: whoever is on call is paged",
            ),
            Line(typed="{ride} status", what="how the ride stands: clock, hints, who acknowledged"),
            Line(typed="{ride} hint", what="the next hint, in the channel; hints are free"),
            Line(typed="{ride} update", what="write a status update for those outside, in a form"),
            Line(
                typed="{ride} invite @dana",
                what="let somebody into your incident's channel; without a name, yourself, from anywhere",
            ),
            Line(typed="{ride} connect", what="a connection for your own psql, for you alone", connects=True),
            Line(typed="{ride} stop", what="end the ride without a score"),
            Line(typed="{ride} help", what="this page"),
        ),
    ),
    Part(
        title="In the incident channel",
        lines=(
            Line(
                typed="{sql} select pid, state from pg_stat_activity",
                what="run a statement; everybody in the channel sees the result",
            ),
            Line(
                typed="{sql} \\d orders",
                what="psql's own \\d… commands, \\sf, \\h, \\x, \\watch and more work too",
            ),
        ),
    ),
    Part(
        title="Teams",
        lines=(
            Line(
                typed="{ride} team create payments @dana @sam",
                what="a team; also join, leave, show, delete and list",
            ),
            Line(typed="{ride} oncall", what="who is on call, now and in the next four weeks"),
            Line(typed="{ride} oncall me", what="when you are on call"),
            Line(
                typed="{ride} oncall payments @dana @sam every week from Monday at 10:00",
                what="a rota: people take turns",
            ),
            Line(
                typed="{ride} oncall payments swap @dana @sam from Friday 09:00 until Monday 09:00",
                what="they take each other's shifts; cancel, with its ID, takes it back",
            ),
            Line(
                typed="{ride} oncall payments cover @dana by @sam until Friday 18:00",
                what="one takes the other's shifts",
            ),
        ),
    ),
    Part(
        title="Unannounced drills",
        lines=(
            Line(
                typed="{ride} drill payments between 09:00 and 17:00 this week",
                what="a drill at a moment nobody knows; a scenario or a level such as L3 may follow",
                needs=Right.FACILITATE,
            ),
            Line(
                typed="{ride} drill list",
                what="the drills; also cancel, with a drill's ID",
                needs=Right.FACILITATE,
            ),
            Line(
                typed="{ride} quiet payments from 2026-12-24 to 2026-12-26",
                what="no drills for your team in that time; also hours and lengths, list, and remove ID",
            ),
            Line(
                typed="{ride} quiet everybody from 2026-12-24 to 2026-12-26",
                what="no drills at all in that time",
                needs=Right.FACILITATE,
            ),
        ),
    ),
    Part(
        title="Game days",
        lines=(
            Line(typed="{ride} gameday", what="the game days that are on or coming up"),
            Line(typed="{ride} gameday create", what="plan one, in a form", needs=Right.FACILITATE),
            Line(
                typed="{ride} gameday cancel ID",
                what="call off one that has not begun",
                needs=Right.FACILITATE,
            ),
        ),
    ),
    Part(
        title="Leaderboards",
        lines=(
            Line(
                typed="{ride} leaderboard",
                what="who is best; also for one scenario, this month, or since a day",
            ),
            Line(typed="{ride} leaderboard team since 2026-11-01", what="the same for teams"),
        ),
    ),
    Part(
        title="Facilitators",
        lines=(
            Line(typed="{ride} facilitator list", what="who may plan for others"),
            Line(
                typed="{ride} facilitator add @dana",
                what="let somebody do things for others: drills, game days, any ride; also remove",
                needs=Right.ADMINISTER,
            ),
        ),
    ),
)
"""All commands. A line's `needs` is the right that the command asks for."""


def help_page(settings: SlackSettings, right: Right) -> Message:
    """The commands that somebody with this right may use, with an example each."""
    blocks: list[Block] = [
        header("🚀 Ride: incidents to practise on"),
        section(
            "A real PostgreSQL gets a real problem, you get the page. Find the cause, fix it, and read "
            "what happened in the postmortem. It's a private sandbox: nothing that matters can break."
        ),
    ]
    typed: list[str] = []
    for part in PARTS:
        lines = [
            (_filled(line.typed, settings), line.what)
            for line in part.lines
            if line.needs <= right and (settings.offers_connect or not line.connects)
        ]
        if lines:
            typed += [command for command, _ in lines]
            blocks.append(section(f"*{part.title}*\n" + "\n".join(_shown(*line) for line in lines)))
    blocks += [
        DividerBlock(),
        context(
            "In a thread, where Slack has no slash commands, mention me: "
            f"{code(f'@{settings.bot_name} sql select 1')}, {code(f'@{settings.bot_name} status')}. "
            "A statement may be pasted as a code block."
        ),
    ]
    return Message(text=f"Ride help. {', '.join(typed)}", blocks=tuple(blocks))


def _filled(typed: str, settings: SlackSettings) -> str:
    return typed.format(ride=settings.ride_command, sql=settings.sql_command, bot=settings.bot_name)


def _shown(command: str, what: str) -> str:
    return f"{code(command)}\n      {what}"
