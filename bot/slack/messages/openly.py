"""Private answers that Slack delivers nowhere privately: what everybody in the channel sees instead."""

from dataclasses import replace

from bot.slack.messages import slack_refusals
from bot.slack.messages.message import MAX_BLOCKS, Message, context, said
from bot.slack.messages.mrkdwn import mention


def shown(person: str, message: Message) -> Message:
    """An answer that is no secret, addressed to the one who asked."""
    words = f"For {mention(person)} (Slack didn't let Ride answer privately):"
    blocks = message.blocks
    if blocks and len(blocks) < MAX_BLOCKS:
        blocks = (context(words), *blocks)
    return replace(message, text=f"{words} {message.text}", blocks=blocks)


def kept_back(person: str, refused: str) -> Message:
    """The answer is a secret: only that there is one, and how to get it."""
    why = slack_refusals.because(refused)
    return said(
        f"🔒 {mention(person)}: your answer is for you alone, and Slack doesn't let Ride deliver it here "
        f"or in direct messages: {why}. Please ask again with the slash command."
    )
