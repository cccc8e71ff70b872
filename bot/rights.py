"""Who may do what for others: the chat's own admins, those whom a setting names, and facilitators."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Protocol

from bot.rides.errors import ChatRefusedError
from bot.rides.ports import Chat, Clock

REMEMBERED = timedelta(minutes=1)
"""How long the chat's answer holds: what a person may do is asked at every turn, and rarely changes."""


class Facilitators(Protocol):
    """Who was made a facilitator. See storage.facilitators."""

    async def has(self, workspace: str, person: str) -> bool:
        """Whether somebody is a facilitator."""
        ...


class ChatRights:
    """Rights from the chat's own admins, the setting and the stored facilitators."""

    def __init__(self, chat: Chat, admins: Collection[str], facilitators: Facilitators, clock: Clock) -> None:
        self._chat = chat
        self._admins = frozenset(admins)
        self._facilitators = facilitators
        self._clock = clock
        self._known: dict[tuple[str, str], tuple[datetime, bool]] = {}

    async def is_admin(self, workspace: str, person: str) -> bool:
        """Whether they administer this installation; no, where the chat can't say who they are."""
        # An id alone is for an installation with one workspace.
        if person in self._admins or f"{workspace}:{person}" in self._admins:
            return True
        now = self._clock.now()
        asked_at, known = self._known.get((workspace, person), (None, False))
        if asked_at is not None and asked_at <= now < asked_at + REMEMBERED:
            return known
        try:
            known = (await self._chat.person(workspace, person)).is_admin
        except ChatRefusedError as refusal:
            if not refusal.is_nobody:
                # It could not be asked now: that says nothing about the next time.
                return False
            known = False
        self._known[(workspace, person)] = (now, known)
        return known

    async def may_facilitate(self, workspace: str, person: str) -> bool:
        """Whether they may start for others, plan drills and game days, and stop anybody's ride."""
        return await self._facilitators.has(workspace, person) or await self.is_admin(workspace, person)
