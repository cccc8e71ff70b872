"""What the control API shows: a workspace as one person sees it."""

import re

from bot.workspace.company.installation import Installation
from bot.workspace.company.state import SLACKBOT, Conversation, File, Kind, Message, State, User
from bot.workspace.json_values import JsonObject
from bot.workspace.web_api.shapes import file_preview, reactions

_TO_EVERYONE = re.compile(r"<!(channel|here|everyone)")


def workspace(state: State, app: Installation | None) -> JsonObject:
    commands = app.manifest.features.slash_commands if app is not None else ()
    return {
        "team": {"id": state.team.id, "name": state.team.name, "domain": state.team.domain},
        "users": [_user(user) for user in state.users.values()],
        "groups": [
            {"id": one.id, "handle": one.handle, "name": one.name, "users": list(one.users)}
            for one in state.groups.values()
        ],
        "commands": [
            {"command": one.command, "description": one.description, "usage_hint": one.usage_hint}
            for one in commands
        ],
        "app": None if app is None else {"user": app.bot_user, "home": app.has_home_tab},
    }


def _user(user: User) -> JsonObject:
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "title": user.title,
        "is_bot": user.is_app or user.id == SLACKBOT,
        "color": user.color,
        "deleted": user.deleted,
        "is_admin": user.is_admin,
        "tz": user.zone,
    }


def conversation(state: State, one: Conversation, user: str) -> JsonObject:
    """A conversation as a person's sidebar has it."""
    unread = [message for message in one.messages if _is_unread(one, message, user)]
    mentioned = [message for message in unread if _mentions(message, user)]
    partner = one.partner(user)
    found: JsonObject = {
        "id": one.id,
        "name": state.users[partner].name if one.kind is Kind.IM else one.name,
        "kind": one.kind.value,
        "topic": one.topic.value,
        "purpose": one.purpose.value,
        "is_archived": one.is_archived,
        "is_member": one.has(user),
        "unread": len(unread),
        "mention_count": len(mentioned),
        "created": one.created,
    }
    return {**found, "user": partner} if one.kind is Kind.IM else found


def _is_unread(one: Conversation, message: Message, user: str) -> bool:
    return (
        one.has(user)
        and message.in_channel
        and message.user != user
        and not message.is_system
        and message.ts > one.last_read.get(user, "")
    )


def _mentions(message: Message, user: str) -> bool:
    by_name = f"<@{user}>" in message.text or f"<@{user}|" in message.text
    return by_name or _TO_EVERYONE.search(message.text) is not None


def messages(state: State, one: Conversation, user: str, thread_ts: str | None) -> JsonObject:
    """A conversation, or one of its threads, with what only this person may see."""
    seen = [*one.messages, *(message for message in one.ephemerals if message.only_for == user)]
    if thread_ts is None:
        wanted = [message for message in seen if message.in_channel]
    else:
        wanted = [message for message in seen if thread_ts in (message.ts, message.thread_ts)]
    wanted.sort(key=lambda message: message.ts)
    return {
        "conversation": conversation(state, one, user),
        "pinned": [pin.ts for pin in one.pins],
        "messages": [_message(one, message, user) for message in wanted],
    }


def _message(one: Conversation, message: Message, user: str) -> JsonObject:
    replies = [] if message.is_reply else one.replies(message.ts)
    found: JsonObject = {
        "ts": message.ts,
        "user": message.user,
        "is_bot": message.bot_id is not None or message.user == SLACKBOT,
        "text": message.text,
        "blocks": message.blocks or [],
        "reply_count": len(replies),
        "ephemeral": message.only_for is not None,
        "edited": message.edited is not None,
        "files": [_file(file, user) for file in message.files],
        "reactions": reactions(message),
    }
    if replies:
        found |= {"thread_ts": message.ts, "latest_reply": replies[-1].ts}
    for key in ("thread_ts", "username", "icon_emoji", "subtype"):
        if (value := getattr(message, key)) is not None:
            found[key] = value
    return found


def _file(file: File, user: str) -> JsonObject:
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title,
        "filetype": file.filetype,
        "size": file.length,
        "preview": file_preview(file),
        "alt_text": file.alt_text,
        "is_image": file.is_image,
        "width": file.width,
        "height": file.height,
        "url": f"/control/users/{user}/files/{file.id}",
    }
