"""What teams and rotas need from outside, as Protocols."""

from datetime import datetime
from typing import Protocol

from bot.rides.ports import Person
from storage.team_records import Rota, Swap, Team


class Clock(Protocol):
    def now(self) -> datetime:
        """The time, aware, UTC."""
        ...


class Directory(Protocol):
    """The people of the chat. Methods raise ChatRefusedError with the chat's code when it says no."""

    async def person(self, workspace: str, person: str) -> Person: ...

    async def group_members(self, workspace: str, group: str) -> tuple[str, ...]:
        """The people of a user group, by the group's id."""
        ...


class TeamStore(Protocol):
    """Teams and rotas: see storage.teams.TeamStore."""

    async def add(self, team: Team) -> None: ...

    async def get(self, team_id: str) -> Team | None: ...

    async def by_name(self, workspace: str, name: str) -> Team | None: ...

    async def all(self, workspace: str) -> list[Team]: ...

    async def join(self, team_id: str, person: str) -> bool: ...

    async def leave(self, team_id: str, person: str) -> bool: ...

    async def delete(self, team_id: str, at: datetime) -> None: ...

    async def rotas(self, team_id: str) -> list[Rota]: ...

    async def set_rota(self, rota: Rota, now: datetime) -> None: ...

    async def remove_rotas(self, team_id: str) -> bool: ...

    async def add_swap(self, swap: Swap) -> None: ...
