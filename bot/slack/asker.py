"""Who asked, and how to answer them alone."""

import logging
from dataclasses import dataclass

from bot.rides.errors import ChatRefusedError
from bot.slack.messages.message import Message
from bot.slack.outbox import Outbox

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Asker:
    """A person who typed or clicked something, and where."""

    team: str
    person: str
    channel: str
    thread_ts: str | None = None
    """The thread it was typed in, where the answer goes as well."""
    response_url: str | None = None
    """Absent for mentions."""


async def tell(outbox: Outbox, asker: Asker, message: Message) -> None:
    """Answer the asker alone. What can't be delivered is logged, without its text: it may be a secret."""
    if asker.response_url is not None and await outbox.respond(asker.response_url, message, in_channel=False):
        return
    try:
        await outbox.whisper(asker.channel, asker.person, message, thread_ts=asker.thread_ts)
    except ChatRefusedError as error:
        log.warning("could not answer %s privately in %s: %s", asker.person, asker.channel, error.code)
