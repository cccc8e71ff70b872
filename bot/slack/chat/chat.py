"""Slack as the engine's Chat."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.rides.announcements import Announcement
from bot.rides.errors import ChatRefusedError
from bot.rides.ports import Channel, Person, Picture
from bot.slack.chat import fitting
from bot.slack.chat.channel_names import NAMES_TRIED, acceptable, another, random_mark
from bot.slack.chat.importance import of_announcement, of_edit
from bot.slack.messages.announcements import announced
from bot.slack.messages.mrkdwn import shortened
from bot.slack.settings import SlackSettings
from bot.slack.transport.budget import Importance
from bot.slack.transport.outbox import Outbox
from bot.slack.transport.outcome import CallRefusedError
from bot.slack.transport.people import People
from bot.slack.transport.plan import Plan
from bot.slack.transport.postings import Search, key_of
from bot.slack.transport.web_api import WebApi

log = logging.getLogger(__name__)

INVITED_AT_ONCE = 100
"""People of one call: https://docs.slack.dev/reference/methods/conversations.invite."""
MAX_TOPIC = 250
"""Characters of a topic or purpose: https://docs.slack.dev/reference/methods/conversations.setTopic."""
MEMBERS_LIMIT = 200
"""A page, as https://docs.slack.dev/reference/methods/conversations.members recommends."""
CLOCKS_DIFFER = timedelta(minutes=1)
_LATER = Plan(importance=Importance.PREPARATION)
ALREADY_THERE = "already_in_channel"
NOT_ABOUT_A_PERSON = frozenset(
    {
        "account_inactive",
        "channel_not_found",
        "connection_error",
        "invalid_auth",
        "is_archived",
        "missing_scope",
        "not_in_channel",
        "ratelimited",
        "token_revoked",
    }
)
"""Refusals of an invitation that are the same for everybody: asking one by one would change nothing."""


