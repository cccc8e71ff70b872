"""Who may do what for others: the chat's own admins, those whom a setting names, and facilitators."""

from collections.abc import Collection
from typing import Protocol

from bot.rides.errors import ChatRefusedError
from bot.rides.ports import Chat


class Facilitators(Protocol):
    """Who was made a facilitator. See storage.facilitators."""

    async def has(self, workspace: str, person: str) -> bool:
        """Whether somebody is a facilitator."""
        ...


class ChatRights:
    """Rights from the chat's own admins, the setting and the stored facilitators.

    Asked at every turn: the chat remembers people, and says how old its answers are
    (bot.slack.transport.people).
    """

    def __init__(self, chat: Chat, admins: Collection[str], facilitators: Facilitators) -> None:
        self._chat = chat
        self._admins = frozenset(admins)
        self._facilitators = facilitators

    async def is_admin(self, workspace: str, person: str) -> bool:
        """Whether they administer this installation; no, where the chat can't say who they are."""
        # An id alone is for an installation with one workspace.
        if person in self._admins or f"{workspace}:{person}" in self._admins:
            return True
        try:
            return (await self._chat.person(workspace, person)).is_admin
        except ChatRefusedError:
            return False

    async def may_facilitate(self, workspace: str, person: str) -> bool:
        """Whether they may start for others, plan drills and game days, and stop anybody's ride."""
        return await self._facilitators.has(workspace, person) or await self.is_admin(workspace, person)
