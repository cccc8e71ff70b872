"""conversations.*: channels and direct messages themselves; see `membership` and `history` for the rest."""

from bot.workspace.company.channels import MAX_TOPIC
from bot.workspace.company.state import Conversation, Kind
from bot.workspace.errors import SlackError
from bot.workspace.json_values import JsonObject
from bot.workspace.web_api.call import Call, require
from bot.workspace.web_api.shapes import channel_object

_TYPES = {"public_channel": Kind.PUBLIC, "private_channel": Kind.PRIVATE, "im": Kind.IM}
_TYPES_WITHOUT_ANY = {"mpim"}
"""Group direct messages, which this workspace does not have."""


def channel_argument(call: Call) -> Conversation:
    """A channel that is no IM. Raises `method_not_supported_for_channel_type`."""
    conversation = call.channel()
    if conversation.kind is Kind.IM:
        raise SlackError("method_not_supported_for_channel_type")
    return conversation


def create(call: Call) -> JsonObject:
    private = call.arguments.flag("is_private")
    call.allow(Kind.PRIVATE if private else Kind.PUBLIC)
    conversation = call.parts.channels.create(call.arguments.text("name"), call.bot, private=private)
    return {"channel": channel_object(call.state, conversation, call.bot)}


def rename(call: Call) -> JsonObject:
    conversation = channel_argument(call)
    call.member_of(conversation)
    if conversation.is_archived:
        raise SlackError("is_archived")
    if conversation.creator != call.bot:
        raise SlackError("not_authorized")
    call.parts.channels.rename(conversation, call.arguments.text("name"), call.bot)
    return {"channel": channel_object(call.state, conversation, call.bot)}


def archive(call: Call) -> JsonObject:
    conversation = channel_argument(call)
    if conversation.is_general:
        raise SlackError("cant_archive_general")
    if conversation.is_archived:
        raise SlackError("already_archived")
    call.member_of(conversation)
    call.parts.channels.archive(conversation, call.bot)
    return {}


def unarchive(call: Call) -> JsonObject:
    conversation = channel_argument(call)
    if not conversation.is_archived:
        raise SlackError("not_archived")
    call.parts.channels.unarchive(conversation, call.bot)
    return {}


def info(call: Call) -> JsonObject:
    conversation = call.channel()
    found = channel_object(call.state, conversation, call.bot)
    if conversation.has(call.bot):
        found["last_read"] = conversation.last_read.get(call.bot, "0000000000.000000")
    if call.arguments.flag("include_num_members"):
        found["num_members"] = len(conversation.members)
    return {"channel": found}


def listed(call: Call) -> JsonObject:
    found = [one for one in _wanted(call) if one.visible_to(call.bot)]
    page, metadata = call.page(found, 100)
    channels = []
    for conversation in page:
        entry = channel_object(call.state, conversation, call.bot)
        if conversation.kind is Kind.IM:
            del entry["is_open"]
        else:
            entry["num_members"] = len(conversation.members)
        channels.append(entry)
    return {"channels": channels, "response_metadata": metadata}


def of_user(call: Call) -> JsonObject:
    """users.conversations: the bot's own, or what of somebody else's it can see."""
    user = call.arguments.text("user") or call.bot
    found = [one for one in _wanted(call) if one.has(user) and one.visible_to(call.bot)]
    page, metadata = call.page(found, 100)
    channels = []
    for conversation in page:
        entry = channel_object(call.state, conversation, call.bot)
        entry.pop("is_member", None)
        channels.append(entry)
    return {"channels": channels, "response_metadata": metadata}


def _wanted(call: Call) -> list[Conversation]:
    """The conversations of the asked types. Raises `invalid_types` and `missing_scope`."""
    names = [name.strip() for name in (call.arguments.text("types") or "public_channel").split(",")]
    if not set(names) <= _TYPES.keys() | _TYPES_WITHOUT_ANY:
        raise SlackError("invalid_types")
    kinds = {_TYPES[name] for name in names if name in _TYPES}
    for kind in kinds:
        require(call.method.scopes_by_kind[kind], call.app)
    live_only = call.arguments.flag("exclude_archived")
    return [
        one
        for one in call.state.conversations.values()
        if one.kind in kinds and not (live_only and one.is_archived)
    ]


def opened(call: Call) -> JsonObject:
    """conversations.open: direct messages with one person."""
    call.allow(Kind.IM)
    users = call.arguments.items("users")
    channel = call.arguments.optional("channel")
    if channel is not None:
        conversation = call.visible(channel)
        if conversation.kind is not Kind.IM:
            raise SlackError("method_not_supported_for_channel_type")
        other = conversation.partner(call.bot)
    elif not users:
        raise SlackError("users_list_not_supplied")
    elif any(user not in call.state.users for user in users):
        raise SlackError("user_not_found")
    elif any(call.state.users[user].deleted for user in users):
        raise SlackError("user_disabled")
    elif len(users) > 1:
        # Group direct messages are none of the kinds that this workspace has.
        raise SlackError("method_not_supported_for_channel_type")
    else:
        other = str(users[0])
    return _open(call, other)


def _open(call: Call, other: str) -> JsonObject:
    if call.arguments.flag("prevent_creation") and call.state.im_of(call.bot, other) is None:
        raise SlackError("channel_not_found")
    conversation, already = call.parts.channels.open_im(call.bot, other)
    found: JsonObject = {"id": conversation.id}
    if call.arguments.flag("return_im"):
        found = channel_object(call.state, conversation, call.bot)
    return {"channel": found, **({"no_op": True, "already_open": True} if already else {})}


def set_topic(call: Call) -> JsonObject:
    conversation, value = _note(call, "topic")
    call.parts.channels.set_topic(conversation, value, call.bot)
    return {"channel": channel_object(call.state, conversation, call.bot)}


def set_purpose(call: Call) -> JsonObject:
    conversation, value = _note(call, "purpose")
    call.parts.channels.set_purpose(conversation, value, call.bot)
    return {"channel": channel_object(call.state, conversation, call.bot)}


def _note(call: Call, name: str) -> tuple[Conversation, str]:
    """A channel and its new topic or purpose, which is kept as it came: escaping is the caller's."""
    conversation, value = channel_argument(call), call.arguments.text(name)
    if len(value) > MAX_TOPIC:
        raise SlackError("too_long")
    if conversation.is_archived:
        raise SlackError("is_archived")
    call.member_of(conversation)
    return conversation, value
