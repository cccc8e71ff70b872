"""Slack as the engine's Chat."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.rides.announcements import Announcement
from bot.rides.errors import ChatRefusedError
from bot.rides.ports import Channel, Person, Picture
from bot.slack.channel_names import NAMES_TRIED, acceptable, another, random_mark
from bot.slack.messages.announcements import announced
from bot.slack.messages.mrkdwn import shortened
from bot.slack.outbox import EVENT_TYPE, Outbox
from bot.slack.settings import SlackSettings

log = logging.getLogger(__name__)

INVITED_AT_ONCE = 100
"""People of one call: https://docs.slack.dev/reference/methods/conversations.invite."""
MAX_TOPIC = 250
"""Characters of a topic or purpose: https://docs.slack.dev/reference/methods/conversations.setTopic."""
HISTORY_LIMIT = 999
MEMBERS_LIMIT = 200
"""A page, as https://docs.slack.dev/reference/methods/conversations.members recommends."""
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
SLACKBOT = "USLACKBOT"
"""Slackbot is no bot by its own record."""


class SlackChat:
    """Fulfils bot.rides.ports.Chat for every workspace that Ride is in."""

    def __init__(
        self, outbox: Outbox, settings: SlackSettings, *, mark: Callable[[], str] = random_mark
    ) -> None:
        """`mark` makes a few characters that set one channel's name apart from all others."""
        self._outbox = outbox
        self._settings = settings
        self._mark = mark

    async def open_channel(self, workspace: str, name: str) -> Channel:
        """A new private channel. A taken name gets a number, or in the end a mark that nobody has; what comes
        back is the name that counts.
        """
        wanted = acceptable(name)
        for attempt in range(1, NAMES_TRIED + 1):
            try:
                async with self._outbox.calling(workspace, "conversations.create") as web:
                    response = await web.conversations_create(
                        name=another(wanted, attempt, self._mark), is_private=True
                    )
            except ChatRefusedError as error:
                if error.code != "name_taken" or attempt == NAMES_TRIED:
                    raise
            else:
                made: dict[str, Any] = response["channel"]
                return Channel(id=str(made["id"]), name=str(made["name"]))
        raise AssertionError("the last attempt returns or raises")

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
            except SlackApiError as error:
                listed = error.response.get("errors") if error.response is not None else None
                if (named := _refused(listed)) is None:
                    raise
                return named
        return _refused(response.get("errors")) or {}

    async def set_topic(self, workspace: str, channel: str, topic: str) -> None:
        """Set the topic, shortened to what Slack takes."""
        async with self._outbox.calling(workspace, "conversations.setTopic") as web:
            await web.conversations_setTopic(channel=channel, topic=shortened(topic, MAX_TOPIC))

    async def set_purpose(self, workspace: str, channel: str, purpose: str) -> None:
        """Set the description, shortened to what Slack takes."""
        async with self._outbox.calling(workspace, "conversations.setPurpose") as web:
            await web.conversations_setPurpose(channel=channel, purpose=shortened(purpose, MAX_TOPIC))

    async def pin(self, workspace: str, channel: str, ts: str) -> None:
        """Pin a message; one that is pinned already is fine."""
        try:
            async with self._outbox.calling(workspace, "pins.add") as web:
                await web.pins_add(channel=channel, timestamp=ts)
        except ChatRefusedError as error:
            if error.code != "already_pinned":
                raise

    async def post(self, workspace: str, channel: str, announcement: Announcement, *, key: str) -> str:
        """Post; what is too long for a message goes on in its thread."""
        return await self._outbox.post(workspace, channel, announced(announcement, self._settings), key=key)

    async def direct(
        self,
        workspace: str,
        person: str,
        announcement: Announcement,
        *,
        key: str,
    ) -> tuple[str, str]:
        """Post to a person's direct messages."""
        return await self._outbox.direct(workspace, person, announced(announcement, self._settings), key=key)

    async def update(self, workspace: str, channel: str, ts: str, announcement: Announcement) -> None:
        """Replace a message; its thread stays as it is."""
        await self._outbox.update(workspace, channel, ts, announced(announcement, self._settings))

    async def posted(self, workspace: str, channel: str, since: datetime) -> Mapping[str, str]:
        """One conversations.history call, whatever it gives: the newest messages are the ones in doubt."""
        async with self._outbox.calling(workspace, "conversations.history") as web:
            response = await web.conversations_history(
                channel=channel,
                oldest=f"{since.timestamp():.6f}",
                inclusive=True,
                include_all_metadata=True,
                limit=HISTORY_LIMIT,
            )
        messages: list[dict[str, Any]] = response["messages"]
        found: dict[str, str] = {}
        for message in messages:
            metadata: dict[str, Any] = message.get("metadata") or {}
            key = (metadata.get("event_payload") or {}).get("key")
            if metadata.get("event_type") == EVENT_TYPE and isinstance(key, str):
                found[key] = str(message["ts"])
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
        async with self._outbox.calling(workspace, "users.info") as web:
            response = await web.users_info(user=person)
        user: dict[str, Any] = response["user"]
        profile: dict[str, Any] = user.get("profile") or {}
        handle = str(user.get("name") or person)
        name = profile.get("display_name") or user.get("real_name") or profile.get("real_name") or handle
        gone = bool(user.get("deleted")) or bool(user.get("is_bot")) or user.get("is_workflow_bot")
        return Person(
            id=person,
            name=str(name),
            handle=handle,
            can_ride=not gone and person != SLACKBOT,
            zone=str(user.get("tz") or "UTC"),
            is_admin=bool(user.get("is_admin") or user.get("is_owner")),
        )

    async def members(self, workspace: str, channel: str) -> tuple[str, ...]:
        """Everybody in a channel, whatever the number of pages."""
        found: list[str] = []
        cursor: str | None = None
        while cursor != "":
            async with self._outbox.calling(workspace, "conversations.members") as web:
                response = await web.conversations_members(
                    channel=channel, cursor=cursor, limit=MEMBERS_LIMIT
                )
            found += [str(member) for member in response["members"]]
            cursor = str((response.get("response_metadata") or {}).get("next_cursor") or "")
        return tuple(found)

    async def group_members(self, workspace: str, group: str) -> tuple[str, ...]:
        """The people of a user group. Raises ChatRefusedError `no_such_subteam`."""
        async with self._outbox.calling(workspace, "usergroups.users.list") as web:
            response = await web.usergroups_users_list(usergroup=group)
        return tuple(str(member) for member in response["users"])

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
