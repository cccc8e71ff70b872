"""People who leave: what becomes of their account, channels and views."""

from dataclasses import replace

from bot.workspace.feed import Change
from bot.workspace.parts import Parts
from bot.workspace.state import Kind, User


def deactivate(parts: Parts, user: User) -> None:
    """Close somebody's account, as an admin does: they are in no channel and no user group any more.

    Their messages stay, and so do their direct messages.
    """
    state = parts.state
    state.users[user.id] = replace(user, deleted=True)
    for conversation in state.conversations.values():
        if conversation.kind is not Kind.IM and conversation.has(user.id):
            parts.feed.tell(conversation, Change(type="conversation", channel=conversation.id))
            conversation.members.remove(user.id)
    for group in list(state.groups.values()):
        users = tuple(one for one in group.users if one != user.id)
        state.groups[group.id] = replace(group, users=users)
    parts.views.forget(user.id)
