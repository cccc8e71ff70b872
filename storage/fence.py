"""A fence around what only the leader may do, seen from what it does."""

from typing import Protocol


class Fence(Protocol):
    """Stands while this program leads. What writes to the database, or says something, passes it first."""

    async def hold(self) -> None:
        """Return while this program surely leads, and wait while that is in doubt.

        Raises asyncio.CancelledError once it leads no more: another program goes on with the work, and what
        this one had begun is not to be undone, told or reported as failed, only left.
        """
        ...

    def give_up(self, why: str) -> None:
        """Lead no more: what the database says may no longer be what this program believes."""
        ...
