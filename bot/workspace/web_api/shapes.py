"""The objects of Slack's responses and events, from what the workspace holds."""

from urllib.parse import quote

from bot.workspace.company.installation import Installation
from bot.workspace.company.state import (
    Bookmark,
    Conversation,
    File,
    Guest,
    Kind,
    Message,
    Note,
    State,
    User,
    UserGroup,
)
from bot.workspace.company.time_zones import time_zone
from bot.workspace.json_values import JsonObject
from bot.workspace.people.views import View

PREVIEW_CHARACTERS = 1_000
THREAD_KEYS = (
    "thread_ts", "reply_count", "reply_users", "reply_users_count", "latest_reply", "is_locked", "subscribed",
)  # fmt: skip
"""What a message has when it begins a thread."""


def note_object(note: Note) -> JsonObject:
    return {"value": note.value, "creator": note.creator, "last_set": note.last_set}


def channel_object(state: State, conversation: Conversation, viewer: str) -> JsonObject:
    """A channel or IM, as a member or another sees it."""
    common: JsonObject = {
        "id": conversation.id,
        "created": conversation.created,
        "is_archived": conversation.is_archived,
        "is_im": conversation.kind is Kind.IM,
        "is_org_shared": False,
        "context_team_id": state.team.id,
        "updated": conversation.created * 1000,
    }
    if conversation.kind is Kind.IM:
        return {**common, "user": conversation.partner(viewer), "is_open": viewer in conversation.opened_by}
    return {
        **common,
        "name": conversation.name,
        "name_normalized": conversation.name,
        # Since 2021 new private channels are channels too; is_private tells them apart.
        "is_channel": True,
        "is_group": False,
        "is_mpim": False,
        "is_private": conversation.kind is Kind.PRIVATE,
        "is_general": conversation.is_general,
        "is_shared": False,
        "is_ext_shared": False,
        "is_pending_ext_shared": False,
        "is_member": conversation.has(viewer),
        "creator": conversation.creator,
        "unlinked": 0,
        "pending_shared": [],
        "pending_connected_team_ids": [],
        "shared_team_ids": [state.team.id],
        "previous_names": list(conversation.previous_names),
        "topic": note_object(conversation.topic),
        "purpose": note_object(conversation.purpose),
    }


def file_object(state: State, file: File, url: str) -> JsonObject:
    """A file as its message carries it; `url` is the workspace's own."""
    private = f"{url}/files-pri/{state.team.id}-{file.id}/{quote(file.name)}"
    kinds = [(where, state.conversations[where].kind) for where in file.shared_in]
    found: JsonObject = {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "filetype": file.filetype,
        "pretty_type": "Plain Text" if file.filetype == "text" else file.filetype.upper(),
        "user": file.user,
        "editable": is_text(file),
        "size": file.length,
        "mode": "snippet" if is_text(file) else "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": any(kind is Kind.PUBLIC for _, kind in kinds),
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": private,
        "url_private_download": f"{private}?download=1",
        "permalink": private,
        "channels": [where for where, kind in kinds if kind is Kind.PUBLIC],
        "groups": [where for where, kind in kinds if kind is Kind.PRIVATE],
        "ims": [where for where, kind in kinds if kind is Kind.IM],
        "comments_count": 0,
    }
    if file.alt_text:
        found["alt_txt"] = file.alt_text
    if file.is_image:
        found |= {"original_w": file.width, "original_h": file.height}
    if (preview := file_preview(file)) is not None:
        found |= {
            "preview": preview,
            "preview_is_truncated": len(preview) < len(decoded(file)),
            "lines": decoded(file).count("\n") + 1,
        }
    return found


def is_text(file: File) -> bool:
    return file.mimetype.startswith("text/") or file.mimetype == "application/json"


def decoded(file: File) -> str:
    return (file.content or b"").decode("utf-8", "replace")


def file_preview(file: File) -> str | None:
    """The first characters of a text file; None for others."""
    return decoded(file)[:PREVIEW_CHARACTERS] if is_text(file) else None


def message_object(
    state: State, conversation: Conversation, message: Message, url: str, *, metadata: bool = False
) -> JsonObject:
    """A message as history gives it; with its metadata only where it was asked for."""
    found: JsonObject = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
        "team": state.team.id,
    }
    for key in (
        "subtype", "username", "bot_id", "app_id", "client_msg_id", "blocks", "thread_ts", "edited",
        "inviter", "topic", "purpose", "old_name", "name",
    ):  # fmt: skip
        if (value := getattr(message, key)) is not None:
            found[key] = value
    if message.bot_id is not None:
        found["bot_profile"] = _bot_profile(state, message)
    if message.icon_emoji is not None:
        found["icons"] = {"emoji": message.icon_emoji}
    if message.files:
        found["files"] = [file_object(state, file, url) for file in message.files]
        found["upload"] = True
    if message.reactions:
        found["reactions"] = reactions(message)
    if metadata and message.metadata is not None:
        found["metadata"] = message.metadata
    if message.is_reply:
        parent = conversation.message(message.thread_ts or "")
        if parent is not None:
            found["parent_user_id"] = parent.user
    elif replies := conversation.replies(message.ts):
        found |= _thread(message, replies)
    return found