class SlackChat:
    """Fulfils bot.rides.ports.Chat for every workspace that Ride is in."""

    def __init__(
        self,
        outbox: Outbox,
        settings: SlackSettings,
        people: People,
        *,
        mark: Callable[[], str] = random_mark,
    ) -> None:
        """`mark` makes a few characters that set one channel's name apart from all others."""
        self._outbox = outbox
        self._settings = settings
        self._people = people
        self._mark = mark

    async def open_channel(self, workspace: str, name: str) -> Channel:
        """A new private channel. A taken name gets a number, or in the end a mark that nobody has; what comes
        back is the name that counts.
        """
        wanted = acceptable(name)
        for attempt in range(1, NAMES_TRIED + 1):
            try:
                return await self._create(workspace, another(wanted, attempt, self._mark))
            except ChatRefusedError as error:
                if error.code != "name_taken" or attempt == NAMES_TRIED:
                    raise
        raise AssertionError("the last attempt returns or raises")

    async def _create(self, workspace: str, name: str) -> Channel:
        since = self._outbox.clock.now() - CLOCKS_DIFFER
        plan = Plan(must=True, fields=("channel",))
        async with self._outbox.calling(workspace, "conversations.create", plan) as web:
            search = partial(_own_channel, web.planned(Plan(fields=("channels",))), name, since)
            response = await web.planned(replace(plan, search=search)).conversations_create(
                name=name, is_private=True
            )
        made: dict[str, Any] = response["channel"]
        return Channel(id=str(made["id"]), name=str(made["name"]))

    async def invite(self, workspace: str, channel: str, people: Sequence[str]) -> Mapping[str, str]:
        """Invite people, a hundred in a call; gives Slack's code for each who could not be invited.

        The others get in. Somebody who is there already is fine.
        """
        everybody = list(dict.fromkeys(people))
        refused: dict[str, str] = {}
        for start in range(0, len(everybody), INVITED_AT_ONCE):
            refused |= await self._invite_some(workspace, channel, everybody[start : start + INVITED_AT_ONCE])
        return refused

    async def _invite_some(self, workspace: str, channel: str, people: Sequence[str]) -> Mapping[str, str]:
        """One call; where Slack refuses it without saying whom it is about, one by one."""
        try:
            return await self._invite(workspace, channel, people)
        except ChatRefusedError as error:
            if len(people) == 1:
                return {} if error.code == ALREADY_THERE else {people[0]: error.code}
            if error.code in NOT_ABOUT_A_PERSON:
                return dict.fromkeys(people, error.code)
            log.info("the invites into %s one by one, after %s", channel, error.code)
        refused: dict[str, str] = {}
        for person in people:
            refused |= await self._invite_some(workspace, channel, [person])
        return refused

    async def _invite(self, workspace: str, channel: str, people: Sequence[str]) -> Mapping[str, str]:
        """Who is refused, by Slack's own list. Raises ChatRefusedError where it has none."""
        async with self._outbox.calling(workspace, "conversations.invite") as web:
            try:
                # Forced: whoever can be invited is, beside those who can't.
                response = await web.conversations_invite(
                    channel=channel, users=list(people), force=True if len(people) > 1 else None
                )
            except CallRefusedError as error:
                if (named := _refused(error.answer.get("errors"))) is None:
                    raise
                return named
        return _refused(response.get("errors")) or {}

    async def prepare_direct(self, workspace: str, people: Sequence[str]) -> None:
        """Open the channels of people's direct messages ahead: at the hour Slack opens 50 a minute."""
        for person in people:
            try:
                await self._outbox.direct_channel(workspace, person, Importance.PREPARATION)
            except ChatRefusedError as refusal:
                log.info("direct messages to %s could not be made ready: %s", person, refusal.code)

    async def set_topic(self, workspace: str, channel: str, topic: str) -> None:
        """Set the topic, shortened to what Slack takes."""
        async with self._outbox.calling(workspace, "conversations.setTopic", _LATER) as web:
            await web.conversations_setTopic(channel=channel, topic=shortened(topic, MAX_TOPIC))

    async def set_purpose(self, workspace: str, channel: str, purpose: str) -> None:
        """Set the description, shortened to what Slack takes."""
        async with self._outbox.calling(workspace, "conversations.setPurpose", _LATER) as web:
            await web.conversations_setPurpose(channel=channel, purpose=shortened(purpose, MAX_TOPIC))

    async def pin(self, workspace: str, channel: str, ts: str) -> None:
        """Pin a message; one that is pinned already is fine."""
        try:
            async with self._outbox.calling(workspace, "pins.add", _LATER) as web:
                await web.pins_add(channel=channel, timestamp=ts)
        except ChatRefusedError as error:
            if error.code != "already_pinned":
                raise

    async def post(self, workspace: str, channel: str, announcement: Announcement, *, key: str) -> str:
        """Post, once; what is too long for a message goes on in its thread."""
        message, importance = announced(announcement, self._settings), of_announcement(announcement)
        return await fitting.post(self._outbox, workspace, channel, message, key=key, importance=importance)

    async def notify(self, workspace: str, channel: str, announcement: Announcement) -> None:
        """Post now: not behind those of the channel's messages that wait for our records."""
        message, importance = announced(announcement, self._settings), of_announcement(announcement)
        await self._outbox.post(workspace, channel, message, importance=importance)

    async def direct(
        self,
        workspace: str,
        person: str,
        announcement: Announcement,
        *,
        key: str,
    ) -> tuple[str, str]:
        """Post to a person's direct messages, once."""
        message, importance = announced(announcement, self._settings), of_announcement(announcement)
        return await fitting.direct(self._outbox, workspace, person, message, key=key, importance=importance)

    async def update(self, workspace: str, channel: str, ts: str, announcement: Announcement) -> None:
        """Have a message show this, or something newer; its thread stays as it is."""
        message, importance = announced(announcement, self._settings), of_edit(announcement, channel)
        await self._outbox.update(workspace, channel, ts, message, importance=importance)

    async def posted(self, workspace: str, channel: str, since: datetime) -> Mapping[str, str]:
        """What stands there by our own records; of a channel that an older Ride left, by Slack's."""
        known = await self._outbox.records.of(workspace, channel)
        if known:
            return {key: ts for key, ts in known.items() if ts is not None}
        async with self._outbox.calling(workspace, "conversations.history") as web:
            newest = await Search(web, self._outbox.clock, channel).newest(since)
        found = {key: str(message["ts"]) for message in newest if (key := key_of(message)) is not None}
        for key, ts in found.items():
            await self._outbox.records.begin(workspace, channel, key, self._outbox.clock.now())
            await self._outbox.records.posted(workspace, channel, key, ts)
        return found

    async def reply(self, workspace: str, url: str, announcement: Announcement) -> bool:
        """Answer where a command was typed, to everyone there."""
        return await self._outbox.respond(
            workspace, url, announced(announcement, self._settings), in_channel=True
        )

    async def archive(self, workspace: str, channel: str) -> None:
        """Archive a channel; one that is archived already is fine."""
        try:
            async with self._outbox.calling(workspace, "conversations.archive") as web:
                await web.conversations_archive(channel=channel)
        except ChatRefusedError as error:
            if error.code != "already_archived":
                raise

    async def person(self, workspace: str, person: str) -> Person:
        """Somebody by id. Raises ChatRefusedError `user_not_found` for nobody."""
        return await self._people.person(workspace, person)

    async def members(self, workspace: str, channel: str) -> tuple[str, ...]:
        """Everybody in a channel, whatever the number of pages."""
        found: list[str] = []
        cursor: str | None = None
        while cursor != "":
            plan = Plan(fields=("members",))
            async with self._outbox.calling(workspace, "conversations.members", plan) as web:
                response = await web.conversations_members(
                    channel=channel, cursor=cursor, limit=MEMBERS_LIMIT
                )
            found += [str(member) for member in response["members"]]
            cursor = str((response.get("response_metadata") or {}).get("next_cursor") or "")
        return tuple(found)

    async def group_members(self, workspace: str, group: str) -> tuple[str, ...]:
        """The people of a user group. Raises ChatRefusedError `no_such_subteam`."""
        return await self._people.group_members(workspace, group)

    async def upload(
        self,
        workspace: str,
        channel: str,
        picture: Picture,
        *,
        thread_ts: str | None = None,
    ) -> None:
        """Show a picture in a channel, in the pace of its messages."""
        await self._outbox.upload_picture(workspace, channel, picture, thread_ts=thread_ts)


