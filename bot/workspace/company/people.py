"""The workspace's people as its admins change them: who comes, who goes, who is what."""

import re
from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import available_timezones

from bot.workspace.company.feed import Change
from bot.workspace.company.state import SLACKBOT, Conversation, Kind, User, UserGroup
from bot.workspace.errors import ControlError
from bot.workspace.parts import Parts

NEW_COLOR = "5f6f7f"


def deactivate(parts: Parts, user: User) -> None:
    """Close somebody's account, as an admin does: they are in no channel and no user group any more.

    Their messages stay, and so do their direct messages.
    """
    state = parts.state
    for conversation in state.conversations.values():
        if conversation.kind is not Kind.IM and conversation.has(user.id):
            parts.feed.tell(conversation, Change(type="conversation", channel=conversation.id))
            conversation.members.remove(user.id)
    change(parts, replace(user, deleted=True))
    for group in list(state.groups.values()):
        if user.id in group.users:
            set_members(parts, group, [one for one in group.users if one != user.id])
    parts.views.forget(user.id)


def reactivate(parts: Parts, user: User) -> None:
    """Open somebody's account again. They are in the channel for all, and in no other."""
    change(parts, replace(user, deleted=False))
    parts.channels.add(_general(parts), user.id)


def join(parts: Parts, user: User) -> None:
    """Somebody new, who is in the channel for all unless they are a guest. Raises ControlError."""
    _check(parts, user)
    parts.state.users[user.id] = replace(user, updated=parts.state.now())
    parts.events.team_joined(parts.state.users[user.id])
    if user.guest is None:
        parts.channels.add(_general(parts), user.id)


def change(parts: Parts, user: User) -> None:
    """Put somebody's new data in the place of the old; the app hears of it. Raises ControlError.

    `name_taken`, `invalid_name`, `invalid_timezone`.
    """
    if user == parts.state.users[user.id]:
        return
    _check(parts, user)
    parts.state.users[user.id] = replace(user, updated=parts.state.now())
    parts.events.user_changed(parts.state.users[user.id])


def set_members(parts: Parts, group: UserGroup, users: Sequence[str]) -> None:
    """Give a user group other members, by id; the app hears of it."""
    now = replace(group, users=tuple(dict.fromkeys(users)), changed=parts.state.now())
    if now.users != group.users:
        parts.state.groups[group.id] = now
        parts.events.group_changed(group, now)


def _check(parts: Parts, user: User) -> None:
    if user.is_app or user.id == SLACKBOT:
        return
    if not re.fullmatch(r"[a-z0-9_.-]{1,80}", user.name):
        raise ControlError(
            "invalid_name", "A handle can have lower-case letters, digits, dots, dashes and _."
        )
    other = parts.state.user_named(user.name)
    if other is not None and other.id != user.id:
        raise ControlError("name_taken", f"{user.name} is already somebody else's handle.")
    if user.zone not in available_timezones():
        raise ControlError("invalid_timezone", f"{user.zone} is not an IANA time zone.")


def _general(parts: Parts) -> Conversation:
    return next(one for one in parts.state.channels() if one.is_general)
