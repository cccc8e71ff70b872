"""bookmarks.*: links at the top of a channel."""

from bot.workspace.company.feed import Change
from bot.workspace.company.state import Bookmark
from bot.workspace.errors import SlackError
from bot.workspace.json_values import JsonObject
from bot.workspace.web_api.call import Call
from bot.workspace.web_api.shapes import bookmark_object

MAX_BOOKMARKS = 100


def add(call: Call) -> JsonObject:
    conversation = call.channel("channel_id")
    if not conversation.has(call.bot):
        raise SlackError("channel_not_found")
    if call.arguments.text("type") != "link":
        raise SlackError("invalid_bookmark_type")
    link = call.arguments.text("link")
    if not link.startswith(("http://", "https://")):
        raise SlackError("invalid_link")
    if len(conversation.bookmarks) >= MAX_BOOKMARKS:
        raise SlackError("too_many_bookmarks")
    bookmark = Bookmark(
        id=call.state.ids.new("Bk"),
        title=call.arguments.text("title"),
        link=link,
        emoji=call.arguments.text("emoji"),
        created=call.state.now(),
        user=call.bot,
    )
    conversation.bookmarks.append(bookmark)
    call.parts.feed.tell(conversation, Change(type="conversation", channel=conversation.id))
    return {"bookmark": bookmark_object(bookmark, conversation.id, call.state.team.id)}


def listed(call: Call) -> JsonObject:
    conversation = call.channel("channel_id")
    team = call.state.team.id
    return {"bookmarks": [bookmark_object(one, conversation.id, team) for one in conversation.bookmarks]}
