"""Private words about a ride's page for the wiki."""

from bot.rides.errors import ChatRefusedError
from bot.slack.messages import slack_refusals
from bot.slack.messages.message import Message, said
from bot.slack.messages.mrkdwn import code


def sent(name: str) -> Message:
    """It is in their direct messages."""
    return said(
        f"📝 {code(name)} is in your direct messages with me: Markdown, for your wiki. Only you see it there."
    )


def not_sent(ride: str, refusal: ChatRefusedError) -> Message:
    """Slack took no file."""
    return said(
        f"⚠️ The page could not be sent. {slack_refusals.told(refusal.step, refusal.code)}",
        f"{code(f'ride export {ride}')} on the machine where Ride runs gives the same page.",
    )
