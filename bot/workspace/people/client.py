"""Acting as a person of the workspace, from Python: for tests, and for the autopilot.

async with WorkspaceClient(workspace.url) as client:
    dana = await client.as_user("dana")
    general = await dana.channel("general")
    await dana.command(general.id, "/ride", "start alter-table-locks")
    card = await dana.wait_for(general.id, lambda message: "Ride" in message.text, timeout=10)
"""

import asyncio
from collections.abc import Callable

from pydantic import TypeAdapter

from bot.workspace.errors import ControlError
from bot.workspace.json_values import JsonObject
from bot.workspace.people.client_admin import Admin
from bot.workspace.people.client_browser import Browser, Page
from bot.workspace.people.client_shapes import (
    Change,
    Conversation,
    File,
    Message,
    Submitted,
    User,
    View,
    WorkspaceInfo,
)
from bot.workspace.people.client_views import PersonsViews, Values

__all__ = [
    "Change", "Conversation", "File", "Message", "Page", "Submitted", "User", "UserClient", "View",
    "WorkspaceClient", "WorkspaceInfo",
]  # fmt: skip


class UserClient(PersonsViews):
    """One person. Every call raises ControlError, with a code, when the workspace says no."""

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
        self,
        channel: str,
        message_ts: str,
        action_id: str,
        *,
        block_id: str | None = None,
        value: str | None = None,
        state: JsonObject | None = None,
    ) -> None:
        """Click a button of a message, or pick from a menu; returns when the app has acknowledged it.

        `value` picks the option of that value, or says which button is meant where several have the
        action_id; `state` is what is picked, as in Slack: `{"selected_date": "2026-11-27"}`.
        """
        where = {"channel": channel, "message_ts": message_ts}
        what = {"action_id": action_id, "block_id": block_id, "value": value, "state": state}
        await self._client.post(f"{self._path}/actions", {**where, **what})

    async def click_in(
        self,
        view: str,
        action_id: str,
        *,
        block_id: str | None = None,
        value: str | None = None,
        state: JsonObject | None = None,
        values: Values | None = None,
    ) -> None:
        """The same in a modal or the Home, by its id; `values` is what was filled in besides."""
        what = {"action_id": action_id, "block_id": block_id, "value": value, "state": state}
        await self._client.post(f"{self._path}/actions", {"view_id": view, **what, "values": values})

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

    async def archive(self, channel: str) -> None:
        """Archive a channel by hand."""
        await self._client.post(f"/control/conversations/{channel}/archive", {"uid": self.id})

    async def unarchive(self, channel: str) -> None:
        """Take a channel out of the archive."""
        await self._client.post(f"/control/conversations/{channel}/unarchive", {"uid": self.id})

    async def remove(self, channel: str, user: str) -> None:
        """Take somebody, or the app's bot, out of a channel; by id or name."""
        body = {"uid": self.id, "user": user}
        await self._client.post(f"/control/conversations/{channel}/remove", body)

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


class WorkspaceClient(Admin):
    """The control API of a workspace at a URL."""

    async def info(self) -> WorkspaceInfo:
        """The team, its people and the commands that can be typed."""
        return WorkspaceInfo.model_validate(await self.get("/control/workspace"))

    async def as_user(self, name: str) -> UserClient:
        """Act as somebody, by name or id. Raises ControlError `user_not_found`."""
        for user in (await self.info()).users:
            if name in (user.name, user.id):
                return UserClient(self, user)
        raise ControlError("user_not_found", f"nobody here is called {name}", status=404)

    async def install(self, install_url: str, person: str, *, allow: bool = True) -> Page:
        """Install an app from its own page, as somebody, by name or id; gives what the app shows in the end.

        `allow` is whether they click Allow or Cancel. Raises NotOfferedError, ControlError.
        """
        info, user = await self.info(), await self.as_user(person)
        async with Browser(install_url) as browser:
            asked = await browser.asked(install_url)
            return await browser.answer(asked, person=f"{info.team.id}/{user.id}", allow=allow)

    async def uninstall(self) -> None:
        """Remove the app; it hears of it. Raises ControlError `not_installed`."""
        await self.post("/control/app/uninstall", {})


_CONVERSATIONS = TypeAdapter(list[Conversation])
_MESSAGES = TypeAdapter(list[Message])
