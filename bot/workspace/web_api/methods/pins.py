"""pins.*."""

from bot.workspace.company.feed import Change
from bot.workspace.company.identifiers import is_timestamp
from bot.workspace.company.state import Conversation, Pin
from bot.workspace.errors import SlackError
from bot.workspace.json_values import JsonObject
from bot.workspace.web_api.call import Call
from bot.workspace.web_api.shapes import message_object

MAX_PINS = 100


def _item(call: Call) -> tuple[Conversation, str]:
    conversation, ts = call.channel(), call.arguments.text("timestamp")
    if not ts:
        raise SlackError("no_item_specified")
    if not is_timestamp(ts):
        raise SlackError("bad_timestamp")
    if conversation.is_archived:
        raise SlackError("restricted_action")
    return conversation, ts


def add(call: Call) -> JsonObject:
    conversation, ts = _item(call)
    call.member_of(conversation)
    message = call.message(conversation, ts)
    if message.is_system:
        raise SlackError("not_pinnable")
    if any(pin.ts == ts for pin in conversation.pins):
        raise SlackError("already_pinned")
    if len(conversation.pins) >= MAX_PINS:
        raise SlackError("too_many_pins")
    conversation.pins.append(Pin(ts=ts, user=call.bot, created=call.state.now()))
    call.parts.feed.tell(conversation, Change(type="pin", channel=conversation.id, ts=ts))
    return {}


def remove(call: Call) -> JsonObject:
    conversation, ts = _item(call)
    if all(pin.ts != ts for pin in conversation.pins):
        raise SlackError("no_pin")
    conversation.pins = [pin for pin in conversation.pins if pin.ts != ts]
    call.parts.feed.tell(conversation, Change(type="pin", channel=conversation.id, ts=ts))
    return {}


def listed(call: Call) -> JsonObject:
    """The newest pin first."""
    conversation = call.channel()
    return {"items": [_object(call, conversation, pin) for pin in reversed(conversation.pins)]}


def _object(call: Call, conversation: Conversation, pin: Pin) -> JsonObject:
    message = call.message(conversation, pin.ts)
    return {
        "type": "message",
        "created": pin.created,
        "created_by": pin.user,
        "channel": conversation.id,
        "message": message_object(call.state, conversation, message, call.parts.url),
    }
