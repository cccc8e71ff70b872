"""The chat's people and user groups, remembered for a while: for views that name many and are made often."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from bot.rides.ports import Clock, Person

FRESH = timedelta(minutes=5)
"""How long an answer holds. Slack takes about 100 users.info a minute, from all of Ride together."""

T = TypeVar("T")


class Directory(Protocol):
    """The chat. Raises ChatRefusedError with its code when it says no, and that is never remembered."""

    async def person(self, workspace: str, person: str) -> Person: ...

    async def group_members(self, workspace: str, group: str) -> tuple[str, ...]: ...


class RememberedDirectory:
    """A directory in front of the chat. Who acts on what it says should ask the chat itself."""

    def __init__(self, chat: Directory, clock: Clock) -> None:
        self._chat = chat
        self._clock = clock
        self._people: dict[tuple[str, str], tuple[datetime, Person]] = {}
        self._groups: dict[tuple[str, str], tuple[datetime, tuple[str, ...]]] = {}

    async def person(self, workspace: str, person: str) -> Person:
        """Somebody by id, as they were a few minutes ago at most."""
        known = self._fresh(self._people, (workspace, person))
        if known is None:
            known = await self._chat.person(workspace, person)
            self._people[(workspace, person)] = (self._clock.now(), known)
        return known

    async def group_members(self, workspace: str, group: str) -> tuple[str, ...]:
        """The people of a user group, as it was a few minutes ago at most."""
        known = self._fresh(self._groups, (workspace, group))
        if known is None:
            known = await self._chat.group_members(workspace, group)
            self._groups[(workspace, group)] = (self._clock.now(), known)
        return known

    def _fresh(self, answers: Mapping[tuple[str, str], tuple[datetime, T]], key: tuple[str, str]) -> T | None:
        if key not in answers:
            return None
        at, answer = answers[key]
        return answer if at <= self._clock.now() < at + FRESH else None
