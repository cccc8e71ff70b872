"""Private answers about facilitators."""

from bot.people.facilitators import Changed, Roll
from bot.slack.messages.asked import typed
from bot.slack.messages.message import Message, said
from bot.slack.messages.teams import some
from bot.slack.settings import SlackSettings


def added(view: Changed, settings: SlackSettings) -> Message:
    """People are facilitators now."""
    lines = []
    if view.done:
        lines.append(
            f"🎛 {some(view.done)} {_are(view.done, 'now')}: they may start rides for others, plan "
            "drills and game days, and stop any ride."
        )
    if view.already:
        lines.append(f"🎛 {some(view.already)} {_are(view.already, 'already')}.")
    if view.left_out:
        lines.append(f"⚠️ I left out {some(view.left_out)}: bots and people who left can't be facilitators.")
    return said("\n".join(lines), f"All of them: {typed(settings, 'facilitator list')}")


def removed(view: Changed) -> Message:
    """People are facilitators no more."""
    lines = []
    if view.done:
        lines.append(f"👋 {some(view.done)} {_are(view.done, 'no longer')}.")
    if view.already:
        lines.append(f"🤔 {some(view.already)} {_are(view.already, 'not')}.")
    return said("\n".join(lines))


def listing(view: Roll, settings: SlackSettings) -> Message:
    """Who they are, for anybody who needs one."""
    who = (
        f"🎛 Facilitators: {some(view.facilitators, 100)}. Admins can do all of that too."
        if view.facilitators
        else "🎛 There are no facilitators yet: admins do it all."
    )
    change = f"{typed(settings, 'facilitator add @…')} · {typed(settings, 'facilitator remove @…')}"
    return said(who, change if view.may_change else "Admins choose them.")


def usage(settings: SlackSettings) -> Message:
    """A line that can't be read."""
    return said(
        f"🤔 Say who, as in {typed(settings, 'facilitator add @dana')} or "
        f"{typed(settings, 'facilitator remove @dana')}. Who they are: "
        f"{typed(settings, 'facilitator list')}"
    )


def _are(people: tuple[str, ...], adverb: str) -> str:
    return f"is {adverb} a facilitator" if len(people) == 1 else f"are {adverb} facilitators"
