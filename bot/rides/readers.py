"""Who has read a ride's postmortem: whoever has, practises when they ride its scenario again."""

import asyncio
import logging
from datetime import datetime, timedelta

from bot.rides.dependencies import Parts
from bot.rides.errors import ChatRefusedError
from bot.rides.live import LiveRide
from storage.records import RideRecord

log = logging.getLogger(__name__)

FRESH = timedelta(minutes=1)
"""How long a look holds. It takes a call of Slack for each channel, and Slack takes about 100 a minute."""


async def remember(ride: LiveRide) -> None:
    """The learners, and whoever else is in the channel where it has just been told."""
    record, parts = ride.record, ride.parts
    there: tuple[str, ...] = ()
    if "postmortem" in ride.delivered:
        try:
            there = await parts.chat.members(record.workspace, ride.channel)
        except ChatRefusedError as refusal:
            await ride.skipped("list of who is here", refusal.code)
    people = (*record.learners, *there)
    await parts.seen.remember(record.workspace, record.scenario, people, record.id, parts.clock.now())


class Readers:
    """Who is by now in a channel where a scenario's postmortem stands: asked before somebody rides it.

    Channels are private, so nobody reads it without being in there; once archived, nobody joins any more.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._looked: dict[tuple[str, str], datetime] = {}
        self._looking = asyncio.Lock()

    async def look(self, workspace: str, scenario: str) -> None:
        """Remember who is there, unless that was done just now: a game day starts many rides at once."""
        async with self._looking:
            now = self._parts.clock.now()
            looked = self._looked.get((workspace, scenario))
            if looked is None or not looked <= now < looked + FRESH:
                await self._look(workspace, scenario)
                self._looked[workspace, scenario] = now

    async def _look(self, workspace: str, scenario: str) -> None:
        parts = self._parts
        for record in await parts.store.unfinished():
            if (record.workspace, record.scenario) != (workspace, scenario) or not _is_told(record):
                continue
            try:
                there = await parts.chat.members(workspace, record.channel or "")
            except ChatRefusedError as refusal:
                log.warning("ride %s: who is in its channel is not known: %s", record.id, refusal.code)
                continue
            await parts.seen.remember(workspace, scenario, there, record.id, parts.clock.now())


def _is_told(record: RideRecord) -> bool:
    """Whether the postmortem stands in its channel: that of a void ride isn't told."""
    return record.postmortem_sent and record.state in ("resolved", "expired", "stopped")
