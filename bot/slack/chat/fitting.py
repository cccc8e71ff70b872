"""Messages that Slack calls too long: said in shorter parts, so that nothing of them is lost."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from bot.rides.errors import ChatRefusedError
from bot.slack.messages.message import Message
from bot.slack.transport.budget import Importance
from bot.slack.transport.outbox import Outbox

Said = TypeVar("Said")

TOO_LONG = frozenset({"msg_too_long", "msg_blocks_too_long"})
"""https://docs.slack.dev/reference/methods/chat.postMessage and chat.update; how they count is not said."""


async def post(
    outbox: Outbox,
    workspace: str,
    channel: str,
    message: Message,
    *,
    key: str | None = None,
    thread_ts: str | None = None,
    importance: Importance = Importance.ANSWER,
) -> str:
    """Post a message, its thread, and there too what Slack found too much in one; gives the message's ts.

    With a key all of it is posted once: what is there of an earlier try is gone on with.
    """

    async def say(part: Message) -> str:
        return await outbox.post(
            workspace, channel, part, key=key, thread_ts=thread_ts, importance=importance
        )

    ts, rest = await _fitted(message, say)
    for number, reply in enumerate(rest, 1):
        await post(
            outbox,
            workspace,
            channel,
            reply,
            key=f"{key}/{number}" if key is not None else None,
            thread_ts=thread_ts or ts,
            importance=importance,
        )
    return ts


async def direct(
    outbox: Outbox,
    workspace: str,
    person: str,
    message: Message,
    *,
    key: str | None = None,
    importance: Importance = Importance.ANSWER,
) -> tuple[str, str]:
    """As `post`, in a person's direct messages; gives the channel and the ts."""
    channel = await outbox.direct_channel(workspace, person, importance)
    ts = await post(outbox, workspace, channel, message, key=key, importance=importance)
    return channel, ts


async def replace_by(
    outbox: Outbox, workspace: str, channel: str, ts: str, message: Message, *, thread_ts: str | None = None
) -> None:
    """Put a message in another's place; its thread, and what is too much in one, follow in the thread."""

    async def say(part: Message) -> None:
        await outbox.update(workspace, channel, ts, part)

    _, rest = await _fitted(message, say)
    for reply in rest:
        await post(outbox, workspace, channel, reply, thread_ts=thread_ts or ts)


async def whisper(
    outbox: Outbox,
    workspace: str,
    channel: str,
    person: str,
    message: Message,
    *,
    thread_ts: str | None = None,
) -> None:
    """Show a message to one person; its thread, and what is too much in one, right after it."""

    async def say(part: Message) -> None:
        await outbox.whisper(workspace, channel, person, part, thread_ts=thread_ts)

    _, rest = await _fitted(message, say)
    for part in rest:
        await whisper(outbox, workspace, channel, person, part, thread_ts=thread_ts)


async def _fitted(
    message: Message, say: Callable[[Message], Awaitable[Said]]
) -> tuple[Said, tuple[Message, ...]]:
    """Say a message without its thread, shorter until Slack takes it; gives what is left to say after it."""
    while True:
        try:
            said = await say(replace(message, thread=()) if message.thread else message)
        except ChatRefusedError as refusal:
            less = message.shorter() if refusal.code in TOO_LONG else None
            if less is None:
                raise
            message = less
        else:
            return said, message.thread
