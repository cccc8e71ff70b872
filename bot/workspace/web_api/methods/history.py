"""conversations.history and conversations.replies."""

from collections.abc import Sequence

from bot.workspace.company.identifiers import moment
from bot.workspace.company.state import Conversation, Message
from bot.workspace.errors import SlackError
from bot.workspace.json_values import JsonObject
from bot.workspace.web_api.call import Call
from bot.workspace.web_api.shapes import message_object

DEFAULT_PAGE = 100


def history(call: Call) -> JsonObject:
    """The messages of a conversation, newest first, without what was only said in threads."""
    conversation = call.channel()
    call.member_of(conversation)
    found = [message for message in conversation.messages if message.in_channel]
    page, metadata = _page(call, list(reversed(_between(call, found))))
    return {
        "messages": _objects(call, conversation, page),
        "has_more": bool(metadata["next_cursor"]),
        "pin_count": len(conversation.pins),
        **({"response_metadata": metadata} if metadata["next_cursor"] else {}),
    }


def replies(call: Call) -> JsonObject:
    """A thread, oldest first, beginning with its parent."""
    conversation = call.channel()
    # A reply's own ts stands for its thread.
    message = conversation.message(call.arguments.text("ts"))
    if message is None or not conversation.has(call.bot):
        raise SlackError("thread_not_found")
    parent = conversation.message(message.thread_ts or message.ts) or message
    found = [parent, *_between(call, conversation.replies(parent.ts))]
    page, metadata = _page(call, found)
    return {
        "messages": _objects(call, conversation, page),
        "has_more": bool(metadata["next_cursor"]),
        **({"response_metadata": metadata} if metadata["next_cursor"] else {}),
    }


def _between(call: Call, messages: Sequence[Message]) -> list[Message]:
    """Those after `oldest` and before `latest`, or at them where `inclusive` says so."""
    latest, oldest = call.timestamp("latest"), call.timestamp("oldest")
    inclusive = call.arguments.flag("inclusive")

    def wanted(message: Message) -> bool:
        ts = moment(message.ts)
        if inclusive and message.ts in (latest, oldest):
            return True
        after = oldest is None or ts > moment(oldest)
        return after and (latest is None or ts < moment(latest))

    return [message for message in messages if wanted(message)]


def _page(call: Call, messages: Sequence[Message]) -> tuple[Sequence[Message], JsonObject]:
    cap = call.parts.history_page
    page, metadata = call.page(messages, cap or DEFAULT_PAGE, cap=cap)
    return page, metadata


def _objects(call: Call, conversation: Conversation, messages: Sequence[Message]) -> list[JsonObject]:
    metadata = call.arguments.flag("include_all_metadata")
    return [
        message_object(call.state, conversation, message, call.parts.url, metadata=metadata)
        for message in messages
    ]
