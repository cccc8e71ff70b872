"""What the app hears of: event_callback payloads for the events it subscribes to, delivered and retried."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Literal

from bot.workspace.company.installation import Installation
from bot.workspace.company.state import Conversation, Kind, Message, State, User, UserGroup
from bot.workspace.delivery.background import Background
from bot.workspace.delivery.delivery import Delivery
from bot.workspace.errors import UndeliveredError
from bot.workspace.json_values import JsonObject
from bot.workspace.people.views import View
from bot.workspace.web_api.shapes import group_object, message_object, user_object, view_object

log = logging.getLogger(__name__)

RETRY_AFTER = (0.0, 60.0, 300.0)
"""Seconds before each further attempt: https://docs.slack.dev/apis/events-api#retries."""

MAX_GROUP_USERS = 500
"""Of a user group's members in subteam_updated, which Slack cuts there."""

_MESSAGE_EVENTS = {Kind.PUBLIC: "message.channels", Kind.PRIVATE: "message.groups", Kind.IM: "message.im"}
_CHANNEL_TYPES = {Kind.PUBLIC: "channel", Kind.PRIVATE: "group", Kind.IM: "im"}

Tab = Literal["home", "messages"]
"""Of an app's own place."""


class Events:
    """Tells the app what happens where its bot is."""

    def __init__(
        self,
        state: State,
        delivery: Delivery,
        background: Background,
        *,
        url: str = "",
        retry_after: Sequence[float] = RETRY_AFTER,
    ) -> None:
        self._state = state
        self._delivery = delivery
        self._background = background
        self._retry_after = retry_after
        self.url = url
        self.installation: Installation | None = None

    def posted(self, conversation: Conversation, message: Message) -> None:
        """A message came: message.*, and app_mention if it names the bot."""
        app = self._listening(conversation)
        if app is None:
            return
        body = message_object(self._state, conversation, message, self.url)
        self._message(app, conversation, body)
        mentions = f"<@{app.bot_user}>" in message.text or f"<@{app.bot_user}|" in message.text
        # Direct messages give no app_mention: https://docs.slack.dev/reference/events/app_mention.
        if mentions and conversation.kind is not Kind.IM and message.subtype in (None, "thread_broadcast"):
            event = {key: value for key, value in body.items() if key in _MENTION_KEYS}
            event |= {"type": "app_mention", "channel": conversation.id, "event_ts": message.ts}
            self._send(app, "app_mention", event)

    def changed(self, conversation: Conversation, before: JsonObject, message: Message) -> None:
        """A message was edited."""
        app = self._listening(conversation)
        if app is not None:
            body = {
                "type": "message",
                "subtype": "message_changed",
                "hidden": True,
                "ts": self._state.timestamps.new(),
                "message": message_object(self._state, conversation, message, self.url),
                "previous_message": before,
            }
            self._message(app, conversation, body)

    def deleted(self, conversation: Conversation, before: JsonObject) -> None:
        """A message was deleted."""
        app = self._listening(conversation)
        if app is not None:
            body = {
                "type": "message",
                "subtype": "message_deleted",
                "hidden": True,
                "ts": self._state.timestamps.new(),
                "deleted_ts": before["ts"],
                "previous_message": before,
            }
            self._message(app, conversation, body)

    def joined(self, conversation: Conversation, user: str, inviter: str | None) -> None:
        """Somebody is a member now."""
        app = self._listening(conversation)
        if app is not None:
            event: JsonObject = {
                "type": "member_joined_channel",
                "user": user,
                "channel": conversation.id,
                "channel_type": "C" if conversation.kind is Kind.PUBLIC else "G",
                "team": self._state.team.id,
                "event_ts": self._state.timestamps.new(),
            }
            if inviter is not None:
                event["inviter"] = inviter
            self._send(app, "member_joined_channel", event)

    def home_opened(self, user: str, channel: str, tab: Tab, view: View | None = None) -> None:
        """A person looks at the app's Home or its messages: app_home_opened, which needs no scope."""
        app = self.installation
        if app is None:
            return
        event: JsonObject = {
            "type": "app_home_opened",
            "user": user,
            "channel": channel,
            "tab": tab,
            "event_ts": self._state.timestamps.new(),
        }
        if tab == "home" and view is not None:
            event["view"] = view_object(self._state, app, view)
        self._send(app, "app_home_opened", event)

    def user_changed(self, user: User) -> None:
        """Something of a person is another now, or their account is closed or open: user_change.

        Source: https://docs.slack.dev/reference/events/user_change.
        """
        self._person("user_change", user)

    def team_joined(self, user: User) -> None:
        """Somebody is new in the workspace: team_join."""
        self._person("team_join", user)

    def _person(self, name: str, user: User) -> None:
        if (app := self.installation) is not None:
            event: JsonObject = {
                "type": name,
                "user": user_object(self._state, user),
                "cache_ts": self._state.now(),
                "event_ts": self._state.timestamps.new(),
            }
            self._send(app, name, event)

    def group_changed(self, before: UserGroup, group: UserGroup) -> None:
        """The members of a user group are others now: subteam_updated and subteam_members_changed.

        Sources: https://docs.slack.dev/reference/events/subteam_updated and …/subteam_members_changed, which
        shows its counts as strings; Slack's own types have numbers.
        """
        app = self.installation
        if app is None:
            return
        added = [user for user in group.users if user not in before.users]
        removed = [user for user in before.users if user not in group.users]
        event_ts = self._state.timestamps.new()
        shown = group_object(self._state, group, users=True, count=True)
        shown |= {"is_subteam": True, "channel_count": 0, "users": shown["users"][:MAX_GROUP_USERS]}
        self._send(
            app, "subteam_updated", {"type": "subteam_updated", "subteam": shown, "event_ts": event_ts}
        )
        event: JsonObject = {
            "type": "subteam_members_changed",
            "subteam_id": group.id,
            "team_id": self._state.team.id,
            "date_previous_update": before.updated,
            "date_update": group.updated,
            "added_users": added,
            "added_users_count": len(added),
            "removed_users": removed,
            "removed_users_count": len(removed),
            "event_ts": event_ts,
        }
        self._send(app, "subteam_members_changed", event)

    def uninstalled(self, app: Installation) -> None:
        """The app is gone from the workspace: app_uninstalled, which needs no scope."""
        self._send(app, "app_uninstalled", {"type": "app_uninstalled"})

    def tokens_revoked(self, app: Installation) -> None:
        """The app's token is good no more: tokens_revoked, which needs no scope and names the bot user."""
        event = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [app.bot_user]}}
        self._send(app, "tokens_revoked", {**event, "event_ts": self._state.timestamps.new()})

    def _listening(self, conversation: Conversation) -> Installation | None:
        app = self.installation
        return app if app is not None and conversation.has(app.bot_user) else None

    def _message(self, app: Installation, conversation: Conversation, body: JsonObject) -> None:
        event = {
            **body,
            "channel": conversation.id,
            "channel_type": _CHANNEL_TYPES[conversation.kind],
            "event_ts": body["ts"],
        }
        self._send(app, _MESSAGE_EVENTS[conversation.kind], event)

    def _send(self, app: Installation, name: str, event: JsonObject) -> None:
        if not app.wants(name):
            return
        team = self._state.team.id
        authorization = {
            "enterprise_id": None,
            "team_id": team,
            "user_id": app.bot_user,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        payload: JsonObject = {
            "token": app.verification_token,
            "team_id": team,
            "api_app_id": app.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": self._state.ids.new("Ev"),
            "event_time": self._state.now(),
            "authorizations": [authorization],
            "is_ext_shared_channel": False,
            "event_context": self._state.ids.new("EC"),
        }
        self._background.start(self._deliver(app, payload))

    async def _deliver(self, app: Installation, payload: JsonObject) -> None:
        retry: tuple[int, str] | None = None
        for attempt, pause in enumerate((*self._retry_after, None), start=1):
            try:
                await self._delivery.deliver(app, "events_api", payload, retry=retry)
            except UndeliveredError as error:
                if error.final:
                    log.info("the app no longer wants the event %s: %s", payload["event_id"], error)
                    return
                retry = (attempt, error.reason)
            else:
                return
            if pause is not None:
                await asyncio.sleep(pause)
        log.warning("the app never acknowledged the event %s", payload["event_id"])


_MENTION_KEYS = {
    "user",
    "ts",
    "text",
    "team",
    "client_msg_id",
    "blocks",
    "thread_ts",
    "bot_id",
    "app_id",
    "username",
}
