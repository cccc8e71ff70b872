"""Who may do what for others: the chat's own admins, those whom a setting names, and facilitators."""

from collections.abc import Collection

from bot.rides.errors import ChatRefusedError
from bot.rides.ports import Chat


class ChatRights:
    """Rights from the chat's own admins and the setting."""

    def __init__(self, chat: Chat, admins: Collection[str]) -> None:
        self._chat = chat
        self._admins = frozenset(admins)

    async def is_admin(self, workspace: str, person: str) -> bool:
        """Whether they administer this installation; no, where the chat can't say who they are."""
        if person in self._admins:
            return True
        try:
            return (await self._chat.person(workspace, person)).is_admin
        except ChatRefusedError:
            return False

    async def may_facilitate(self, workspace: str, person: str) -> bool:
        """Whether they may start for others, plan drills and game days, and stop anybody's ride."""
        return await self.is_admin(workspace, person)
