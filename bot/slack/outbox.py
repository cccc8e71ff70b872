"""The one way out to Slack: each call to its workspace, messages in pace and order, refusals as our error."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.models.metadata import Metadata
from slack_sdk.models.views import View
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.rides.errors import ChatRefusedError
from bot.rides.ports import Picture
from bot.slack.holding import Hold, always
from bot.slack.messages.message import Message
from bot.slack.outcome import refusals
from bot.slack.pacing import ChannelPace
from bot.slack.settings import SlackSettings
from bot.slack.web_api import WebApi, sdk_logger
from bot.slack.workspaces import TOKEN_IS_DEAD, Workspaces

log = logging.getLogger(__name__)

EVENT_TYPE = "ride_message"
"""The metadata's event type, by which the engine finds its own messages again."""


class Outbox:
    """Posts, updates and whispers. Every method raises ChatRefusedError when Slack says no."""

    def __init__(self, workspaces: Workspaces, settings: SlackSettings, *, hold: Hold = always) -> None:
        self._workspaces = workspaces
        self._hold = hold
        self._pace = ChannelPace(rate=settings.messages_a_second, burst=settings.burst)

    @asynccontextmanager
    async def calling(self, workspace: str, step: str) -> AsyncIterator[WebApi]:
        """The client of a workspace, for the calls of one step."""
        web = await self._workspaces.web(workspace)
        try:
            async with refusals(step):
                yield web
        except ChatRefusedError as refusal:
            if refusal.code in TOKEN_IS_DEAD:
                await self._workspaces.refused(workspace, web.token or "")
            raise

    async def post(
        self,
        workspace: str,
        channel: str,
        message: Message,
        *,
        key: str | None = None,
        thread_ts: str | None = None,
    ) -> str:
        """Post a message and what belongs in its thread; gives the message's ts."""
        metadata = Metadata(event_type=EVENT_TYPE, event_payload={"key": key}) if key is not None else None
        async with self._pace.turn(workspace, channel), self.calling(workspace, "chat.postMessage") as web:
            response = await web.chat_postMessage(
                channel=channel,
                text=message.text,
                blocks=message.as_blocks() or None,
                thread_ts=thread_ts,
                metadata=metadata,
                unfurl_links=False,
                unfurl_media=False,
            )
        ts = str(response["ts"])
        for reply in message.thread:
            await self.post(workspace, channel, reply, thread_ts=thread_ts or ts)
        return ts

    async def update(self, workspace: str, channel: str, ts: str, message: Message) -> None:
        """Replace a message. Its metadata stays."""
        async with self._pace.turn(workspace, channel), self.calling(workspace, "chat.update") as web:
            await web.chat_update(channel=channel, ts=ts, text=message.text, blocks=message.as_blocks())

    async def whisper(
        self, workspace: str, channel: str, person: str, message: Message, *, thread_ts: str | None = None
    ) -> None:
        """Show a message to one person, in a channel where the bot and they are."""
        async with self.calling(workspace, "chat.postEphemeral") as web:
            await web.chat_postEphemeral(
                channel=channel,
                user=person,
                text=message.text,
                blocks=message.as_blocks() or None,
                thread_ts=thread_ts,
            )

    async def direct(
        self, workspace: str, person: str, message: Message, *, key: str | None = None
    ) -> tuple[str, str]:
        """Post to a person's direct messages; gives the channel and the ts."""
        async with self.calling(workspace, "conversations.open") as web:
            response = await web.conversations_open(users=person)
        opened: dict[str, Any] = response["channel"]
        channel = str(opened["id"])
        return channel, await self.post(workspace, channel, message, key=key)

    async def open_view(self, workspace: str, trigger: str, view: View) -> None:
        """Open a modal. Raises ChatRefusedError, such as `expired_trigger_id` after 3 seconds."""
        async with self.calling(workspace, "views.open") as web:
            await web.views_open(trigger_id=trigger, view=view)

    async def update_view(self, workspace: str, view_id: str, view: View) -> None:
        """Replace a modal that is open."""
        async with self.calling(workspace, "views.update") as web:
            await web.views_update(view_id=view_id, view=view)

    async def publish_home(self, workspace: str, person: str, view: View) -> None:
        """Show a person their App Home."""
        async with self.calling(workspace, "views.publish") as web:
            await web.views_publish(user_id=person, view=view)

    async def upload(
        self, workspace: str, channel: str, *, thread_ts: str, name: str, title: str, content: str
    ) -> None:
        """Put a text file into a thread."""
        async with self.calling(workspace, "files.completeUploadExternal") as web:
            await web.files_upload_v2(
                channel=channel, thread_ts=thread_ts, filename=name, title=title, content=content
            )

    async def upload_picture(
        self, workspace: str, channel: str, picture: Picture, *, thread_ts: str | None = None
    ) -> None:
        """Show a picture in a channel, or in a thread of it."""
        async with (
            self._pace.turn(workspace, channel),
            self.calling(workspace, "files.completeUploadExternal") as web,
        ):
            await web.files_upload_v2(
                channel=channel,
                thread_ts=thread_ts,
                filename=picture.name,
                title=picture.title,
                alt_txt=picture.alt_text,
                file=picture.content,
            )

    async def respond(self, workspace: str, url: str, message: Message, *, in_channel: bool) -> bool:
        """Answer through a response_url: to everyone where it came from, or to the one who asked.

        False when the address no longer works: after 30 minutes, five answers, or without Ride there.
        """
        if await self._workspaces.bot(workspace) is None:
            return False
        await self._hold()
        webhook = AsyncWebhookClient(url, logger=sdk_logger())
        try:
            response = await webhook.send(
                text=message.text,
                blocks=message.as_blocks() or None,
                response_type="in_channel" if in_channel else "ephemeral",
                replace_original=False,
            )
        except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
            log.warning("a response_url did not answer: %s", type(error).__name__)
            return False
        return response.status_code == 200
