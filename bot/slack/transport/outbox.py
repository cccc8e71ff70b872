"""The one way out to Slack: each call to its workspace, messages in pace and order, refusals as our error."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakValueDictionary

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.models.metadata import Metadata
from slack_sdk.models.views import View
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.base.clock import SystemClock
from bot.rides.errors import ChatRefusedError
from bot.rides.ports import Clock, Picture
from bot.slack.messages.message import Message
from bot.slack.settings import SlackSettings
from bot.slack.transport.budget import Importance
from bot.slack.transport.click_urls import ClickUrls
from bot.slack.transport.edits import Edits
from bot.slack.transport.leader_gate import Hold, always
from bot.slack.transport.outcome import FINAL, refusals
from bot.slack.transport.pacing import ChannelPace
from bot.slack.transport.plan import Plan
from bot.slack.transport.postings import EVENT_TYPE, Records, Search, ShortMemory
from bot.slack.transport.web_api import EXPIRED, HTTP_OK, WebApi, sdk_logger
from bot.slack.transport.workspaces import TOKEN_IS_DEAD, Workspaces

log = logging.getLogger(__name__)

STEP = "chat.postMessage"
TRIGGER_LASTS = 2.5
"""Seconds; Slack's own is 3."""
OPENED = frozenset({"exchanged_trigger_id"})
"""A trigger opens one modal: https://docs.slack.dev/interactivity/handling-user-interaction."""
TOO_MANY_REQUESTS = 429
SERVER_ERROR = 500
COLOUR_WITHIN = 120.0
"""Seconds after which the colour of a message is of no use any more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Post:
    channel: str
    message: Message
    key: str | None
    thread_ts: str | None


class Outbox:
    """Posts, updates and whispers. Every method raises ChatRefusedError when Slack says no.

    A message with a key is posted once in its channel, also across a restart: whoever posts it again gets the
    one that stands there.
    """

    def __init__(
        self,
        workspaces: Workspaces,
        settings: SlackSettings,
        *,
        hold: Hold = always,
        records: Records | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._workspaces = workspaces
        self._hold = hold
        self._pace = ChannelPace(rate=settings.messages_a_second, burst=settings.burst)
        self._records: Records = records or ShortMemory()
        self.clock = clock or SystemClock()
        self._lines: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()
        self._edits = Edits()
        self._ims: dict[tuple[str, str], str] = {}
        """The channel of a person's direct messages."""
        self.clicks = ClickUrls(self.clock)

    @property
    def records(self) -> Records:
        """What was posted."""
        return self._records

    @asynccontextmanager
    async def calling(self, workspace: str, step: str, plan: Plan | None = None) -> AsyncIterator[WebApi]:
        """The client of a workspace, for the calls of one step."""
        web = await self._workspaces.web(workspace)
        try:
            async with refusals(step):
                yield web.planned(plan or Plan())
        except ChatRefusedError as refusal:
            if refusal.code in TOKEN_IS_DEAD:
                await self._workspaces.refused(workspace, web.token or "")
            raise

    async def delay(self, workspace: str, method: str, importance: Importance = Importance.ANSWER) -> float:
        """About how many seconds a call of the method would wait now for Slack's rates."""
        return (await self._workspaces.web(workspace)).budget.delay(method, importance)

    # -- messages

    async def post(
        self,
        workspace: str,
        channel: str,
        message: Message,
        *,
        key: str | None = None,
        thread_ts: str | None = None,
        importance: Importance = Importance.ANSWER,
        must: bool = True,
    ) -> str:
        """Post a message, not its thread; gives the message's ts. See also `bot.slack.chat.fitting`."""
        plan = Plan(importance=importance, must=must, fields=("ts",))
        post = _Post(channel=channel, message=message, key=key, thread_ts=thread_ts)
        if key is None:
            async with self._pace.turn(workspace, channel), self.calling(workspace, STEP, plan) as web:
                ts = await self._post(web, plan, post, f"once:{secrets.token_hex(8)}")
        else:
            ts = await self._post_once(workspace, post, key, plan)
        self._edits.shows((workspace, channel, ts), message)
        return ts

    async def _post_once(self, workspace: str, post: "_Post", key: str, plan: Plan) -> str:
        """The message's ts, also if it stands there already.

        Those with a key wait for each other: records that can't be written hold up no answer.
        """
        channel = post.channel
        async with self._line(workspace, channel):
            known = await self._records.begin(workspace, channel, key, self.clock.now())
            if known is not None and known.ts is not None:
                return known.ts
            try:
                async with self._pace.turn(workspace, channel), self.calling(workspace, STEP, plan) as web:
                    ts = await self._post(web, plan, post, key, begun=known is not None)
            except ChatRefusedError as refusal:
                if refusal.code in FINAL:
                    await self._records.given_up(workspace, channel, key)
                raise
            await self._records.posted(workspace, channel, key, ts)
            return ts

    def _line(self, workspace: str, channel: str) -> asyncio.Lock:
        """Where a channel's messages with keys wait for each other."""
        return self._lines.setdefault((workspace, channel), asyncio.Lock())

    async def _post(self, web: WebApi, plan: Plan, post: "_Post", key: str, *, begun: bool = False) -> str:
        """Post it; one that was `begun` before may stand there."""
        search = Search(
            web,
            self.clock,
            post.channel,
            key=key,
            thread_ts=post.thread_ts,
            importance=plan.importance,
        )
        if begun and (found := await search()) is not None:
            return str(found["ts"])
        response = await web.planned(replace(plan, search=search)).chat_postMessage(
            channel=post.channel,
            text=post.message.text,
            blocks=post.message.as_blocks() or None,
            thread_ts=post.thread_ts,
            metadata=Metadata(event_type=EVENT_TYPE, event_payload={"key": key}),
            unfurl_links=False,
            unfurl_media=False,
        )
        return str(response["ts"])

    async def update(
        self,
        workspace: str,
        channel: str,
        ts: str,
        message: Message,
        *,
        importance: Importance = Importance.ANSWER,
    ) -> None:
        """Replace a message: its newest state is sent, what comes before it may be left out."""
        within = COLOUR_WITHIN if importance is Importance.COLOUR else None
        plan = Plan(importance=importance, within=within)

        async def turn() -> None:
            if self.clicks.has(workspace, channel, ts):
                return
            async with self.calling(workspace, "chat.update", plan) as web:
                await web.turn("chat.update")

        async def send(newest: Message) -> None:
            url = self.clicks.take(workspace, channel, ts)
            if url is not None and await self.respond(workspace, url, newest, replaces=True):
                return
            had_turn = replace(plan, has_turn=url is None)
            async with self.calling(workspace, "chat.update", had_turn) as web:
                await web.chat_update(channel=channel, ts=ts, text=newest.text, blocks=newest.as_blocks())

        try:
            await self._edits.edit((workspace, channel, ts), message, importance, turn=turn, send=send)
        except ChatRefusedError as refusal:
            if importance is not Importance.COLOUR or refusal.code != EXPIRED:
                raise
            log.info("a page in %s keeps its colour: Slack takes no more edits for now", channel)

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
        self,
        workspace: str,
        person: str,
        message: Message,
        *,
        key: str | None = None,
        importance: Importance = Importance.ANSWER,
        must: bool = True,
    ) -> tuple[str, str]:
        """Post to a person's direct messages; gives the channel and the ts."""
        channel = await self.direct_channel(workspace, person, importance)
        ts = await self.post(workspace, channel, message, key=key, importance=importance, must=must)
        return channel, ts

    async def direct_channel(self, workspace: str, person: str, importance: Importance) -> str:
        """The channel of a person's direct messages. It never changes, and is asked for once."""
        known = self._ims.get((workspace, person))
        if known is not None:
            return known
        plan = Plan(importance=importance, fields=("channel",))
        async with self.calling(workspace, "conversations.open", plan) as web:
            response = await web.conversations_open(users=person)
        opened: dict[str, Any] = response["channel"]
        return self._ims.setdefault((workspace, person), str(opened["id"]))

    # -- views

    async def open_view(self, workspace: str, trigger: str, view: View) -> str:
        """Open a modal; gives its id, empty if Slack's answer was lost.

        Raises ChatRefusedError, such as `expired_trigger_id` after 3 seconds.
        """
        plan = Plan(within=TRIGGER_LASTS, done=OPENED)
        async with self.calling(workspace, "views.open", plan) as web:
            response = await web.views_open(trigger_id=trigger, view=view)
        return str((response.get("view") or {}).get("id") or "")

    async def update_view(
        self, workspace: str, view_id: str, view: View, *, external_id: str | None = None
    ) -> None:
        """Replace a modal that is open; by our own name for it where Slack's id is empty, for it was lost."""
        async with self.calling(workspace, "views.update") as web:
            await web.views_update(
                view_id=view_id or None, external_id=None if view_id else external_id, view=view
            )

    async def publish_home(self, workspace: str, person: str, view: View) -> None:
        """Show a person their App Home."""
        async with self.calling(workspace, "views.publish") as web:
            await web.views_publish(user_id=person, view=view)

    # -- files

    async def upload(
        self, workspace: str, channel: str, *, thread_ts: str | None, name: str, title: str, content: str
    ) -> None:
        """Put a text file into a thread, or a channel."""
        file = Picture(content=content.encode(), name=name, title=title, alt_text="")
        await self._upload(workspace, channel, file, thread_ts, Plan())

    async def upload_picture(
        self, workspace: str, channel: str, picture: Picture, *, thread_ts: str | None = None
    ) -> None:
        """Show a picture in a channel, or in a thread of it."""
        async with self._pace.turn(workspace, channel):
            await self._upload(workspace, channel, picture, thread_ts, Plan(importance=Importance.ENDING))

    async def _upload(
        self, workspace: str, channel: str, file: Picture, thread_ts: str | None, plan: Plan
    ) -> None:
        """Slack's three steps: https://docs.slack.dev/messaging/working-with-files."""
        async with self.calling(workspace, "files.completeUploadExternal", plan) as web:
            place = await web.planned(
                replace(plan, fields=("upload_url", "file_id"))
            ).files_getUploadURLExternal(
                filename=file.name, length=len(file.content), alt_txt=file.alt_text or None
            )
            await web.put(str(place["upload_url"]), file.content)
            identifier = str(place["file_id"])
            search = Search(
                web, self.clock, channel, file=identifier, thread_ts=thread_ts, importance=plan.importance
            )
            await web.planned(replace(plan, search=search)).files_completeUploadExternal(
                files=[{"id": identifier, "title": file.title}], channel_id=channel, thread_ts=thread_ts
            )

    # -- response_url

    async def respond(
        self,
        workspace: str,
        url: str,
        message: Message,
        *,
        in_channel: bool = False,
        replaces: bool = False,
    ) -> bool:
        """Answer through a response_url: to everyone where it came from, or to the one who asked; or in place
        of the message that was clicked (`replaces`).

        False when the address no longer works: after 30 minutes, five answers, or without Ride there.
        """
        if await self._workspaces.bot(workspace) is None:
            return False
        webhook = AsyncWebhookClient(url, logger=sdk_logger(), retry_handlers=[])
        for wait in (0.5, 1.0, None):
            await self._hold()
            try:
                response = await webhook.send(
                    text=message.text,
                    blocks=message.as_blocks() or None,
                    response_type=None if replaces else "in_channel" if in_channel else "ephemeral",
                    replace_original=replaces,
                )
            except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
                log.warning("a response_url did not answer: %s", type(error).__name__)
            else:
                if response.status_code == HTTP_OK:
                    return True
                if response.status_code < SERVER_ERROR and response.status_code != TOO_MANY_REQUESTS:
                    return False
            if wait is not None:
                await asyncio.sleep(wait)
        return False

    async def close(self) -> None:
        """No edit is waited for any more."""
        await self._edits.close()
