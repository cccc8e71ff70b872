"""conversations.*: who is in a channel."""

from bot.workspace.company.state import SLACKBOT, Conversation, Guest, Kind
from bot.workspace.errors import SlackError
from bot.workspace.json_values import JsonObject
from bot.workspace.web_api.call import Call
from bot.workspace.web_api.methods.conversations import channel_argument
from bot.workspace.web_api.shapes import channel_object

MAX_INVITED = 100
"""People in one call: "Up to 100 users may be listed", says the argument `users` of
https://docs.slack.dev/reference/methods/conversations.invite, whose introduction has the 1000 of before."""


def members(call: Call) -> JsonObject:
    conversation = call.channel()
    page, metadata = call.page(conversation.members, 100)
    return {"members": list(page), "response_metadata": metadata}


def invite(call: Call) -> JsonObject:
    """All or none, unless `force` says that those who can be invited shall be.

    Those who left the workspace keep nobody else out, though the call is refused because of them: "Partially
    failed calls" of https://docs.slack.dev/reference/methods/conversations.invite.
    """
    conversation = channel_argument(call)
    if conversation.is_archived:
        raise SlackError("is_archived")
    call.member_of(conversation)
    users = [str(user) for user in call.arguments.items("users")]
    if not users:
        raise SlackError("no_user")
    if len(users) > MAX_INVITED:
        # Slack documents no code of its own for it.
        words = f"[ERROR] no more than {MAX_INVITED} items allowed [json-pointer:/users]"
        raise SlackError("invalid_arguments", messages=[words])
    codes = {user: _refusal(call, conversation, user) for user in users}
    refused = {user: code for user, code in codes.items() if code is not None}
    force = call.arguments.flag("force")
    left = {user for user in refused if (one := call.state.users.get(user)) is not None and one.deleted}
    if refused.keys() - left and not force:
        raise _invitation_error(refused)
    for user in [one for one in codes if one not in refused]:
        call.parts.channels.add(conversation, user, inviter=call.bot)
    if refused and (not force or len(refused) == len(codes)):
        raise _invitation_error(refused)
    response: JsonObject = {"channel": channel_object(call.state, conversation, call.bot)}
    return {**response, **({"errors": _errors(refused)} if refused else {})}


def _refusal(call: Call, conversation: Conversation, user: str) -> str | None:
    if user == call.bot:
        return "cant_invite_self"
    if user not in call.state.users:
        return "user_not_found"
    invited = call.state.users[user]
    if invited.deleted or user == SLACKBOT:
        return "cant_invite"
    if conversation.has(user):
        return "already_in_channel"
    full = invited.guest is Guest.SINGLE_CHANNEL and any(one.has(user) for one in call.state.channels())
    return "ura_max_channels" if full else invited.invite_refusal


def _errors(refused: dict[str, str]) -> list[JsonObject]:
    return [{"ok": False, "error": code, "user": user} for user, code in refused.items()]


def _invitation_error(refused: dict[str, str]) -> SlackError:
    first = next(iter(refused.values()), "user_not_found")
    return SlackError(first, details={"errors": _errors(refused)} if len(refused) > 1 else None)


def kick(call: Call) -> JsonObject:
    conversation = channel_argument(call)
    user = call.arguments.text("user")
    if conversation.is_general:
        raise SlackError("cant_kick_from_general")
    if user == call.bot:
        raise SlackError("cant_kick_self")
    if user not in call.state.users:
        raise SlackError("user_not_found")
    call.member_of(conversation)
    if not conversation.has(user):
        raise SlackError("not_in_channel")
    call.parts.channels.remove(conversation, user)
    return {}


def join(call: Call) -> JsonObject:
    conversation = channel_argument(call)
    if conversation.kind is not Kind.PUBLIC:
        raise SlackError("method_not_supported_for_channel_type")
    if conversation.is_archived:
        raise SlackError("is_archived")
    already = conversation.has(call.bot)
    call.parts.channels.add(conversation, call.bot)
    response: JsonObject = {"channel": channel_object(call.state, conversation, call.bot)}
    if already:
        warning = "already_in_channel"
        response |= {"warning": warning, "response_metadata": {"warnings": [warning]}}
    return response


def leave(call: Call) -> JsonObject:
    conversation = channel_argument(call)
    if conversation.is_general:
        raise SlackError("cant_leave_general")
    if conversation.is_archived:
        raise SlackError("is_archived")
    if conversation.members == [call.bot]:
        raise SlackError("last_member")
    if conversation.has(call.bot):
        call.parts.channels.remove(conversation, call.bot)
    return {}
