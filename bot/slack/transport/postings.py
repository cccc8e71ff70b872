"""Posting once: which messages stand in a channel already, by Ride's own records or, in doubt, by Slack's."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.rides.ports import Clock
from bot.slack.transport.budget import Importance
from bot.slack.transport.outcome import CallRefusedError
from bot.slack.transport.plan import Plan
from bot.slack.transport.web_api import WebApi
from storage.messages import Posting

log = logging.getLogger(__name__)

EVENT_TYPE = "ride_message"
"""The metadata's event type, by which Ride finds its own messages again."""
HISTORY_LIMIT = 15
"""Messages a call: all that Slack gives an app outside its marketplace."""
SEARCH_WITHIN: Mapping[Importance, float] = {Importance.PAGE: 5.0, Importance.ANSWER: 5.0}
"""Seconds that a search may wait for its turn, once a minute: a page that comes twice is better than late."""
SEARCH_WITHIN_ELSE = 20.0
"""For the rest. Whatever is said in a channel meanwhile waits behind it, answers to people too."""
_BEFORE = timedelta(minutes=1)
"""How far two machines' clocks may differ."""


class Records(Protocol):
    """What was posted, by key. See storage.messages.MessageStore."""

    async def begin(self, workspace: str, channel: str, key: str, at: datetime) -> Posting | None: ...

    async def posted(self, workspace: str, channel: str, key: str, ts: str) -> None: ...

    async def given_up(self, workspace: str, channel: str, key: str) -> None: ...

    async def of(self, workspace: str, channel: str) -> Mapping[str, str | None]: ...


class ShortMemory:
    """Records of this life of the program, for a bot without a database."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], dict[str, str | None]] = {}

    async def begin(self, workspace: str, channel: str, key: str, at: datetime) -> Posting | None:  # noqa: ARG002
        """Whether it was begun before; remembers that it is."""
        known = self._known.setdefault((workspace, channel), {})
        if key in known:
            return Posting(ts=known[key])
        known[key] = None
        return None

    async def posted(self, workspace: str, channel: str, key: str, ts: str) -> None:
        """This is the message."""
        self._known[workspace, channel][key] = ts

    async def given_up(self, workspace: str, channel: str, key: str) -> None:
        """There is no such message."""
        self._known[workspace, channel].pop(key, None)

    async def of(self, workspace: str, channel: str) -> Mapping[str, str | None]:
        """The messages of a channel."""
        return dict(self._known.get((workspace, channel), {}))


class Search:
    """Looks for one message of ours among the newest of a channel, or of a thread."""

    def __init__(
        self,
        web: WebApi,
        clock: Clock,
        channel: str,
        *,
        key: str | None = None,
        file: str | None = None,
        thread_ts: str | None = None,
        importance: Importance = Importance.ANSWER,
    ) -> None:
        within = SEARCH_WITHIN.get(importance, SEARCH_WITHIN_ELSE)
        self._web = web.planned(Plan(importance=importance, fields=("messages",), within=within))
        self._channel = channel
        self.key = key
        self._file = file
        self._thread_ts = thread_ts
        self._since = clock.now() - _BEFORE

    async def __call__(self) -> Mapping[str, object] | None:
        """What Slack answered to the post that made it; None where it isn't, or nobody can tell."""
        try:
            messages = await self.newest(self._since)
        except CallRefusedError as error:
            log.warning("whether a message stands in %s can't be told: %s", self._channel, error)
            return None
        for message in messages:
            if self._is_it(message):
                return {
                    "channel": self._channel,
                    "ts": str(message["ts"]),
                    "files": message.get("files") or [],
                }
        return None

    async def newest(self, since: datetime) -> list[dict[str, Any]]:
        """The newest messages there. Raises CallRefusedError."""
        oldest = f"{since.timestamp():.6f}"
        if self._thread_ts is None:
            response = await self._web.conversations_history(
                channel=self._channel, oldest=oldest, include_all_metadata=True, limit=HISTORY_LIMIT
            )
        else:
            response = await self._web.conversations_replies(
                channel=self._channel,
                ts=self._thread_ts,
                oldest=oldest,
                include_all_metadata=True,
                limit=HISTORY_LIMIT,
            )
        messages: list[dict[str, Any]] = response["messages"]
        return messages

    def _is_it(self, message: Mapping[str, Any]) -> bool:
        if self._file is not None:
            return any(one.get("id") == self._file for one in message.get("files") or ())
        return key_of(message) == self.key


def key_of(message: Mapping[str, Any]) -> str | None:
    """The key in a message's metadata, of one of ours."""
    metadata: Mapping[str, Any] = message.get("metadata") or {}
    key = (metadata.get("event_payload") or {}).get("key")
    return key if metadata.get("event_type") == EVENT_TYPE and isinstance(key, str) else None
