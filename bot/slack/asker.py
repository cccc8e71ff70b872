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

    workspace: str
    person: str
    channel: str
    """Empty where there is none: in a modal and in the App Home."""
    thread_ts: str | None = None
    """The thread it was typed in, where the answer goes as well."""
    response_url: str | None = None
    """Absent for mentions."""
    trigger: str | None = None
    """What opens a modal, once and within 3 seconds; absent for mentions."""


async def tell(outbox: Outbox, asker: Asker, message: Message) -> None:
    """Answer the asker alone. What can't be delivered is logged, without its text: it may be a secret."""
    url = asker.response_url
    if url is not None and await outbox.respond(asker.workspace, url, message, in_channel=False):
        return
    try:
        if asker.channel:
            await outbox.whisper(
                asker.workspace, asker.channel, asker.person, message, thread_ts=asker.thread_ts
            )
        else:
            await outbox.direct(asker.workspace, asker.person, message)
    except ChatRefusedError as error:
        log.warning("could not answer %s privately in %s: %s", asker.person, asker.channel, error.code)
