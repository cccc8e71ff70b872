"""response_url: an address by which an app answers an interaction, five times within 30 minutes.

Source: https://docs.slack.dev/interactivity/handling-user-interaction#message_responses.
"""

import secrets
from dataclasses import dataclass

from bot.workspace.block_kit.blocks import validated
from bot.workspace.company.identifiers import Clock
from bot.workspace.company.installation import Installation
from bot.workspace.company.messages import Messages
from bot.workspace.company.state import Conversation, Message, State
from bot.workspace.errors import SlackError
from bot.workspace.json_values import JsonObject

USES = 5
SECONDS = 30 * 60.0


@dataclass(kw_only=True, slots=True)
class _ResponseUrl:
    conversation: Conversation
    user: str
    thread_ts: str | None
    original: Message | None
    """The message with the button, for an action."""
    expires: float
    uses: int = 0


class ResponseUrls:
    """Gives addresses and takes the answers."""

    def __init__(self, state: State, messages: Messages, *, clock: Clock) -> None:
        self._state = state
        self._messages = messages
        self._clock = clock
        self._given: dict[str, _ResponseUrl] = {}

    def new(
        self,
        conversation: Conversation,
        user: str,
        *,
        original: Message | None = None,
        thread_ts: str | None = None,
    ) -> str:
        """The path of a new address."""
        now = self._clock()
        # An address is still known for a while after its end, to say so.
        self._given = {name: one for name, one in self._given.items() if one.expires > now - SECONDS}
        name = secrets.token_urlsafe(24)
        self._given[name] = _ResponseUrl(
            conversation=conversation,
            user=user,
            thread_ts=thread_ts,
            original=original,
            expires=now + SECONDS,
        )
        kind = "commands" if original is None else "actions"
        return f"/{kind}/{self._state.team.id}/{name}"

    def use(self, name: str, body: JsonObject, app: Installation) -> None:
        """Take an answer. Raises SlackError `used_url`, `expired_url`, `no_text`, `invalid_blocks`, …"""
        given = self._given.get(name)
        if given is None:
            raise SlackError("invalid_url")
        if self._clock() >= given.expires:
            raise SlackError("expired_url")
        if given.uses >= USES:
            raise SlackError("used_url")
        given.uses += 1
        self.answer(
            given.conversation, given.user, body, app, original=given.original, thread=given.thread_ts
        )

    def answer(
        self,
        conversation: Conversation,
        user: str,
        body: JsonObject,
        app: Installation,
        *,
        original: Message | None = None,
        thread: str | None = None,
    ) -> None:
        """Show what an app answers: to the user alone, unless it says `in_channel`."""
        if body.get("delete_original") is True and original is not None:
            if self._still_there(conversation, original):
                self._messages.delete(conversation, original)
            return
        text = str(body.get("text") or "")
        blocks = validated(body["blocks"]) if body.get("blocks") else None
        if not text and not blocks:
            raise SlackError("no_text")
        if body.get("replace_original") is True and original is not None:
            if self._still_there(conversation, original):
                self._messages.change(conversation, original, text=text, blocks=blocks, by=app.bot_user)
            return
        in_channel = body.get("response_type") == "in_channel"
        message = Message(
            ts=self._state.timestamps.new(),
            user=app.bot_user,
            bot_id=app.bot_id,
            app_id=app.app_id,
            text=text[:40_000],
            blocks=blocks,
            thread_ts=str(body["thread_ts"]) if body.get("thread_ts") else thread,
            only_for=None if in_channel else user,
        )
        if not in_channel:
            self._messages.whisper(conversation, message)
        elif conversation.is_archived:
            raise SlackError("channel_is_archived")
        else:
            self._messages.post(conversation, message)

    @staticmethod
    def _still_there(conversation: Conversation, message: Message) -> bool:
        return message in (conversation.messages if message.only_for is None else conversation.ephemerals)