async def _own_channel(web: WebApi, name: str, since: datetime) -> Mapping[str, object] | None:
    """A channel of this name that the bot is in and that was made since then: an answer was lost."""
    cursor: str | None = None
    try:
        while cursor != "":
            response = await web.users_conversations(
                types="private_channel", exclude_archived=True, limit=MEMBERS_LIMIT, cursor=cursor
            )
            channels: list[dict[str, Any]] = response["channels"]
            for channel in channels:
                if channel.get("name") == name and float(channel.get("created") or 0) >= since.timestamp():
                    return {"channel": channel}
            cursor = str((response.get("response_metadata") or {}).get("next_cursor") or "")
    except CallRefusedError as error:
        log.warning("whether channel %s was made can't be told: %s", name, error)
    return None


def _refused(listed: object) -> dict[str, str] | None:
    """Who could not be invited and why, by a response's `errors`; None where it doesn't say who.

    An entry is `{"user": "U1", "ok": false, "error": "cant_invite"}`; one may name nobody.
    """
    if not isinstance(listed, list) or not listed:
        return None
    found: dict[str, str] = {}
    for entry in listed:
        if not isinstance(entry, dict) or not entry.get("user"):
            return None
        code = str(entry.get("error") or "unknown_error")
        if not entry.get("ok") and code != ALREADY_THERE:
            found[str(entry["user"])] = code
    return found
