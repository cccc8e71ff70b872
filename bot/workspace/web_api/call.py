"""One call of the Web API: who calls, with which arguments, and the checks that many methods share."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.workspace.company.identifiers import is_timestamp
from bot.workspace.company.installation import Installation
from bot.workspace.company.state import Conversation, Kind, Message, State
from bot.workspace.errors import SlackError
from bot.workspace.json_values import JsonObject
from bot.workspace.parts import Parts
from bot.workspace.web_api.arguments import Arguments
from bot.workspace.web_api.method_table import Method

T = TypeVar("T")

MAX_PAGE = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    parts: Parts
    method: Method
    arguments: Arguments
    app_level: bool
    """Whether it came with the app-level token."""

    @property
    def app(self) -> Installation:
        """The app that calls. Raises NotInstalledError, where no token was asked for."""
        return self.parts.app

    @property
    def state(self) -> State:
        return self.parts.state

    @property
    def bot(self) -> str:
        return self.app.bot_user

    def channel(self, name: str = "channel") -> Conversation:
        """The conversation that an argument names. Raises `channel_not_found`, also for one out of sight."""
        return self.visible(self.arguments.text(name))

    def visible(self, channel: str) -> Conversation:
        """A conversation that the bot may know of, with a scope for its kind."""
        conversation = self.state.conversations.get(channel)
        if conversation is None or not conversation.visible_to(self.bot):
            raise SlackError("channel_not_found")
        self.allow(conversation.kind)
        return conversation

    def allow(self, kind: Kind) -> None:
        """Raises `missing_scope` when the app has no scope for that kind of conversation."""
        needed = self.method.scopes_by_kind.get(kind)
        if not self.method.scopes_by_kind:
            return
        if needed is None:
            raise SlackError("method_not_supported_for_channel_type")
        require(needed, self.app)

    def member_of(self, conversation: Conversation) -> None:
        """Raises `not_in_channel`."""
        if not conversation.has(self.bot):
            raise SlackError("not_in_channel")

    def message(self, conversation: Conversation, ts: str) -> Message:
        """A message of the history. Raises `message_not_found`."""
        found = conversation.message(ts)
        if found is None:
            raise SlackError("message_not_found")
        return found

    def timestamp(self, name: str) -> str | None:
        """A bound in time. Raises `invalid_ts_latest` or `invalid_ts_oldest`."""
        value = self.arguments.optional(name)
        if value is not None and not is_timestamp(value):
            raise SlackError(f"invalid_ts_{name}")
        return value

    def page(
        self, items: Sequence[T], default: int, *, cap: int | None = None
    ) -> tuple[Sequence[T], JsonObject]:
        """One page of the items, and the response_metadata with the cursor of the next.

        `cap` makes a page shorter than what was asked for. Raises `invalid_cursor`, and `invalid_limit` in
        the methods that have it.
        """
        limit = self.arguments.number("limit", default)
        if not 0 <= limit <= MAX_PAGE and "invalid_limit" in self.method.errors:
            raise SlackError("invalid_limit")
        start = self._offset()
        size = min(limit, MAX_PAGE) if limit > 0 else default
        end = start + (size if cap is None else min(size, cap))
        following = _cursor(end) if end < len(items) else ""
        return items[start:end], {"next_cursor": following}

    def _offset(self) -> int:
        cursor = self.arguments.optional("cursor")
        if cursor is None:
            return 0
        try:
            word, _, number = base64.b64decode(cursor, validate=True).decode("ascii").partition(":")
            if word == "next":
                return int(number)
        except (binascii.Error, ValueError):
            pass
        raise SlackError("invalid_cursor")


def _cursor(offset: int) -> str:
    return base64.b64encode(f"next:{offset}".encode()).decode()


def require(scopes: frozenset[str], app: Installation) -> None:
    """Raises `missing_scope`, with what is needed and what is there, unless the app has one of the scopes."""
    if scopes and not scopes & set(app.scopes):
        raise SlackError(
            "missing_scope",
            details={"needed": ",".join(sorted(scopes)), "provided": ",".join(app.scopes)},
        )
