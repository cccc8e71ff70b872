"""Private words about the do-not-disturb calendar."""

from slack_sdk.models.blocks import Block

from bot.drills.views import QuietList, QuietSet
from bot.slack.messages.asked import typed
from bot.slack.messages.local_times import span, zone_note
from bot.slack.messages.message import Message, context, header, said, section, sections
from bot.slack.messages.mrkdwn import code, mention, plain
from bot.slack.settings import SlackSettings
from storage.drills import Quiet

SHOWN = 100
_PER_SECTION = 10
_EXAMPLE = "quiet everybody from 2026-12-24 to 2026-12-26 because of the holidays"


def added(view: QuietSet, settings: SlackSettings) -> Message:
    """New entries. Says nothing of drills: whether one had to move would tell when it was."""
    first, *more = view.entries
    words = f"🔕 No drills for {_whom(first)}: {_when(first)}{_why(first)}."
    out = [typed(settings, f"quiet remove {first.id}")]
    if more:
        words = f"🔕 No drills for {_whom(first)}{_why(first)}:" + "".join(
            f"\n• {code(entry.id)} {_when(entry)}" for entry in view.entries
        )
        out = [typed(settings, "quiet remove ID")]
    about = f"Remove it: {out[0]}"
    if not view.zone_was_said:
        about += f" · {zone_note(first.zone)}"
    return Message(text=words, blocks=(*sections(words), context(about)))


def listing(view: QuietList, settings: SlackSettings) -> Message:
    """The calendar: all of it, for each entry may be what a drill is refused by."""
    add = typed(settings, _EXAMPLE)
    whose = "" if view.all_teams else " for everybody or for a team of yours"
    if not view.entries:
        words = f"🔔 There are no quiet times{whose}: drills may come at any time. Add one: {add}"
        return said(words)
    blocks: list[Block] = [header("Do not disturb")]
    lines = [
        f"{code(entry.id)} {_whom(entry)}: {_when(entry)}\nby {mention(entry.created_by)}{_why(entry)}"
        for entry in view.entries[:SHOWN]
    ]
    for start in range(0, len(lines), _PER_SECTION):
        blocks += sections("\n".join(lines[start : start + _PER_SECTION]))
    more = len(view.entries) - SHOWN
    if more > 0:
        blocks.append(section(f"… and {more} more, later than these"))
    blocks.append(context(f"{typed(settings, 'quiet remove ID')} · another: {add}"))
    return Message(text=f"Quiet times{whose}: {len(view.entries)}", blocks=tuple(blocks))


def removed(quiet: Quiet) -> Message:
    """An entry was taken out."""
    words = f"🔔 No longer quiet for {_whom(quiet)}: {_when(quiet)}."
    return said(words)


def _whom(quiet: Quiet) -> str:
    return "*everybody*" if quiet.team_name is None else f"*{plain(quiet.team_name)}*"


def _why(quiet: Quiet) -> str:
    return f", because: {plain(quiet.reason)}" if quiet.reason else ""


def _when(quiet: Quiet) -> str:
    return f"{span(quiet.span, quiet.zone)} ({plain(quiet.zone)})"
