"""Edits of messages: the newest state alone is sent, and none that changes nothing."""

import asyncio
import hashlib
import json
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.slack.messages.message import Message
from bot.slack.transport.budget import Importance

log = logging.getLogger(__name__)

REMEMBERED = 2_000
"""How many messages are remembered by what they show."""

Place = tuple[str, str, str]
"""Workspace, channel and ts of a message."""
Turn = Callable[[], Awaitable[None]]
Send = Callable[[Message], Awaitable[None]]


@dataclass(kw_only=True, eq=False, slots=True)
class _Edit:
    message: Message
    importance: Importance
    task: "asyncio.Task[None] | None" = None
    overtaken_by: "_Edit | None" = None
    sent: bool = False
    """Whether it is on its way, too late for another content."""


class Edits:
    """What messages are to show."""

    def __init__(self) -> None:
        self._under_way: dict[Place, _Edit] = {}
        self._shown: OrderedDict[Place, str] = OrderedDict()

    async def edit(
        self, place: Place, message: Message, importance: Importance, *, turn: Turn, send: Send
    ) -> None:
        """Have a message show this; returns when it shows this, or something newer.

        `turn` waits until an edit may be made, `send` makes it; what they raise, all who wait for it get.
        """
        before = self._under_way.get(place)
        if before is None and self._shown.get(place) == _content(message):
            return
        if before is not None and not before.sent and before.importance <= importance:
            before.message = message
            await _end(before)
            return
        edit = _Edit(message=message, importance=importance)
        if before is not None and not before.sent:
            before.overtaken_by = edit
        self._under_way[place] = edit
        edit.task = asyncio.create_task(self._make(place, edit, before, turn, send))
        edit.task.add_done_callback(_heard)
        await _end(edit)

    async def _make(self, place: Place, edit: _Edit, before: _Edit | None, turn: Turn, send: Send) -> None:
        try:
            await turn()
            if before is not None and before.sent and before.task is not None:
                await asyncio.wait([before.task])
            if edit.overtaken_by is not None:
                await _end(edit.overtaken_by)
                return
            edit.sent = True
            content = _content(edit.message)
            if self._shown.get(place) != content:
                self._shown.pop(place, None)
                await send(edit.message)
                self._remember(place, content)
        finally:
            if self._under_way.get(place) is edit:
                del self._under_way[place]

    def _remember(self, place: Place, content: str) -> None:
        self._shown[place] = content
        while len(self._shown) > REMEMBERED:
            self._shown.popitem(last=False)

    def shows(self, place: Place, message: Message) -> None:
        """A message was posted and shows this."""
        self._remember(place, _content(message))

    async def close(self) -> None:
        """No edit is waited for any more."""
        tasks = [edit.task for edit in self._under_way.values() if edit.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _end(edit: _Edit) -> None:
    if edit.task is not None:
        await asyncio.shield(edit.task)


def _heard(task: "asyncio.Task[None]") -> None:
    """Whoever waits for an edit gets its error; here it is for those who don't wait any more."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.info("an edit was not made: %s", error)


def _content(message: Message) -> str:
    shown = json.dumps([message.text, message.as_blocks()], sort_keys=True)
    return hashlib.blake2b(shown.encode(), digest_size=16).hexdigest()
