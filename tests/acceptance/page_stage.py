"""The page's workspace as the tests set it up: people, channels, and an app that notes what reaches it."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace.block_kit.types import Surface
from bot.workspace.block_kit.view_check import validated
from bot.workspace.company.feed import Change
from bot.workspace.company.state import Conversation, File, Kind, Message, Note, Pin, Team, User, UserGroup
from bot.workspace.json_values import JsonObject
from bot.workspace.page.routes import mount
from bot.workspace.people.views import View, Views
from bot.workspace.server import Workspace

PEOPLE = (
    User(id="U1", name="mira", real_name="Mira Halloran", title="On call", color="0d6e66"),
    User(id="U2", name="tomas", real_name="Tomas Reyes", title="Backend", color="7a4fa3"),
    User(id="U3", name="ines", real_name="Inès Okafor", title="Engineering manager", color="a8492e"),
)
GROUP = UserGroup(id="S1", handle="duty", name="On duty", users=("U1",), created=0)
BOT = "UBOT"
"""Stands for the app's bot user, whose id the workspace chooses."""

MANIFEST: Mapping[str, object] = {
    "display_information": {"name": "Ride"},
    "features": {
        "bot_user": {"display_name": "ride"},
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "slash_commands": [
            {
                "command": "/ride",
                "description": "Start and steer an incident",
                "usage_hint": "start SCENARIO | status | hint | connect | stop | list | help",
                "should_escape": True,
            },
            {
                "command": "/sql",
                "description": "Run a statement in the ride's database",
                "usage_hint": "STATEMENT",
            },
        ],
    },
    "oauth_config": {"scopes": {"bot": ["commands", "chat:write", "files:write"]}},
    "settings": {
        "event_subscriptions": {"bot_events": ["app_home_opened"]},
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}


class Stage:
    def __init__(self) -> None:
        self.workspace = Workspace(mounts=(mount,), acknowledge_within=0.5)
        self.state = self.workspace.state
        self.state.team = Team(id=self.state.team.id, name="Brightwater", domain="brightwater")
        self.state.users.clear()
        self.state.conversations.clear()
        self.state.groups = {GROUP.id: GROUP}
        self.bot = self.workspace.install(MANIFEST).bot_user
        self.state.users = {**{user.id: user for user in PEOPLE}, **self.state.users}
        self.commands: list[dict[str, str]] = []
        """What reached the app, by the payload's own names."""
        self.acts: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.answers = True
        """Whether the app acknowledges."""
        self.says: dict[str, Any] | None = None
        """What the app acknowledges the next submission of a modal with."""
        self.channel("C1", "general", purpose="Everything that concerns everybody.")
        self.channel("C2", "incidents", purpose="Where rides are started and their results are posted.")
        for one, other in (("U1", "U2"), ("U1", BOT), ("U2", BOT)):
            self.channel(f"D{one}{other}", "", kind="im", members={one, other})

    def channel(
        self,
        cid: str,
        name: str,
        *,
        kind: str = "public",
        topic: str = "",
        purpose: str = "",
        members: set[str] | None = None,
        archived: bool = False,
    ) -> None:
        everyone = {*(user.id for user in PEOPLE), BOT}
        ids = sorted(self._id(one) for one in (everyone if members is None else members))
        conversation = Conversation(
            id=cid,
            kind=Kind(kind),
            name=name,
            creator=self.bot,
            created=int(time.time()),
            is_archived=archived,
            members=ids,
            topic=Note(value=topic),
            purpose=Note(value=purpose),
            opened_by=set(ids),
        )
        self.state.conversations[cid] = conversation
        self._feed.tell(conversation, Change(type="conversation", channel=cid))

    def describe(self, cid: str, text: str) -> None:
        conversation = self.state.conversations[cid]
        conversation.topic = conversation.purpose = Note(value=text)

    def say(
        self,
        channel: str,
        user: str,
        text: str = "",
        *,
        at: float | None = None,
        blocks: Sequence[Mapping[str, object]] | None = None,
        files: Sequence[File] = (),
        edited: bool = False,
        to: str | None = None,
        **more: Any,
    ) -> str:
        """Put a message there; `to` makes it ephemeral, for that person. Its ts."""
        uid = self._id(user)
        message = Message(
            ts=self.state.timestamps.new() if at is None else f"{at:.6f}",
            user=uid,
            text=text.replace(BOT, self.bot),
            # A block has an id, which the Web API gives where the app gave none.
            blocks=[{"block_id": f"block{place}", **block} for place, block in enumerate(blocks)]
            if blocks
            else None,
            files=list(files),
            edited={"user": uid, "ts": "1"} if edited else None,
            bot_id="B1" if user == BOT else None,
            only_for=to,
            **more,
        )
        for file in files:
            file.shared_in.append(channel)
            self.state.files[file.id] = file
        conversation = self.state.conversations[channel]
        if to is None:
            self._messages.post(conversation, message)
        else:
            self._messages.whisper(conversation, message)
        return message.ts

    def pin(self, channel: str, ts: str) -> None:
        conversation = self.state.conversations[channel]
        conversation.pins.append(Pin(ts=ts, user=self.bot, created=0))
        self._feed.tell(conversation, Change(type="pin", channel=channel, ts=ts))

    async def upload(self, channel: str, picture: bytes, *, title: str, alt_text: str) -> str:
        """Share an image as an app does, with Slack's own client. Its id."""
        web = AsyncWebClient(token=self.workspace.bot_token, base_url=self.workspace.api_url)
        uploaded = await web.files_upload_v2(
            channel=channel, filename="ride.png", title=title, alt_txt=alt_text, file=picture
        )
        return str(uploaded["file"]["id"])

    def open_view(self, user: str, view: JsonObject) -> View:
        """Put a modal before somebody; the one that was there gives way."""
        return self._views.open(user, validated(view, Surface.MODAL))

    def push_view(self, user: str, view: JsonObject) -> View:
        return self._views.push(user, validated(view, Surface.MODAL))

    def update_view(self, view: View, content: JsonObject) -> None:
        self._views.replace(view, validated(content, Surface.MODAL))

    def publish(self, user: str, *blocks: JsonObject) -> View:
        """Show somebody the app's Home."""
        return self._views.publish(user, validated({"type": "home", "blocks": list(blocks)}, Surface.HOME))

    def texts(self, channel: str = "C1") -> list[str]:
        return [message.text for message in self.state.conversations[channel].messages]

    def hang_up(self) -> None:
        """Cut every event stream that is open."""
        for _, changes in self._feed._watchers:
            changes.put_nowait(None)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[str]:
        """Serve, with the app connected. The page's address."""
        async with self.workspace, aiohttp.ClientSession() as session:
            headers = {"Authorization": f"Bearer {self.workspace.app_token}"}
            address = f"{self.workspace.api_url}apps.connections.open"
            async with session.post(address, headers=headers) as response:
                url = (await response.json())["url"]
            app = asyncio.create_task(self._run_app(session, url))
            await self.workspace.wait_connected()
            yield self.workspace.url
            app.cancel()
            await asyncio.gather(app, return_exceptions=True)

    async def _run_app(self, session: aiohttp.ClientSession, url: str) -> None:
        async with session.ws_connect(url) as socket:
            async for frame in socket:
                envelope = json.loads(frame.data)
                payload = envelope.get("payload")
                if envelope["type"] == "slash_commands":
                    self.commands.append({key: payload[key] for key in ("channel_id", "command", "text")})
                elif envelope["type"] == "interactive":
                    self.acts.append(payload)
                elif envelope["type"] == "events_api":
                    self.events.append(payload["event"])
                if self.answers and "envelope_id" in envelope:
                    answer = {"envelope_id": envelope["envelope_id"]}
                    if self.says is not None and payload["type"] == "view_submission":
                        answer["payload"], self.says = self.says, None
                    await socket.send_str(json.dumps(answer))

    def _id(self, user: str) -> str:
        return self.bot if user == BOT else user

    @property
    def _messages(self) -> Any:
        return self.workspace._parts.messages

    @property
    def _views(self) -> Views:
        return self.workspace._parts.views

    @property
    def _feed(self) -> Any:
        return self.workspace._parts.feed


def text_file(name: str, title: str, content: str) -> File:
    return File(
        id=f"F{abs(hash(name))}",
        name=name,
        title=title,
        mimetype="text/plain",
        filetype="text",
        user="U1",
        created=int(time.time()),
        length=len(content.encode()),
        content=content.encode(),
    )


@asynccontextmanager
async def open_stage(stage: Stage) -> AsyncIterator[str]:
    async with stage.opened() as url:
        yield url
