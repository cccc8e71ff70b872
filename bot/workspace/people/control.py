"""The control API: act as a person of the workspace, and see what that person sees.

JSON over HTTP, on this machine alone. {uid} is a person's id, or a name such as `dana`.

    GET  /control/workspace                                 team, users, commands
    GET  /control/users/{uid}/conversations                 what this person sees
    GET  /control/users/{uid}/conversations/{cid}/messages  ?thread_ts= for a thread; with their ephemerals
    POST /control/users/{uid}/messages                      {channel, text, thread_ts?, blocks?} → {ts}
    POST /control/users/{uid}/commands                      {channel, command, text, thread_ts?} → {ok}
    POST /control/users/{uid}/actions                       {channel, message_ts} or {view_id}, action_id,
                                                            block_id?, value?, state?, values?
    GET  /control/users/{uid}/files/{fid}                   the bytes
    POST /control/users/{uid}/read                          {channel, ts}
    GET  /control/users/{uid}/events                        Server-Sent Events, see bot.workspace.company.feed
    POST /control/users/{uid}/conversations/open            {user} → {id}
    POST /control/conversations                             {uid, name, private} → {id}
    POST /control/conversations/{cid}/join                  {uid}; the app's bot is brought in likewise

`value` picks an option by its value, or says which button is meant; `state` is what is picked as Slack's
state.values has it; `values` is what is filled into a view's other inputs. bot.workspace.people.control_views
has the routes of modals and the Home, bot.workspace.people.control_admin those of what admins do.

A refusal is `{"ok": false, "error": code, "message": words}`. Commands and actions answer when the app has
acknowledged them.
"""

import asyncio
import contextlib
import json
import uuid
from collections.abc import Mapping

from aiohttp import web

from bot.workspace.block_kit.blocks import validated
from bot.workspace.company.identifiers import is_timestamp
from bot.workspace.company.state import Conversation, Kind, Message, User
from bot.workspace.delivery.addresses import file_response
from bot.workspace.errors import ControlError
from bot.workspace.json_values import JsonObject
from bot.workspace.parts import Parts
from bot.workspace.people import control_shapes
from bot.workspace.people.actions import Act
from bot.workspace.people.control_requests import Body, person, read_body, refusing
from bot.workspace.people.interactions import Interactions
from bot.workspace.people.typed_text import message_text
from bot.workspace.people.view_interactions import ViewInteractions

HEARTBEAT = 15.0
"""Seconds between comments on a silent event stream."""
MAX_TYPED = 40_000


class Say(Body):
    channel: str
    text: str
    thread_ts: str | None = None
    blocks: list[JsonObject] | None = None


class TypeCommand(Body):
    channel: str
    command: str
    text: str = ""
    thread_ts: str | None = None


class Click(Body):
    channel: str | None = None
    message_ts: str | None = None
    view_id: str | None = None
    action_id: str
    block_id: str | None = None
    value: str | None = None
    state: JsonObject | None = None
    values: Mapping[str, Mapping[str, JsonObject]] = {}


class Read(Body):
    channel: str
    ts: str


class OpenDirect(Body):
    user: str


class NewChannel(Body):
    uid: str
    name: str
    private: bool = False


class Join(Body):
    uid: str


