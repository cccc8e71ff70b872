"""Private answers about facilitators."""

from slack_sdk.models.blocks import Block

from bot.facilitators import Changed, Roll
from bot.slack.messages.message import Message, context, section
from bot.slack.messages.mrkdwn import code
from bot.slack.messages.teams import some
from bot.slack.settings import SlackSettings


def added(view: Changed, settings: SlackSettings) -> Message:
    """People are facilitators now."""
    lines = []
    if view.done:
        lines.append(
            f"🎛 {some(view.done)} {_are(view.done)} now: "
            "they may start rides for others, plan drills and game days, and stop any ride."
        )
    if view.already:
        lines.append(f"🎛 {some(view.already)} {_are(view.already)} already.")
    if view.left_out:
        lines.append(f"⚠️ Without {some(view.left_out)}: bots and people who left can't be facilitators.")
    return _said("\n".join(lines), f"All of them: {_ride(settings, 'facilitator list')}")


def removed(view: Changed) -> Message:
    """People are facilitators no more."""
    lines = []
    if view.done:
        lines.append(f"👋 {some(view.done)} {_are(view.done)} no more.")
    if view.already:
        lines.append(f"🤔 {some(view.already)} {'was' if len(view.already) == 1 else 'were'} none.")
    return _said("\n".join(lines))


def listing(view: Roll, settings: SlackSettings) -> Message:
    """Who they are, for anybody who needs one."""
    who = (
        f"🎛 Facilitators: {some(view.facilitators, 100)}. Admins may do all that they may."
        if view.facilitators
        else "🎛 There is no facilitator yet: admins do it all."
    )
    change = f"{_ride(settings, 'facilitator add @…')} · {_ride(settings, 'facilitator remove @…')}"
    return _said(who, change if view.may_change else "Admins choose them.")


def usage(settings: SlackSettings) -> Message:
    """A line that can't be read."""
    return _said(
        f"🤔 Say whom, as in {_ride(settings, 'facilitator add @dana')} or "
        f"{_ride(settings, 'facilitator remove @dana')}. Who they are: {_ride(settings, 'facilitator list')}"
    )


def _are(people: tuple[str, ...]) -> str:
    return "is a facilitator" if len(people) == 1 else "are facilitators"


def _ride(settings: SlackSettings, rest: str) -> str:
    return code(f"{settings.ride_command} {rest}")


def _said(words: str, more: str | None = None) -> Message:
    blocks: list[Block] = [section(words)]
    if more is not None:
        blocks.append(context(more))
    return Message(text=words, blocks=tuple(blocks))
