"""What teams and rotas need from outside, as Protocols."""

from typing import Protocol

from bot.rides.ports import Person


class Directory(Protocol):
    """The people of the chat. Methods raise ChatRefusedError with the chat's code when it says no."""

    async def person(self, workspace: str, person: str) -> Person: ...

    async def group_members(self, workspace: str, group: str) -> tuple[str, ...]:
        """The people of a user group, by the group's id."""
        ...
