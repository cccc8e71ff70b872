"""Making people facilitators, and no more: what admins do."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.rides.errors import AdminsOnlyError, CannotRideError, ChatRefusedError
from bot.rides.ports import Chat, Clock, Rights
from storage.facilitators import Facilitator, FacilitatorStore


@dataclass(frozen=True, kw_only=True, slots=True)
class Changed:
    """Who is a facilitator now who was not, or the other way round."""

    done: tuple[str, ...]
    already: tuple[str, ...]
    """Those for whom nothing changed."""
    left_out: tuple[str, ...] = ()
    """Bots, and people who left the workspace."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Roll:
    """Who may do things for others in a workspace."""

    facilitators: tuple[str, ...]
    may_change: bool
    """Whether the one who asks may add and remove."""


class Facilitators:
    """A workspace's facilitators."""

    def __init__(self, store: FacilitatorStore, chat: Chat, rights: Rights, clock: Clock) -> None:
        self._store = store
        self._chat = chat
        self._rights = rights
        self._clock = clock

    async def add(self, workspace: str, by: str, people: Sequence[str]) -> Changed:
        """Make people facilitators. Raises AdminsOnlyError, and CannotRideError if all of them are bots."""
        await self._admins_only(workspace, by, "choose facilitators")
        able = [person for person in people if await self._is_somebody(workspace, person)]
        if not able:
            raise CannotRideError(tuple(people))
        now = self._clock.now()
        added = [
            await self._store.add(Facilitator(workspace=workspace, person=person, added_by=by, added_at=now))
            for person in able
        ]
        return Changed(
            done=tuple(person for person, new in zip(able, added, strict=True) if new),
            already=tuple(person for person, new in zip(able, added, strict=True) if not new),
            left_out=tuple(person for person in people if person not in able),
        )

    async def remove(self, workspace: str, by: str, people: Sequence[str]) -> Changed:
        """They are facilitators no more. Raises AdminsOnlyError."""
        await self._admins_only(workspace, by, "choose facilitators")
        removed = [await self._store.remove(workspace, person) for person in people]
        return Changed(
            done=tuple(person for person, was in zip(people, removed, strict=True) if was),
            already=tuple(person for person, was in zip(people, removed, strict=True) if not was),
        )

    async def roll(self, workspace: str, person: str) -> Roll:
        """Who they are; anybody may ask, so as to know whom to ask for help."""
        facilitators = await self._store.all(workspace)
        return Roll(
            facilitators=tuple(one.person for one in facilitators),
            may_change=await self._rights.is_admin(workspace, person),
        )

    async def _admins_only(self, workspace: str, person: str, what: str) -> None:
        if not await self._rights.is_admin(workspace, person):
            raise AdminsOnlyError(what)

    async def _is_somebody(self, workspace: str, person: str) -> bool:
        try:
            return (await self._chat.person(workspace, person)).can_ride
        except ChatRefusedError as refusal:
            if not refusal.is_nobody:
                raise
            return False
