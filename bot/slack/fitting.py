"""Messages that Slack calls too long: said in shorter parts, so that nothing of them is lost."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from bot.rides.errors import ChatRefusedError
from bot.slack.messages.message import Message
from bot.slack.outbox import Outbox

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
) -> str:
    """Post a message, its thread, and there too what Slack found too much in one; gives the message's ts."""

    async def say(part: Message) -> str:
        return await outbox.post(workspace, channel, part, key=key, thread_ts=thread_ts)

    ts, rest = await _fitted(message, say)
    await _replies(outbox, workspace, channel, thread_ts or ts, rest)
    return ts


async def direct(
    outbox: Outbox, workspace: str, person: str, message: Message, *, key: str | None = None
) -> tuple[str, str]:
    """As `post`, in a person's direct messages; gives the channel and the ts."""

    async def say(part: Message) -> tuple[str, str]:
        return await outbox.direct(workspace, person, part, key=key)

    (channel, ts), rest = await _fitted(message, say)
    await _replies(outbox, workspace, channel, ts, rest)
    return channel, ts


async def replace_by(
    outbox: Outbox, workspace: str, channel: str, ts: str, message: Message, *, thread_ts: str | None = None
) -> None:
    """Put a message in another's place; its thread, and what is too much in one, follow in the thread."""

    async def say(part: Message) -> None:
        await outbox.update(workspace, channel, ts, part)

    _, rest = await _fitted(message, say)
    await _replies(outbox, workspace, channel, thread_ts or ts, rest)


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
            said = await say(replace(message, thread=()))
        except ChatRefusedError as refusal:
            less = message.shorter() if refusal.code in TOO_LONG else None
            if less is None:
                raise
            message = less
        else:
            return said, message.thread


async def _replies(
    outbox: Outbox, workspace: str, channel: str, thread_ts: str, replies: tuple[Message, ...]
) -> None:
    for reply in replies:
        await post(outbox, workspace, channel, reply, thread_ts=thread_ts)
