"""What happens in the workspace, told at once to everyone who watches and may see it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from bot.workspace.company.state import Conversation
from bot.workspace.json_values import JsonObject

ChangeType = Literal[
    "message", "message_changed", "message_deleted", "ephemeral", "conversation", "pin", "reaction", "typing",
    "view_opened", "view_updated", "view_closed", "home",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """Something changed: in a `channel`, where `ts` is the message's if there is one; or a person's views.

    A view that opens, changes or closes has its id in `view`; `home` has neither.
    """

    type: ChangeType
    channel: str | None = None
    ts: str | None = None
    thread_ts: str | None = None
    view: str | None = None

    def body(self) -> JsonObject:
        body: JsonObject = {"type": self.type}
        for key in ("channel", "ts", "thread_ts", "view"):
            if (value := getattr(self, key)) is not None:
                body[key] = value
        return body


class Feed:
    """Hands changes to the watchers. None in a watcher's queue means that the workspace closes."""

    def __init__(self) -> None:
        self._watchers: list[tuple[str, asyncio.Queue[Change | None]]] = []
        self._closed = False

    @contextmanager
    def watch(self, user: str) -> Iterator[asyncio.Queue[Change | None]]:
        """The changes that this user may see, from now on."""
        queue: asyncio.Queue[Change | None] = asyncio.Queue()
        watcher = (user, queue)
        self._watchers.append(watcher)
        if self._closed:
            queue.put_nowait(None)
        try:
            yield queue
        finally:
            # By identity: two watchers of one user are two.
            self._watchers = [one for one in self._watchers if one is not watcher]

    def tell(self, conversation: Conversation, change: Change) -> None:
        """Tell everyone who sees the conversation."""
        for user, queue in self._watchers:
            if conversation.visible_to(user):
                queue.put_nowait(change)

    def tell_one(self, user: str, change: Change) -> None:
        """Tell one user alone."""
        for watcher, queue in self._watchers:
            if watcher == user:
                queue.put_nowait(change)

    def close(self) -> None:
        """End every watch."""
        self._closed = True
        for _, queue in self._watchers:
            queue.put_nowait(None)
