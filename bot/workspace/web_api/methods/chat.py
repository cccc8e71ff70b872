"""chat.*: messages of the bot."""

import json

from bot.workspace.block_kit.blocks import validated
from bot.workspace.company.identifiers import is_timestamp
from bot.workspace.company.state import Conversation, Kind, Message
from bot.workspace.errors import SlackError
from bot.workspace.json_values import JsonObject
from bot.workspace.web_api.call import Call
from bot.workspace.web_api.shapes import THREAD_KEYS, message_object

MAX_TEXT = 40_000
"""What is longer is cut: https://docs.slack.dev/changelog/2018-truncating-really-long-messages."""
MAX_UPDATE = 4_000
"""Of chat.update's text: https://docs.slack.dev/reference/methods/chat.update, `msg_too_long`."""
_NOT_IN_UPDATE = {"ts", "parent_user_id", *THREAD_KEYS}
MAX_METADATA_BYTES = 16_000
TRUNCATED = (
    "[WARN] Your message was truncated but still posted. The `text` field accepts up to 40,000 characters."
)


def post_message(call: Call) -> JsonObject:
    conversation = _addressed(call)
    _may_post(call, conversation)
    text, blocks = _content(call, length_limited=True)
    metadata = _metadata(call)
    thread_ts = _replied_to(call, conversation)
    call.parts.rate_limits.post(conversation.id)
    broadcast = thread_ts is not None and call.arguments.flag("reply_broadcast")
    message = Message(
        ts=call.state.timestamps.new(),
        user=call.bot,
        bot_id=call.app.bot_id,
        app_id=call.app.app_id,
        text=text[:MAX_TEXT],
        blocks=blocks,
        metadata=metadata,
        thread_ts=thread_ts,
        subtype="thread_broadcast" if broadcast else None,
        username=_customized(call, "username"),
        icon_emoji=_customized(call, "icon_emoji"),
    )
    call.parts.messages.post(conversation, message)
    response: JsonObject = {
        "channel": conversation.id,
        "ts": message.ts,
        "message": message_object(call.state, conversation, message, call.parts.url, metadata=True),
    }
    if len(text) > MAX_TEXT:
        response["response_metadata"] = {"messages": [TRUNCATED], "warnings": ["message_truncated"]}
    return response


def _addressed(call: Call) -> Conversation:
    """chat.postMessage takes names and people too: `#general`, or a user's id for their direct messages."""
    given = call.arguments.text("channel")
    if given in call.state.users:
        if call.state.users[given].deleted:
            raise SlackError("channel_not_found")
        return call.parts.channels.open_im(call.bot, given)[0]
    named = call.state.channel_named(given.removeprefix("#"))
    return call.visible(named.id if named is not None else given)


def _may_post(call: Call, conversation: Conversation) -> None:
    if conversation.is_archived:
        raise SlackError("is_archived")
    _has_messages_tab(call, conversation)
    uninvited = conversation.kind is Kind.PUBLIC and "chat:write.public" in call.app.scopes
    if not uninvited:
        call.member_of(conversation)


def _has_messages_tab(call: Call, conversation: Conversation) -> None:
    if conversation.kind is Kind.IM and not call.app.has_messages_tab:
        raise SlackError("messages_tab_disabled")


def _content(call: Call, *, length_limited: bool = False) -> tuple[str, list[JsonObject] | None]:
    """The text and checked blocks. Raises `no_text`, or what is wrong with the blocks."""
    text, given = call.arguments.text("text"), call.arguments.json("blocks")
    blocks = validated(given, length_limited=length_limited) if given not in (None, "", []) else None
    if not text.strip() and not blocks:
        raise SlackError("no_text")
    return text, blocks


