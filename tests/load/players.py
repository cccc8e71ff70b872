"""A team in its incident, brisker than people: it answers the page, looks, fixes it, reads the postmortem."""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bot.slack.messages.buttons import ACKNOWLEDGE
from bot.workspace.people.client import UserClient
from tests.load.eyes import Eyes, Sight
from tests.load.figures import Waits

LOOKS = (
    "SELECT pid, state, wait_event_type, pg_blocking_pids(pid) FROM pg_stat_activity",
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'",
    "SELECT pid, application_name, now() - xact_start FROM pg_stat_activity WHERE xact_start IS NOT NULL",
)
END_IT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'migration_runner%'"
)
PAGED_WITHIN = 180.0
"""Seconds after which a team gives up on being paged."""
ANSWERED_WITHIN = 120.0
"""Seconds after which it gives up on anything else."""

CHANNEL_PAGE = "page in the channel, after the hour"
DIRECT_PAGE = "page in direct messages, after the hour"
ACKNOWLEDGED = "acknowledgement shown, after the click"
ANSWERED = "answer to /sql, after it was typed"
POSTMORTEM = "postmortem, after the fix was answered"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rhythm:
    """Seconds that people take, at least and at most."""

    to_click: tuple[float, float] = (1.0, 8.0)
    between: tuple[float, float] = (4.0, 12.0)
    """To read an answer and type the next statement."""


class Player:
    """One person: their hands and their eyes."""

    def __init__(self, client: UserClient, eyes: Eyes, waits: Waits) -> None:
        self.client = client
        self.eyes = eyes
        self._waits = waits

    async def paged(self, *, after: int = 0) -> Sight:
        """The page in the incident channel, with its button."""
        return await self.eyes.see(
            lambda one: not one.direct and one.has_button(ACKNOWLEDGE), PAGED_WITHIN, after=after
        )

    async def acknowledge(self, page: Sight, other: "Player") -> None:
        """Click the button; until somebody else sees that it was clicked."""
        began = time.monotonic()
        await self.client.click(page.channel, page.ts, ACKNOWLEDGE)
        seen = await other.eyes.see(
            lambda one: one.ts == page.ts and one.channel == page.channel and not one.has_button(ACKNOWLEDGE),
            ANSWERED_WITHIN,
        )
        self._waits.add(ACKNOWLEDGED, seen.at - began)

    async def run(self, channel: str, statement: str) -> Sight:
        """Type a statement; until its result stands in the channel."""
        began, known = time.monotonic(), len(self.eyes.sights)
        result = f"<@{self.client.id}> ran "
        typing = asyncio.create_task(self.client.command(channel, "/sql", statement))
        seen = await self.eyes.see(
            lambda one: one.channel == channel and one.text.startswith(result), ANSWERED_WITHIN, after=known
        )
        await typing
        self._waits.add(ANSWERED, seen.at - began)
        return seen


@dataclass(frozen=True, kw_only=True)
class Crew:
    """A team that rides together."""

    name: str
    players: Sequence[Player]
    waits: Waits
    rhythm: Rhythm
    chance: random.Random

    async def ride(self) -> None:
        """From the page to the postmortem. Raises TimeoutError for what doesn't come."""
        first, second = self.players[0], self.players[-1]
        page = await first.paged()
        await self._pause(self.rhythm.to_click)
        await first.acknowledge(page, second)
        for number, look in enumerate(LOOKS):
            await self._pause(self.rhythm.between)
            await self.players[number % len(self.players)].run(page.channel, look)
        await self._pause(self.rhythm.between)
        fixed = await first.run(page.channel, END_IT)
        told = await second.eyes.see(
            lambda one: one.channel == page.channel and "Postmortem" in one.text, ANSWERED_WITHIN
        )
        self.waits.add(POSTMORTEM, told.at - fixed.at)

    async def _pause(self, span: tuple[float, float]) -> None:
        # People take their time; nothing is waited for here.
        await asyncio.sleep(self.chance.uniform(*span))
