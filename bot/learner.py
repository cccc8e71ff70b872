"""A scripted person at the workspace: types, clicks and reads as a person does, and only that."""

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta

from bot.errors import ProgramError
from bot.workspace.client import UserClient, WorkspaceClient
from scenarios.model import Scenario
from scenarios.proof import Doing, Proof

HOME = "incidents"
"""The channel where the ride is started."""
PATIENCE = timedelta(seconds=90)
"""Real time that anything the program does by itself may take."""
_DSN = re.compile(r"postgresql://[^\s`]+")
_CODE = re.compile(r"```(.*?)```", re.DOTALL)


class AutopilotError(ProgramError):
    """The script could not be played to its end."""


class Learner:
    """One or two people riding a proof."""

    def __init__(
        self,
        people: dict[str, UserClient],
        scenario: Scenario,
        proof: Proof,
        speed: float,
        say: Callable[[str], None],
    ) -> None:
        self._people = people
        self._first = people["first"]
        self._scenario = scenario
        self._proof = proof
        self._speed = speed
        self._say = say
        self._saved: dict[str, str] = {}
        self._channel = ""
        self.ride = ""

    async def play(self, client: WorkspaceClient) -> None:
        """Start the ride, do what the proof says, and wait until the result is told."""
        home = await self._first.channel(HOME)
        known = {conversation.id for conversation in await self._first.conversations()}
        others = " ".join(f"@{person.name}" for key, person in self._people.items() if key != "first")
        both = f"@{self._first.name} {others}" if others else ""
        self._say(f"# {HOME}")
        self._say(f"{self._first.name}: /ride start {self._scenario.slug} {both}".rstrip())
        await self._first.command(home, "/ride", f"start {self._scenario.slug} {both}".rstrip())
        self._channel = await self._incident_channel(known)
        async with asyncio.TaskGroup() as group:
            reading = group.create_task(self._read_along())
            page = await self._wait_for(lambda message: message.button("acknowledge") is not None, "the page")
            self.ride = page.button("acknowledge") or ""
            for step in self._proof.steps:
                await self._do(step)
            await self._wait_for_result(home)
            reading.cancel()

    # -- what a step is

    async def _do(self, step: Doing) -> None:
        person = self._people[step.as_]
        if step.sql is not None:
            await self._sql(person, step)
        elif step.psql is not None:
            await self._psql(person, step.statement(self._saved))
        elif step.hint:
            await person.command(self._channel, "/ride", "hint")
        elif step.acknowledge:
            await self._acknowledge(person)
        elif step.connect:
            await self._connect(person)
        elif step.say is not None:
            await person.say(self._channel, step.say)
        elif step.wait is not None:
            await self._wait(step.wait)
