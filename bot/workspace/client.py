"""Acting as a person of the workspace, from Python: for tests, and for the autopilot.

async with WorkspaceClient(workspace.url) as client:
    dana = await client.as_user("dana")
    general = await dana.channel("general")
    await dana.command(general.id, "/ride", "start alter-table-locks")
    card = await dana.wait_for(general.id, lambda message: "Ride" in message.text, timeout=10)
"""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any, Literal, Self

import aiohttp
from pydantic import BaseModel, ConfigDict, TypeAdapter

from bot.workspace.errors import ControlError
from bot.workspace.json_values import JsonObject

ANSWER_WITHIN = 30.0
"""Seconds for any answer; a command's comes after 3 s at the latest."""


class _Shown(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Team(_Shown):
    id: str
    name: str
    domain: str


class User(_Shown):
    id: str
    name: str
    real_name: str
    title: str
    is_bot: bool


class Command(_Shown):
    command: str
    description: str
    usage_hint: str


class WorkspaceInfo(_Shown):
    team: Team
    users: tuple[User, ...]
    commands: tuple[Command, ...]


class Conversation(_Shown):
    id: str
    name: str
    """Of an IM: the other one's."""
    kind: Literal["public", "private", "im"]
    topic: str
    purpose: str
    is_archived: bool
    is_member: bool
    unread: int
    mention_count: int
    user: str | None = None
    """The other one of an IM."""


class File(_Shown):
    id: str
    name: str
    title: str
    filetype: str
    size: int
    preview: str | None
    url: str


class Message(_Shown):
    ts: str
    user: str
    username: str | None = None
    is_bot: bool
    text: str
    blocks: tuple[JsonObject, ...]
    thread_ts: str | None = None
    reply_count: int
    latest_reply: str | None = None
    ephemeral: bool
    edited: bool
    files: tuple[File, ...]
    reactions: tuple[JsonObject, ...]
    subtype: str | None = None

    @property
    def words(self) -> str:
        """Everything to read in the message: its text, and all text in its blocks."""
        return "\n".join([self.text, *_texts(self.blocks)])

    @property
    def buttons(self) -> tuple[str, ...]:
        """The action_ids of its buttons."""
        return tuple(_action_ids(self.blocks))


class Change(_Shown):
    type: str
    channel: str
    ts: str | None = None
    thread_ts: str | None = None


class UserClient:
    """One person. Every call raises ControlError, with a code, when the workspace says no."""

    def __init__(self, client: "WorkspaceClient", user: User) -> None:
        self._client = client
        self.user = user
        self._path = f"/control/users/{user.id}"

    @property
    def id(self) -> str:
        return self.user.id

    async def conversations(self) -> list[Conversation]:
        """All that this person sees."""
        return _CONVERSATIONS.validate_python(await self._client.get(f"{self._path}/conversations"))

    async def channel(self, name: str) -> Conversation:
        """A channel by name. Raises ControlError `channel_not_found`."""
        for one in await self.conversations():
            if one.name == name and one.kind != "im":
                return one
        raise ControlError("channel_not_found", f"{self.user.name} sees no channel {name}", status=404)

    async def messages(self, channel: str, *, thread_ts: str | None = None) -> list[Message]:
        """A conversation, or one of its threads, oldest first, with what only this person sees."""
        return _MESSAGES.validate_python((await self._view(channel, thread_ts))["messages"])

    async def pinned(self, channel: str) -> list[str]:
        """The ts of the pinned messages."""
        pinned: list[str] = (await self._view(channel, None))["pinned"]
        return pinned

    async def _view(self, channel: str, thread_ts: str | None) -> JsonObject:
        query = {} if thread_ts is None else {"thread_ts": thread_ts}
        found: JsonObject = await self._client.get(
            f"{self._path}/conversations/{channel}/messages", params=query
        )
        return found

    async def say(self, channel: str, text: str, *, thread_ts: str | None = None) -> str:
        """Post what a person types; gives its ts."""
        body = {"channel": channel, "text": text, "thread_ts": thread_ts}
        return str((await self._client.post(f"{self._path}/messages", body))["ts"])

    async def command(
        self, channel: str, command: str, text: str = "", *, thread_ts: str | None = None
    ) -> None:
        """Type a slash command; returns when the app has acknowledged it."""
        body = {"channel": channel, "command": command, "text": text, "thread_ts": thread_ts}
        await self._client.post(f"{self._path}/commands", body)

    async def click(
        self, channel: str, message_ts: str, action_id: str, *, block_id: str | None = None
    ) -> None:
        """Click a button; returns when the app has acknowledged it."""
        body = {"channel": channel, "message_ts": message_ts, "action_id": action_id, "block_id": block_id}
        await self._client.post(f"{self._path}/actions", body)

    async def read(self, channel: str, ts: str) -> None:
        """Mark a conversation as read up to a message."""
        await self._client.post(f"{self._path}/read", {"channel": channel, "ts": ts})

    async def open_direct(self, user: str) -> str:
        """Open direct messages with somebody (id or name); gives the conversation's id."""
        body = {"user": user}
        return str((await self._client.post(f"{self._path}/conversations/open", body))["id"])

    async def create_channel(self, name: str, *, private: bool = False) -> str:
        """Make a channel; gives its id."""
        body = {"uid": self.id, "name": name, "private": private}
        return str((await self._client.post("/control/conversations", body))["id"])

    async def join(self, channel: str, *, bring: str | None = None) -> None:
        """Join a public channel, or `bring` the app's bot into one."""
        await self._client.post(f"/control/conversations/{channel}/join", {"uid": bring or self.id})

    async def file(self, file: str) -> bytes:
        """A file's bytes, by id."""
        return await self._client.read_bytes(f"{self._path}/files/{file}")

    async def wait_for(
        self,
        channel: str,
        predicate: Callable[[Message], bool],
        timeout: float,  # noqa: ASYNC109 - the caller's own words for how long it may take
        *,
        thread_ts: str | None = None,
    ) -> Message:
        """The first message that fits, at once or as soon as one comes.

        Raises TimeoutError, with what was seen.
        """
        seen: list[Message] = []
        try:
            async with asyncio.timeout(timeout), self.changes() as changes:
                while True:
                    seen = await self.messages(channel, thread_ts=thread_ts)
                    for message in seen:
                        if predicate(message):
                            return message
                    async for change in changes:
                        if change.channel == channel:
                            break
                    else:
                        raise ControlError("closed", "the workspace closed")
        except TimeoutError:
            shown = "\n".join(f"  {message.ts} {message.user}: {message.words[:200]}" for message in seen)
            raise TimeoutError(
                f"no such message for {self.user.name} in {channel} within {timeout:g} s:\n{shown}"
            ) from None

    async def wait_for_conversation(
        self,
        predicate: Callable[[Conversation], bool],
        timeout: float,  # noqa: ASYNC109
    ) -> Conversation:
        """The first conversation that fits, at once or as soon as there is one. Raises TimeoutError."""
        async with asyncio.timeout(timeout), self.changes() as changes:
            while True:
                for one in await self.conversations():
                    if predicate(one):
                        return one
                async for _ in changes:
                    break
                else:
                    raise ControlError("closed", "the workspace closed")

    @asynccontextmanager
    async def changes(self) -> AsyncIterator[AsyncIterator[Change]]:
        """What happens from now on; inside the block, nothing is missed."""
        async with self._client.stream(f"{self._path}/events") as response:
            # The server's first comment comes once it listens.
            await response.content.readline()
            async with aclosing(_changes(response)) as changes:
                yield changes


class WorkspaceClient:
    """The control API of a workspace at a URL."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_WITHIN))
        return self

    async def __aexit__(self, *exception: object) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def info(self) -> WorkspaceInfo:
        """The team, its people and the commands that can be typed."""
        return WorkspaceInfo.model_validate(await self.get("/control/workspace"))

    async def as_user(self, name: str) -> UserClient:
        """Act as somebody, by name or id. Raises ControlError `user_not_found`."""
        for user in (await self.info()).users:
            if name in (user.name, user.id):
                return UserClient(self, user)
        raise ControlError("user_not_found", f"nobody here is called {name}", status=404)

    async def get(self, path: str, *, params: dict[str, str] | None = None) -> Any:
        """A JSON answer. Raises ControlError."""
        async with self._open.get(self._url + path, params=params) as response:
            return await _answer(response)

    async def post(self, path: str, body: JsonObject) -> JsonObject:
        """Send JSON; None values are left out. Raises ControlError."""
        given = {name: value for name, value in body.items() if value is not None}
        async with self._open.post(self._url + path, json=given) as response:
            answer: JsonObject = await _answer(response)
            return answer

    async def read_bytes(self, path: str) -> bytes:
        async with self._open.get(self._url + path) as response:
            if response.status != 200:
                await _answer(response)
            return await response.read()

    @asynccontextmanager
    async def stream(self, path: str) -> AsyncIterator[aiohttp.ClientResponse]:
        # It stays open for as long as somebody watches.
        endless = aiohttp.ClientTimeout(total=None, sock_connect=ANSWER_WITHIN)
        async with self._open.get(self._url + path, timeout=endless) as response:
            if response.status != 200:
                await _answer(response)
            yield response

    @property
    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("use WorkspaceClient in an `async with` block")
        return self._session


_CONVERSATIONS = TypeAdapter(list[Conversation])
_MESSAGES = TypeAdapter(list[Message])


async def _answer(response: aiohttp.ClientResponse) -> Any:
    answer = await response.json()
    if isinstance(answer, dict) and answer.get("ok") is False:
        code = str(answer.get("error"))
        raise ControlError(code, str(answer.get("message") or code), status=response.status)
    return answer


async def _changes(response: aiohttp.ClientResponse) -> AsyncGenerator[Change, None]:
    async for line in response.content:
        if line.startswith(b"data: "):
            yield Change.model_validate(json.loads(line.removeprefix(b"data: ")))


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return own + [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list | tuple):
        return [text for inner in value for text in _texts(inner)]
    return []


def _action_ids(blocks: tuple[JsonObject, ...]) -> list[str]:
    found = []
    for block in blocks:
        for element in [*(block.get("elements") or []), block.get("accessory") or {}]:
            if isinstance(element, dict) and element.get("type") == "button":
                found.append(str(element["action_id"]))
    return found
