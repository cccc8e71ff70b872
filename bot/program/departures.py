"""When a workspace removes Ride: nothing goes on there, and nothing more is said."""

import logging
from collections.abc import Callable, Collection
from typing import Protocol

from bot.slack.transport.background import Background

log = logging.getLogger(__name__)


class Leaves(Protocol):
    """What has something under way in workspaces: rides, drills, game days."""

    async def abandon(self, gone: Callable[[str], bool]) -> None:
        """Nothing goes on in workspaces that are gone."""
        ...


class Departures:
    """Winds up what is under way in a workspace. What is over stays: results, teams, who is on call.

    A workspace that comes back finds them again.
    """

    def __init__(self, *, drills: Leaves, days: Leaves, rides: Leaves, background: Background) -> None:
        """Rides come last: drills and game days start them."""
        self._parts = (drills, days, rides)
        self._background = background

    def begin(self, workspace: str) -> None:
        """A workspace is gone: wind up, without anybody waiting for it."""
        self._background.start(self.leave(workspace), name=f"leaving {workspace}")

    async def leave(self, workspace: str) -> None:
        """Wind up in a workspace."""
        await self._abandon(lambda one: one == workspace)
        log.info("nothing goes on in workspace %s any more", workspace)

    async def leave_all_but(self, installed: Collection[str]) -> None:
        """Wind up where Ride is not installed any more: it may have happened while nobody was there.

        Where it is installed nowhere yet, nothing has been left: a workspace that was reached over Socket
        Mode keeps its plans until it installs Ride.
        """
        if not installed:
            return
        await self._abandon(lambda one: one not in installed)

    async def _abandon(self, gone: Callable[[str], bool]) -> None:
        for part in self._parts:
            await part.abandon(gone)
