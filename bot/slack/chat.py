"""Slack as the engine's Chat."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.rides.announcements import Announcement
from bot.rides.errors import ChatRefusedError
from bot.rides.ports import Channel, Person, Picture
from bot.slack import fitting
from bot.slack.channel_names import acceptable, numbered
from bot.slack.messages.announcements import announced
from bot.slack.messages.mrkdwn import shortened
from bot.slack.outbox import EVENT_TYPE, Outbox
from bot.slack.settings import SlackSettings

NAMES_TRIED = 10
MAX_TOPIC = 250
"""Characters of a topic or purpose: https://docs.slack.dev/reference/methods/conversations.setTopic."""
HISTORY_LIMIT = 999
MEMBERS_LIMIT = 200
"""A page, as https://docs.slack.dev/reference/methods/conversations.members recommends."""
SLACKBOT = "USLACKBOT"
"""Slackbot is no bot by its own record."""


class SlackChat:
    """Fulfils bot.rides.ports.Chat for every workspace that Ride is in."""

    def __init__(self, outbox: Outbox, settings: SlackSettings) -> None:
        self._outbox = outbox
        self._settings = settings

    async def open_channel(self, workspace: str, name: str) -> Channel:
        """A new private channel. A taken name gets a number; what comes back is the name that counts."""
        wanted = acceptable(name)
        for attempt in range(1, NAMES_TRIED + 1):
            try:
                async with self._outbox.calling(workspace, "conversations.create") as web:
                    response = await web.conversations_create(name=numbered(wanted, attempt), is_private=True)
            except ChatRefusedError as error:
                if error.code != "name_taken" or attempt == NAMES_TRIED:
                    raise
            else:
                made: dict[str, Any] = response["channel"]
                return Channel(id=str(made["id"]), name=str(made["name"]))
        raise AssertionError("the last attempt returns or raises")

    async def invite(self, workspace: str, channel: str, people: Sequence[str]) -> Mapping[str, str]:
        """Invite all at once; when Slack refuses somebody, one by one, so that the others get in."""
        if not people:
            return {}
        code = await self._invite(workspace, channel, people)
        if code is None:
            return {}
        if len(people) == 1:
            return {people[0]: code}
        codes = {person: await self._invite(workspace, channel, [person]) for person in people}
        return {person: code for person, code in codes.items() if code is not None}

    async def _invite(self, workspace: str, channel: str, people: Sequence[str]) -> str | None:
        try:
            async with self._outbox.calling(workspace, "conversations.invite") as web:
                await web.conversations_invite(channel=channel, users=list(people))
        except ChatRefusedError as error:
            if error.code == "already_in_channel" and len(people) == 1:
                return None
            return error.code
        return None

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
        message = announced(announcement, self._settings)
        return await fitting.post(self._outbox, workspace, channel, message, key=key)

    async def direct(
        self,
        workspace: str,
        person: str,
        announcement: Announcement,
        *,
        key: str,
    ) -> tuple[str, str]:
        """Post to a person's direct messages."""
        message = announced(announcement, self._settings)
        return await fitting.direct(self._outbox, workspace, person, message, key=key)

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
