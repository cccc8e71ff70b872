"""Who asked, and how to answer them alone."""

import logging
from collections.abc import Awaitable
from dataclasses import dataclass

from bot.rides.errors import ChatRefusedError
from bot.slack.chat import fitting
from bot.slack.messages import openly
from bot.slack.messages.message import Message
from bot.slack.transport.outbox import Outbox

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
    """Answer the asker alone, by the first way that is open: where they asked, or in direct messages.

    Where neither is, everybody there sees it, or that there is an answer if it is a secret. What can't be
    delivered at all is logged, without its text.
    """
    url = asker.response_url
    if url is not None and await outbox.respond(asker.workspace, url, message, in_channel=False):
        return
    refused = None
    if asker.channel:
        refused = await _refusal(
            fitting.whisper(
                outbox, asker.workspace, asker.channel, asker.person, message, thread_ts=asker.thread_ts
            )
        )
        if refused is None:
            return
    unsent = await _refusal(fitting.direct(outbox, asker.workspace, asker.person, message))
    if unsent is None:
        return
    log.warning(
        "could not answer %s privately: in %s %s, directly %s", asker.person, asker.channel, refused, unsent
    )
    # Who isn't in the channel would not see it there either.
    if refused is not None and refused.code != "user_not_in_channel":
        await _tell_openly(outbox, asker, message, refused.code)


async def _tell_openly(outbox: Outbox, asker: Asker, message: Message, code: str) -> None:
    shown = openly.kept_back(asker.person, code) if message.secret else openly.shown(asker.person, message)
    posted = fitting.post(outbox, asker.workspace, asker.channel, shown, thread_ts=asker.thread_ts)
    if (refused := await _refusal(posted)) is not None:
        log.warning("could not answer %s in %s at all: %s", asker.person, asker.channel, refused)


async def _refusal(said: Awaitable[object]) -> ChatRefusedError | None:
    """Say something; gives why that was refused."""
    try:
        await said
    except ChatRefusedError as refusal:
        return refusal
    return None
