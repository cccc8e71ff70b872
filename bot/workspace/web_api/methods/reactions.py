"""reactions.*."""

import re

from bot.workspace.company.feed import Change
from bot.workspace.company.identifiers import is_timestamp
from bot.workspace.errors import SlackError
from bot.workspace.json_values import JsonObject
from bot.workspace.web_api.call import Call

MAX_KINDS = 50
"""Different emoji on one message."""


def add(call: Call) -> JsonObject:
    conversation, ts = call.channel(), call.arguments.text("timestamp")
    name = call.arguments.text("name")
    if not is_timestamp(ts):
        raise SlackError("bad_timestamp")
    if not re.fullmatch(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?", name):
        raise SlackError("invalid_name")
    if conversation.is_archived:
        raise SlackError("is_archived")
    message = call.message(conversation, ts)
    who = message.reactions.get(name, [])
    if call.bot in who:
        raise SlackError("already_reacted")
    if not who and len(message.reactions) >= MAX_KINDS:
        raise SlackError("too_many_emoji")
    message.reactions[name] = [*who, call.bot]
    call.parts.feed.tell(conversation, Change(type="reaction", channel=conversation.id, ts=ts))
    return {}