class Control:
    """Serves the control API."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._state = parts.state
        self._interactions = Interactions(parts)
        self._views = ViewInteractions(parts)

    def add_routes(self, app: web.Application) -> None:
        person = "/control/users/{uid}"
        for method, path, handler in (
            ("GET", "/control/workspace", self._workspace),
            ("GET", f"{person}/conversations", self._conversations),
            ("GET", f"{person}/conversations/{{cid}}/messages", self._messages),
            ("POST", f"{person}/messages", self._say),
            ("POST", f"{person}/commands", self._command),
            ("POST", f"{person}/actions", self._click),
            ("GET", f"{person}/files/{{fid}}", self._file),
            ("POST", f"{person}/read", self._read),
            ("GET", f"{person}/events", self._events),
            ("POST", f"{person}/conversations/open", self._open),
            ("POST", "/control/conversations", self._create),
            ("POST", "/control/conversations/{cid}/join", self._join),
        ):
            app.router.add_route(method, path, refusing(handler))

    async def _workspace(self, request: web.Request) -> web.Response:  # noqa: ARG002 - a handler's signature
        return web.json_response(control_shapes.workspace(self._state, self._parts.installed))

    async def _conversations(self, request: web.Request) -> web.Response:
        user = self._user(request.match_info["uid"])
        seen = [
            control_shapes.conversation(self._state, one, user.id)
            for one in self._state.conversations.values()
            if one.visible_to(user.id) and (one.kind is not Kind.IM or user.id in one.opened_by)
        ]
        return web.json_response(seen)

    async def _messages(self, request: web.Request) -> web.Response:
        user = self._user(request.match_info["uid"])
        conversation = self._seen(user, request.match_info["cid"])
        thread_ts = request.query.get("thread_ts") or None
        return web.json_response(control_shapes.messages(self._state, conversation, user.id, thread_ts))

    async def _say(self, request: web.Request) -> web.Response:
        user, body = self._user(request.match_info["uid"]), await read_body(request, Say)
        conversation = self._writable(user, body.channel)
        if not body.text.strip() and not body.blocks:
            raise ControlError("no_text", "Type something first.")
        text = message_text(self._state, body.text)
        if len(text) > MAX_TYPED:
            raise ControlError("msg_too_long", f"A message has at most {MAX_TYPED:,} characters.")
        message = Message(
            ts=self._state.timestamps.new(),
            user=user.id,
            text=text,
            blocks=validated(body.blocks) if body.blocks else None,
            thread_ts=self._thread(conversation, body.thread_ts),
            client_msg_id=str(uuid.uuid4()),
        )
        self._parts.messages.post(conversation, message)
        self._warn_of_absence(user, conversation, message)
        return web.json_response({"ok": True, "ts": message.ts})

    def _thread(self, conversation: Conversation, thread_ts: str | None) -> str | None:
        if thread_ts is None:
            return None
        parent = conversation.message(thread_ts)
        if parent is None:
            raise ControlError("thread_not_found", "That message is gone.", status=404)
        return parent.thread_ts if parent.is_reply else parent.ts

    def _warn_of_absence(self, user: User, conversation: Conversation, message: Message) -> None:
        """Slack says so when somebody is mentioned who can't read it."""
        app = self._parts.installed
        if app is None or f"<@{app.bot_user}>" not in message.text or conversation.has(app.bot_user):
            return
        text = f"<@{app.bot_user}> is not in this channel, so it did not see your message."
        self._parts.messages.from_slackbot(conversation, user.id, text, message.thread_ts)

    async def _command(self, request: web.Request) -> web.Response:
        user, body = self._user(request.match_info["uid"]), await read_body(request, TypeCommand)
        conversation = self._writable(user, body.channel)
        await self._interactions.command(
            user, conversation, body.command, body.text, thread_ts=body.thread_ts
        )
        return web.json_response({"ok": True})

    async def _click(self, request: web.Request) -> web.Response:
        user, body = self._user(request.match_info["uid"]), await read_body(request, Click)
        act = Act(action_id=body.action_id, block_id=body.block_id, value=body.value, state=body.state)
        in_message = body.channel is not None and body.message_ts is not None
        if in_message == (body.view_id is not None):
            raise ControlError("invalid_arguments", "Say where: give channel and message_ts, or view_id.")
        if body.view_id is not None:
            await self._views.click(user, body.view_id, act, body.values)
            return web.json_response({"ok": True})
        conversation = self._seen(user, body.channel or "")
        ts = body.message_ts or ""
        message = conversation.message(ts) or conversation.ephemeral(ts)
        if message is None or message.only_for not in (None, user.id):
            raise ControlError("message_not_found", "That message is gone.", status=404)
        await self._interactions.click(user, conversation, message, act)
        return web.json_response({"ok": True})

    async def _file(self, request: web.Request) -> web.Response:
        user = self._user(request.match_info["uid"])
        file = self._state.files.get(request.match_info["fid"])
        shared = file.shared_in if file is not None else []
        if file is None or not any(self._state.conversations[one].visible_to(user.id) for one in shared):
            raise ControlError("file_not_found", "There is no such file.", status=404)
        return file_response(file)

    async def _read(self, request: web.Request) -> web.Response:
        user, body = self._user(request.match_info["uid"]), await read_body(request, Read)
        if not is_timestamp(body.ts):
            raise ControlError("invalid_ts", f"{body.ts} is not a message's ts.")
        conversation = self._seen(user, body.channel)
        conversation.last_read[user.id] = max(body.ts, conversation.last_read.get(user.id, ""))
        return web.json_response({"ok": True})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        user = self._user(request.match_info["uid"])
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}
        )
        # Whoever watched may leave at any moment: writing then fails, and that is all.
        with self._parts.feed.watch(user.id) as changes, contextlib.suppress(ConnectionResetError):
            await response.prepare(request)
            # The first bytes say that nothing will be missed from here on.
            await response.write(b": watching\n\n")
            while True:
                try:
                    async with asyncio.timeout(HEARTBEAT):
                        change = await changes.get()
                except TimeoutError:
                    await response.write(b": still here\n\n")
                    continue
                if change is None:
                    return response
                await response.write(f"data: {json.dumps(change.body())}\n\n".encode())
        return response

    async def _open(self, request: web.Request) -> web.Response:
        user, body = self._user(request.match_info["uid"]), await read_body(request, OpenDirect)
        other = self._user(body.user)
        conversation, _ = self._parts.channels.open_im(user.id, other.id)
        if other.is_app:
            self._parts.events.home_opened(user.id, conversation.id, "messages")
        return web.json_response({"ok": True, "id": conversation.id})

    async def _create(self, request: web.Request) -> web.Response:
        body = await read_body(request, NewChannel)
        user = self._user(body.uid)
        conversation = self._parts.channels.create(body.name, user.id, private=body.private)
        return web.json_response({"ok": True, "id": conversation.id})

    async def _join(self, request: web.Request) -> web.Response:
        user = self._user((await read_body(request, Join)).uid)
        conversation = self._state.conversations.get(request.match_info["cid"])
        # Private channels can't be joined, they are invited to; the bot is the one that people bring in here.
        if conversation is None or (conversation.kind is not Kind.PUBLIC and not user.is_app):
            raise ControlError("channel_not_found", "There is no such channel to join.", status=404)
        if conversation.kind is Kind.IM:
            raise ControlError("method_not_supported_for_channel_type", "These are direct messages.")
        if conversation.is_archived:
            raise ControlError("is_archived", "This channel is archived.")
        self._parts.channels.add(conversation, user.id)
        return web.json_response({"ok": True})

    def _user(self, name: str) -> User:
        return person(self._state, name)

    def _seen(self, user: User, channel: str) -> Conversation:
        conversation = self._state.conversations.get(channel)
        if conversation is None or not conversation.visible_to(user.id):
            raise ControlError(
                "channel_not_found", "There is no such channel, or you can't see it.", status=404
            )
        return conversation

    def _writable(self, user: User, channel: str) -> Conversation:
        conversation = self._seen(user, channel)
        if conversation.is_archived:
            raise ControlError("is_archived", "This channel is archived: it can only be read.")
        if not conversation.has(user.id):
            raise ControlError("not_in_channel", "Join this channel first.")
        app = self._parts.installed
        to_app = conversation.kind is Kind.IM and app is not None and conversation.has(app.bot_user)
        if to_app and app is not None and not app.takes_messages:
            raise ControlError("messages_tab_disabled", "Sending messages to this app is turned off.")
        return conversation
