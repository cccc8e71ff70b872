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
            context(
                f"The ride goes on. Ride tries again over the next few minutes; {invite} tries right away."
            ),
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
        context("Ride tries again over the next few minutes; the button tries right away."),
    )


def channel_gone(view: ChannelGone) -> Message:
    """For those who ride: nothing can be posted in their channel any more."""
    words = (
        f"⚠️ *I can't post in {room(view.channel)} any more*: {slack_refusals.because(view.refused)}. "
        "The incident goes on, and so does its clock.\nOne click opens a new channel: everybody in the "
        "ride is invited, and all messages so far are there."
    )
    return Message(text=words, blocks=(section(words), open_anew(view.ride, view.channel)))


def invited(view: Invited, asker: str) -> Message:
    """What came of inviting people."""
    lines = []
    where = room(view.channel)
    if view.now:
        lines.append(f"✅ {_named(view.now, asker)} now in {where}.")
    if view.already:
        lines.append(f"👍 {_named(view.already, asker)} already in {where}.")
    if view.channel_is_lost:
        why = slack_refusals.because(view.refused[0][1])
        lines.append(
            f"⚠️ Nobody can be invited to {where}: {why}. The ride can go on in a new channel, with "
            "everybody in it and all messages so far."
        )
        words = "\n".join(lines)
        return Message(text=words, blocks=(section(words), open_anew(view.ride, view.channel)))
    if view.refused:
        listed = slack_refusals.lines((mention(person), error) for person, error in view.refused)
        lines.append(f"⚠️ Not invited to {where}:\n{listed}")
    words = "\n".join(lines)
    return Message(text=words, blocks=sections(words))


def reopened(view: Invited, asker: str) -> Message:
    """The ride goes on in another channel."""
    words = f"✅ The ride goes on in {room(view.channel)}: its card and all messages so far are there."
    if view.refused:
        return Message(text=words, blocks=(section(words), *invited(view, asker).blocks))
    return said(words)


def not_a_ride(word: str, settings: SlackSettings) -> Message:
    """A word after `invite` that is neither a person nor a ride's id."""
    invite = f"{settings.ride_command} invite"
    return said(
        f"🤔 {code(word, 60)} isn't a ride's id. {code(invite)} lets you into your ride, "
        f"{code(f'{invite} @…')} lets others in; to say which ride, add its id from the incident's card."
    )


def people_one_by_one(settings: SlackSettings) -> Message:
    """A user group where people are meant."""
    invite = code(f"{settings.ride_command} invite @…")
    return said(f"🤔 That is a user group. Please name the people one by one: {invite}")


def old_button() -> Message:
    """A button that this version of Ride doesn't know any more."""
    return said("🤔 This button is from an older version of Ride and no longer works.")


def _named(persons: Sequence[str], asker: str) -> str:
    if list(persons) == [asker]:
        return "You are"
    return f"{people(persons)} {'is' if len(persons) == 1 else 'are'}"
