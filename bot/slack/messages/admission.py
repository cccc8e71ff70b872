"""Into the incident channel: who could not be invited, how they get in all the same, and a new channel."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.rides.announcements import ChannelGone, NotInvited, Page
from bot.rides.inviting import Invited
from bot.slack.messages import slack_refusals
from bot.slack.messages.buttons import let_in, open_anew
from bot.slack.messages.message import Message, context, said, section, sections
from bot.slack.messages.mrkdwn import code, mention, people, room
from bot.slack.settings import SlackSettings


def not_invited(view: NotInvited, settings: SlackSettings) -> Message:
    """For the one who started: whom Slack didn't let us invite."""
    listed = slack_refusals.lines((mention(person), error) for person, error in view.people)
    words = f"⚠️ I couldn't invite everybody to {room(view.channel)}:\n{listed}"
    invite = code(f"{settings.ride_command} invite {view.ride} @…")
    return Message(
        text=words,
        blocks=(
            *sections(words),
            context(f"The ride goes on. Ride tries again in the next minutes, and {invite} does at once."),
        ),
    )


def shut_out(page: Page, refused: str) -> Sequence[Block]:
    """Below the page of somebody who could not be invited."""
    return (
        section(
            f"⚠️ *You aren't in {room(page.channel)} yet.* "
            f"{people([page.to] if page.to else page.learners)}: {slack_refusals.line(refused)}"
        ),
        let_in(page.ride),
        context("Ride tries it again in the next minutes; the button does at once."),
    )


def channel_gone(view: ChannelGone) -> Message:
    """For those who ride: nothing can be posted in their channel any more."""
    words = (
        f"⚠️ *I can't post in {room(view.channel)} any more*: {slack_refusals.because(view.refused)}. "
        "The incident goes on, and so does its clock.\n"
        "A new channel takes one click: everybody of the ride is invited, and all that was said is there."
    )
    return Message(text=words, blocks=(section(words), open_anew(view.ride, view.channel)))


def invited(view: Invited, asker: str) -> Message:
    """What came of inviting people."""
    lines = []
    where = room(view.channel)
    if view.now:
        lines.append(f"✅ {_named(view.now, asker)} in {where} now.")
    if view.already:
        lines.append(f"👍 {_named(view.already, asker)} in {where} already.")
    if view.channel_is_lost:
        why = slack_refusals.because(view.refused[0][1])
        lines.append(
            f"⚠️ Nobody can be invited to {where}: {why}. "
            "The ride can go on in a new channel, with everybody of it and all that was said."
        )
        words = "\n".join(lines)
        return Message(text=words, blocks=(section(words), open_anew(view.ride, view.channel)))
    if view.refused:
        listed = slack_refusals.lines((mention(person), error) for person, error in view.refused)
        lines.append(f"⚠️ Not in {where}:\n{listed}")
    words = "\n".join(lines)
    return Message(text=words, blocks=sections(words))


def reopened(view: Invited, asker: str) -> Message:
    """The ride goes on in another channel."""
    words = f"✅ The ride goes on in {room(view.channel)}: its card and all that was said are there."
    if view.refused:
        return Message(text=words, blocks=(section(words), *invited(view, asker).blocks))
    return said(words)


def not_a_ride(word: str, settings: SlackSettings) -> Message:
    """A word after `invite` that is neither a person nor a ride's id."""
    invite = f"{settings.ride_command} invite"
    return said(
        f"🤔 {code(word, 60)} is no ride's id. {code(invite)} lets you into your ride, "
        f"{code(f'{invite} @…')} others; an id, as it stands on the incident's card, says which ride."
    )


def people_one_by_one(settings: SlackSettings) -> Message:
    """A user group where people are meant."""
    invite = code(f"{settings.ride_command} invite @…")
    return said(f"🤔 That is a user group. Please name the people one by one: {invite}")


def old_button() -> Message:
    """A button that this version of Ride doesn't know any more."""
    return said("🤔 This button is of an older version of Ride and does nothing any more.")


def _named(persons: Sequence[str], asker: str) -> str:
    if list(persons) == [asker]:
        return "You are"
    return f"{people(persons)} {'is' if len(persons) == 1 else 'are'}"
