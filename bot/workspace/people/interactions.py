"""What people do with the app in conversations: slash commands and what messages offer, as envelopes."""

import logging

from bot.workspace.company.installation import Installation
from bot.workspace.company.state import Conversation, Kind, Message, User
from bot.workspace.delivery.payloads import deliver, interaction, interactive
from bot.workspace.errors import ControlError, SlackError, UndeliveredError
from bot.workspace.json_values import JsonObject
from bot.workspace.parts import Parts
from bot.workspace.people.actions import Act, action
from bot.workspace.people.input_values import carried
from bot.workspace.people.typed_text import command_text
from bot.workspace.web_api.shapes import message_object

log = logging.getLogger(__name__)


class Interactions:
    """Sends interactions to the app, and shows people what came of them."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._state = parts.state

    async def command(
        self, user: User, conversation: Conversation, name: str, typed: str, *, thread_ts: str | None = None
    ) -> None:
        """Type a slash command; returns when the app has acknowledged it.

        Raises ControlError: `unknown_command`, `not_supported_in_threads`, `dispatch_failed` when the app
        can't be reached, `http_client_error` when it refuses, `operation_timeout` when it takes too long.
        """
        app = self._parts.installed
        declared = app.command(name) if app is not None else None
        if app is None or declared is None:
            raise ControlError("unknown_command", f"{name} is not a valid command", status=404)
        if thread_ts is not None:
            raise ControlError(
                "not_supported_in_threads",
                f"{name}: slash commands are not supported in threads. Mention the app instead.",
            )
        payload: JsonObject = {
            "token": app.verification_token,
            "team_id": self._state.team.id,
            "team_domain": self._state.team.domain,
            "channel_id": conversation.id,
            "channel_name": _channel_name(conversation),
            "user_id": user.id,
            "user_name": user.name,
            "command": name,
            "text": command_text(self._state, typed.strip(), should_escape=declared.should_escape),
            "api_app_id": app.app_id,
            "is_enterprise_install": "false",
            "response_url": self._parts.url + self._parts.response_urls.new(conversation, user.id),
            "trigger_id": self._parts.triggers.new(user.id),
        }
        try:
            answer = await self._parts.delivery.deliver(app, "slash_commands", payload, accepts_response=True)
        except UndeliveredError as error:
            log.info("%s: %s", name, error)
            raise self._failed(user, conversation, name, error.code) from error
        if answer.get("text") or answer.get("blocks"):
            try:
                self._parts.response_urls.answer(conversation, user.id, answer, app)
            except SlackError as error:
                raise self._failed(user, conversation, name, error.code) from error

    def _failed(self, user: User, conversation: Conversation, name: str, code: str) -> ControlError:
        text = f'{name} failed with the error "{code}"'
        self._parts.messages.from_slackbot(conversation, user.id, text, None)
        return ControlError(code, text, status=200)

    async def click(self, user: User, conversation: Conversation, message: Message, act: Act) -> None:
        """Click a button of a message, or pick from a menu; returns when the app has acknowledged it.

        Raises ControlError: `action_not_found`, `not_enabled`, `dispatch_failed`, `operation_timeout`, …
        """
        app = self._parts.app
        blocks = message.blocks or []
        values = carried(message.picked.get(user.id, {}), blocks)
        entry = action(self._state, blocks, values, act)
        interactive(self._parts)
        message.picked[user.id] = values
        payload = self._block_actions(app, user, conversation, message)
        payload["actions"] = [entry]
        await deliver(self._parts, payload)

    def _block_actions(
        self, app: Installation, user: User, conversation: Conversation, message: Message
    ) -> JsonObject:
        """What Slack tells of a click, without the action itself."""
        container: JsonObject = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": conversation.id,
            "is_ephemeral": message.only_for is not None,
        }
        if message.thread_ts is not None:
            container["thread_ts"] = message.thread_ts
        thread = message.thread_ts if message.is_reply else None
        answers = self._parts.response_urls.new(conversation, user.id, original=message, thread_ts=thread)
        payload = interaction(self._parts, app, "block_actions", user)
        payload |= {
            "container": container,
            "trigger_id": self._parts.triggers.new(user.id),
            "channel": {"id": conversation.id, "name": _channel_name(conversation)},
            "state": {"values": message.picked.get(user.id, {})},
            "response_url": self._parts.url + answers,
        }
        # Slack sends no message along with a click in an ephemeral one: it keeps none.
        if message.only_for is None:
            payload["message"] = message_object(self._state, conversation, message, self._parts.url)
        return payload


def _channel_name(conversation: Conversation) -> str:
    """Slack names only public channels to an app that may not be in there."""
    match conversation.kind:
        case Kind.PUBLIC:
            return conversation.name
        case Kind.PRIVATE:
            return "privategroup"
        case Kind.IM:
            return "directmessage"