def _thread(message: Message, replies: list[Message]) -> JsonObject:
    users = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users": users,
        "reply_users_count": len(users),
        "latest_reply": replies[-1].ts,
        "is_locked": False,
        "subscribed": False,
    }


def reactions(message: Message) -> list[JsonObject]:
    return [
        {"name": name, "users": list(users), "count": len(users)} for name, users in message.reactions.items()
    ]


def _bot_profile(state: State, message: Message) -> JsonObject:
    user = state.users[message.user]
    return {
        "id": message.bot_id,
        "app_id": message.app_id,
        "name": user.real_name,
        "team_id": state.team.id,
        "deleted": False,
        "updated": 0,
        "icons": {},
    }


def user_object(state: State, user: User) -> JsonObject:
    """A person or app, as users.info gives them."""
    first, _, last = user.real_name.partition(" ")
    profile: JsonObject = {
        "title": user.title,
        "phone": "",
        "skype": "",
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": "" if user.is_app else user.name,
        "display_name_normalized": "" if user.is_app else user.name,
        "first_name": first,
        "last_name": last,
        "status_text": "",
        "status_emoji": "",
        "status_expiration": 0,
        "team": state.team.id,
    }
    if user.is_app:
        profile |= {"bot_id": user.bot_id, "api_app_id": user.app_id, "always_active": True}
    common: JsonObject = {
        "id": user.id,
        "team_id": state.team.id,
        "name": user.name,
        "deleted": user.deleted,
        "profile": profile,
        "is_bot": user.is_app,
        "is_app_user": False,
        "updated": user.updated,
    }
    if user.deleted:
        # Slack says no more of them: https://docs.slack.dev/reference/objects/user-object.
        return common
    return {
        **common,
        **time_zone(user.zone, state.clock()),
        "real_name": user.real_name,
        "color": user.color,
        "is_admin": user.is_admin,
        "is_owner": user.is_admin,
        "is_primary_owner": user.is_admin,
        "is_restricted": user.guest is not None,
        "is_ultra_restricted": user.guest is Guest.SINGLE_CHANNEL,
    }


def group_object(state: State, group: UserGroup, *, users: bool, count: bool) -> JsonObject:
    found: JsonObject = {
        "id": group.id,
        "team_id": state.team.id,
        "is_usergroup": True,
        "is_external": False,
        "name": group.name,
        "handle": group.handle,
        "description": "",
        "date_create": group.created,
        "date_update": group.updated,
        "date_delete": 0,
        "prefs": {"channels": [], "groups": []},
    }
    if users:
        found["users"] = list(group.users)
    if count:
        found["user_count"] = len(group.users)
    return found


def bookmark_object(bookmark: Bookmark, channel: str, team: str) -> JsonObject:
    return {
        "id": bookmark.id,
        "channel_id": channel,
        "title": bookmark.title,
        "link": bookmark.link,
        "emoji": bookmark.emoji,
        "type": "link",
        "date_created": bookmark.created,
        "date_updated": bookmark.created,
        "rank": "U",
        "last_updated_by_user_id": bookmark.user,
        "last_updated_by_team_id": team,
    }


def view_object(state: State, app: Installation, view: View) -> JsonObject:
    """A view as the Web API and payloads give it: https://docs.slack.dev/reference/views."""
    content = view.content
    found: JsonObject = {
        "id": view.id,
        "team_id": state.team.id,
        "type": content["type"],
        "blocks": view.blocks,
        "private_metadata": content.get("private_metadata", ""),
        "callback_id": content.get("callback_id", ""),
        "external_id": view.external_id,
        "state": {"values": view.values},
        "hash": view.hash,
        "title": content.get("title"),
        "submit": content.get("submit"),
        "close": content.get("close"),
        "clear_on_close": content.get("clear_on_close", False),
        "notify_on_close": content.get("notify_on_close", False),
        "submit_disabled": content.get("submit_disabled", False),
        "previous_view_id": view.previous,
        "root_view_id": view.root,
        "app_id": app.app_id,
        "app_installed_team_id": state.team.id,
        "bot_id": app.bot_id,
    }
    return found
