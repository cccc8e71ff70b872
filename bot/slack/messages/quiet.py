"""Private words about the do-not-disturb calendar."""

from slack_sdk.models.blocks import Block

from bot.drills.views import QuietList, QuietSet
from bot.slack.messages.asked import typed
from bot.slack.messages.local_times import span, zone_note
from bot.slack.messages.message import Message, context, header, said, section
from bot.slack.messages.mrkdwn import code, mention, plain
from bot.slack.settings import SlackSettings
from storage.drill_records import Quiet

SHOWN = 30
_EXAMPLE = "quiet everybody from 2026-12-24 to 2026-12-26 reason holidays"


def added(view: QuietSet, settings: SlackSettings) -> Message:
    """A new entry. Says nothing of drills: whether one had to move would tell when it was."""
    quiet = view.quiet
    words = f"🔕 No drill for {_whom(quiet)}: {_when(quiet)}."
    more = f"Take it out: {typed(settings, f'quiet remove {quiet.id}')}"
    if not view.zone_was_said:
        more += f" · {zone_note(quiet.zone)}"
    return Message(text=words, blocks=(section(words), context(more)))


def listing(view: QuietList, settings: SlackSettings) -> Message:
    """The calendar."""
    add = typed(settings, _EXAMPLE)
    whose = "" if view.all_teams else " for everybody or for a team of yours"
    if not view.entries:
        words = f"🔔 There are no quiet times{whose}: drills may come at any time. Add one: {add}"
        return said(words)
    blocks: list[Block] = [header("Do not disturb")]
    for entry in view.entries[:SHOWN]:
        blocks.append(
            section(
                f"{code(entry.id)} {_whom(entry)}: {_when(entry)}\n"
                f"by {mention(entry.created_by)}" + (f": {plain(entry.reason)}" if entry.reason else "")
            )
        )
    more = len(view.entries) - SHOWN
    if more > 0:
        blocks.append(section(f"… and {more} more"))
    blocks.append(context(f"{typed(settings, 'quiet remove ID')} · another: {add}"))
    return Message(text=f"Quiet times{whose}: {len(view.entries)}", blocks=tuple(blocks))


def removed(quiet: Quiet) -> Message:
    """An entry was taken out."""
    words = f"🔔 No longer quiet for {_whom(quiet)}: {_when(quiet)}."
    return said(words)


def _whom(quiet: Quiet) -> str:
    return "*everybody*" if quiet.team_name is None else f"*{plain(quiet.team_name)}*"


def _when(quiet: Quiet) -> str:
    return f"{span(quiet.span, quiet.zone)} ({plain(quiet.zone)})"
