"""The Web API's methods, one module a family."""

from collections.abc import Callable, Mapping

from bot.workspace.call import Call
from bot.workspace.json_values import JsonObject
from bot.workspace.methods import (
    bookmarks,
    chat,
    conversations,
    files,
    history,
    identity,
    membership,
    people,
    pins,
    reactions,
)

HANDLERS: Mapping[str, Callable[[Call], JsonObject]] = {
    "api.test": identity.api_test,
    "apps.connections.open": identity.open_connection,
    "auth.test": identity.auth_test,
    "bookmarks.add": bookmarks.add,
    "bookmarks.list": bookmarks.listed,
    "bots.info": people.bot_info,
    "chat.delete": chat.delete,
    "chat.getPermalink": chat.permalink,
    "chat.postEphemeral": chat.post_ephemeral,
    "chat.postMessage": chat.post_message,
    "chat.update": chat.update,
    "conversations.archive": conversations.archive,
    "conversations.create": conversations.create,
    "conversations.history": history.history,
    "conversations.info": conversations.info,
    "conversations.invite": membership.invite,
    "conversations.join": membership.join,
    "conversations.kick": membership.kick,
    "conversations.leave": membership.leave,
    "conversations.list": conversations.listed,
    "conversations.members": membership.members,
    "conversations.open": conversations.opened,
    "conversations.rename": conversations.rename,
    "conversations.replies": history.replies,
    "conversations.setPurpose": conversations.set_purpose,
    "conversations.setTopic": conversations.set_topic,
    "conversations.unarchive": conversations.unarchive,
    "files.completeUploadExternal": files.complete_upload,
    "files.getUploadURLExternal": files.upload_url,
    "files.info": files.info,
    "pins.add": pins.add,
    "pins.list": pins.listed,
    "pins.remove": pins.remove,
    "reactions.add": reactions.add,
    "team.info": identity.team_info,
    "usergroups.list": people.groups,
    "usergroups.users.list": people.group_users,
    "users.conversations": conversations.of_user,
    "users.info": people.info,
    "users.list": people.listed,
}
"""What answers each method of the table; each gives the response without `ok`, or raises SlackError."""
