"""Taking turns: of several programs on one PostgreSQL one leads and runs the rides; the others stand by."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.base.stopping import first
from bot.operations.readiness import Readiness, Role
from bot.rides.errors import ChatRefusedError
from storage.errors import DatabaseBusyError, DatabaseUnavailableError
from storage.fence import Fence
from storage.leadership import LeaderLock

log = logging.getLogger(__name__)

ASKS_EVERY = 0.5
"""Seconds between two questions of one that stands by: does anybody lead?"""
TRIES_AGAIN_AFTER = 2.0
"""Seconds after something that did not work, such as a database that is not there."""

Term = Callable[[Fence], Awaitable[None]]
"""What a leader does: until it is stopped by itself, or cancelled because it leads no more."""

_PASSES = (DatabaseUnavailableError, DatabaseBusyError, ChatRefusedError)
"""What somebody who has led or stood by sees through; at the first start a person is there to be told."""


class Candidate:
    """A program that leads whenever no other does."""

    def __init__(self, url: str, readiness: Readiness) -> None:
        self._url = url
        self._readiness = readiness
        self._settled = False
        """It has led, or stood by: what goes wrong from now on passes."""

    async def run(self, stopped: asyncio.Event, term: Term) -> None:
        """Lead and stand by in turn, until stopped. Raises what goes wrong before it did either."""
        while not stopped.is_set():
            try:
                await self._turn(stopped, term)
            except _PASSES as error:
                if not self._settled:
                    raise
                log.warning("This Ride can't lead for now, and tries again: %s", error)
                self._readiness.become(Role.STANDBY)
                await first(stopped, asyncio.sleep(TRIES_AGAIN_AFTER))

    async def _turn(self, stopped: asyncio.Event, term: Term) -> None:
        lock = LeaderLock(self._url)
        try:
            await first(stopped, lock.open())
            if not stopped.is_set() and await first(stopped, self._elected(lock)):
                await self._lead(lock, term)
        finally:
            await lock.close()

    async def _elected(self, lock: LeaderLock) -> bool:
        if await lock.take():
            return True
        log.info("Another Ride leads with the database %s. This one stands by.", lock.name)
        self._readiness.become(Role.STANDBY)
        self._settled = True
        while not await lock.take():  # noqa: ASYNC110 - PostgreSQL tells nobody that a lock is free
            await asyncio.sleep(ASKS_EVERY)
        log.info("The one that led has gone. This one leads now, and goes on with its rides.")
        return True

    async def _lead(self, lock: LeaderLock, term: Term) -> None:
        leading = asyncio.ensure_future(term(lock))
        losing = asyncio.ensure_future(lock.lost())
        try:
            await asyncio.wait((leading, losing), return_when=asyncio.FIRST_COMPLETED)
            if not losing.done():
                leading.result()
                return
            self._settled = True
            log.warning(
                "This Ride leads no more: %s What it had begun goes on where one leads.", await losing
            )
        finally:
            leading.cancel()
            losing.cancel()
            _, failure = await asyncio.gather(losing, leading, return_exceptions=True)
        if isinstance(failure, Exception):
            log.warning("What this Ride had begun was not left in order.", exc_info=failure)