def _metadata(call: Call) -> JsonObject | None:
    """Raises `invalid_metadata_format` and `metadata_too_large`."""
    given = call.arguments.json("metadata")
    if given is None or given == "":
        return None
    if (
        not isinstance(given, dict)
        or not isinstance(given.get("event_type"), str)
        or not isinstance(given.get("event_payload"), dict)
    ):
        raise SlackError("invalid_metadata_format")
    if len(json.dumps(given)) > MAX_METADATA_BYTES:
        raise SlackError("metadata_too_large")
    return {"event_type": given["event_type"], "event_payload": given["event_payload"]}


def thread_of(call: Call, conversation: Conversation) -> str | None:
    """The parent's ts. A ts that is none, or of no message, makes Slack post to the channel instead."""
    given = call.arguments.optional("thread_ts")
    if given is None or not is_timestamp(given):
        return None
    parent = conversation.message(given)
    if parent is None:
        return None
    return parent.thread_ts if parent.is_reply else parent.ts


def _replied_to(call: Call, conversation: Conversation) -> str | None:
    """The parent's ts. Raises `cannot_reply_to_message` for a line such as "has joined the channel"."""
    ts = thread_of(call, conversation)
    parent = conversation.message(ts or "")
    if parent is not None and parent.is_system:
        raise SlackError("cannot_reply_to_message")
    return ts


def _customized(call: Call, name: str) -> str | None:
    """Another name or icon, which needs a scope of its own and is ignored without it."""
    return call.arguments.optional(name) if "chat:write.customize" in call.app.scopes else None


def post_ephemeral(call: Call) -> JsonObject:
    conversation = call.channel()
    if conversation.is_archived:
        raise SlackError("is_archived")
    _has_messages_tab(call, conversation)
    call.member_of(conversation)
    user = call.arguments.text("user")
    if not conversation.has(user):
        raise SlackError("user_not_in_channel")
    text, blocks = _content(call)
    if len(text) > MAX_TEXT:
        raise SlackError("msg_too_long")
    message = Message(
        ts=call.state.timestamps.new(),
        user=call.bot,
        bot_id=call.app.bot_id,
        app_id=call.app.app_id,
        text=text,
        blocks=blocks,
        thread_ts=_replied_to(call, conversation),
        only_for=user,
    )
    call.parts.messages.whisper(conversation, message)
    return {"message_ts": message.ts}


def update(call: Call) -> JsonObject:
    conversation = call.channel()
    message = call.message(conversation, call.arguments.text("ts"))
    if message.user != call.bot or message.subtype not in (None, "thread_broadcast"):
        raise SlackError("cant_update_message")
    if conversation.is_archived:
        raise SlackError("is_inactive")
    text, given = call.arguments.text("text"), call.arguments.json("blocks")
    if len(text) > MAX_UPDATE:
        raise SlackError("msg_too_long")
    if given is None and text:
        # Without the argument the old blocks stay, and people go on seeing those:
        # https://github.com/slackapi/python-slack-sdk/issues/523. An empty array takes them away.
        blocks = message.blocks
    else:
        text, blocks = _content(call)
    call.parts.messages.change(
        conversation, message, text=text, blocks=blocks, by=call.bot, metadata=_metadata(call)
    )
    shown = message_object(call.state, conversation, message, call.parts.url)
    return {
        "channel": conversation.id,
        "ts": message.ts,
        "text": text,
        # Slack shows it without its thread here.
        "message": {key: value for key, value in shown.items() if key not in _NOT_IN_UPDATE},
    }


def delete(call: Call) -> JsonObject:
    conversation = call.channel()
    message = call.message(conversation, call.arguments.text("ts"))
    if message.user != call.bot or message.subtype is not None or conversation.is_archived:
        raise SlackError("cant_delete_message")
    call.parts.messages.delete(conversation, message)
    return {"channel": conversation.id, "ts": message.ts}


def permalink(call: Call) -> JsonObject:
    conversation = call.channel()
    message = call.message(conversation, call.arguments.text("message_ts"))
    address = f"{call.parts.url}/archives/{conversation.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        address += f"?thread_ts={message.thread_ts}&cid={conversation.id}"
    return {"channel": conversation.id, "permalink": address}
