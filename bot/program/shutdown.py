"""How things end: the program, which hands over what lives, and a workspace that removes Ride.

The program is quick: a container engine ends one that takes longer than 10 s.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from contextlib import AsyncExitStack
from typing import Protocol

from bot.program.services import Services
from bot.slack.transport.app import SlackApp
from bot.slack.transport.background import Background

log = logging.getLogger(__name__)

WITHIN = 3.0
"""Seconds for each part that is only to be left as it is."""


async def hand_over(slack: SlackApp, services: Services, *, stop_rides: bool) -> None:
    """End the parts, each whatever becomes of the others.

    First no request is taken any more, so that none is lost. Then statements and other work get their
    answer or a word that there is none, while the rides that they are about still listen. With `stop_rides`
    the rides end instead, which answers the statements too.
    """
    async with AsyncExitStack() as stack:  # from the last to the first
        if stop_rides:
            stack.push_async_callback(slack.close)
            stack.push_async_callback(services.rides.close, stop_rides=True)
        else:
            stack.push_async_callback(_soon, services.rides.close(), "rides")
            stack.push_async_callback(slack.close)
        stack.push_async_callback(_soon, services.close(), "drills and game days")
        await slack.hang_up()


async def _soon(closing: Awaitable[None], what: str) -> None:
    """What isn't done in time is as after a crash: the next life of the program goes on from the rows."""
    try:
        async with asyncio.timeout(WITHIN):
            await closing
    except TimeoutError:
        log.warning("The %s could not be left in order within %g s.", what, WITHIN)


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
