"""A scripted person at the workspace: types, clicks and reads as a person does, and only that."""

import asyncio
import contextlib
import html
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import timedelta
from string import Formatter
from typing import TypeVar

import psycopg

from bot.base.errors import ProgramError
from bot.slack.messages.buttons import ACKNOWLEDGE
from bot.slack.messages.ending import is_void
from bot.workspace.errors import ControlError
from bot.workspace.people.client import Message, UserClient
from scenarios.journal.events import Outcome
from scenarios.loading.proof import Doing, Proof, Wait
from scenarios.model.scenario import Scenario

T = TypeVar("T")

HOME = "incidents"
"""The channel where the ride is started."""
PATIENCE = timedelta(seconds=90)
"""Real time that anything the program does by itself may take."""
_DSN = re.compile(r"postgresql://[^\s`>|]+")
_FIXED_WIDTH = re.compile(r"```(.*?)```", re.DOTALL)


class AutopilotError(ProgramError):
    """The script could not be played to its end."""


class Learner:
    """One or two people riding a proof. `people` has `first` and perhaps `second`."""

    def __init__(
        self,
        people: Mapping[str, UserClient],
        scenario: Scenario,
        proof: Proof,
        *,
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
        self._dsns: dict[str, str] = {}
        self._channel = ""
        self._channel_name = ""
        self.ride = ""

    async def ride_it(self) -> None:
        """Start the ride, do what the proof says, wait until the result is told. Raises AutopilotError."""
        home = (await self._first.channel(HOME)).id
        before = await self._first.messages(home)
        known = {conversation.id for conversation in await self._first.conversations()}
        crew = " ".join(f"@{person.user.name}" for person in self._people.values())
        await self._type(self._first, home, "/ride", f"start {self._scenario.slug} {crew}")
        self._channel = await self._incident_channel(known, home, {message.ts for message in before})
        reading = asyncio.create_task(self._read_along())
        try:
            page = await self._wait_for(lambda message: _button(message, ACKNOWLEDGE) is not None, "the page")
            self.ride = _button(page, ACKNOWLEDGE) or ""
            for step in self._proof.steps:
                await self._do(step)
            await self._wait_for_result(home, {message.ts for message in before})
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    # -- what a step is

    async def _do(self, step: Doing) -> None:
        person = self._people[step.as_]
        if step.sql is not None:
            await self._sql(person, step)
        elif step.psql is not None:
            await self._psql(person, step.statement(self._saved))
        elif step.hint:
            await self._type(person, self._channel, "/ride", "hint")
        elif step.acknowledge:
            await self._acknowledge(person)
        elif step.connect:
            await self._connect(person)
        elif step.say is not None:
            await person.say(self._channel, step.say)
        elif step.wait is not None:
            await self._wait(step.wait)

    async def _type(self, person: UserClient, channel: str, command: str, text: str) -> None:
        self._say(f"{person.user.name}: {command} {text}")
        try:
            await person.command(channel, command, text)
        except ControlError as error:
            raise AutopilotError(f"{command} {text} failed: {error}") from error

    async def _sql(self, person: UserClient, step: Doing) -> None:
        statement = step.statement(self._saved)
        seen = {message.ts for message in await person.messages(self._channel)}
        await self._type(person, self._channel, "/sql", statement)
        answer = await self._wait_for(
            lambda message: message.ts not in seen and _answers(message, person.id),
            f"the answer to {statement}",
            person,
        )
        for name, column in step.save.items():
            self._saved[name] = _cell(answer.text, column)

    async def _psql(self, person: UserClient, statement: str) -> None:
        if person.id not in self._dsns:
            await self._connect(person)
        self._say(f"{person.user.name}: psql> {statement}")
        # As psql does: one connection, each statement sent as it is; an error is the learner's to read.
        connection = await psycopg.AsyncConnection.connect(
            self._dsns[person.id], autocommit=True, application_name="psql", prepare_threshold=None
        )
        async with connection:
            try:
                await connection.execute(statement.encode())
            except psycopg.Error as error:
                self._say(f"{person.user.name}: psql> ERROR {error.sqlstate}: {error}")

    async def _connect(self, person: UserClient) -> None:
        await self._type(person, self._channel, "/ride", "connect")
        told = await self._wait_for(
            lambda message: message.ephemeral and _DSN.search(message.words) is not None, "the DSN", person
        )
        found = _DSN.search(told.words)
        if found is not None:
            self._dsns[person.id] = found[0]

    async def _acknowledge(self, person: UserClient) -> None:
        page = await self._wait_for(
            lambda message: _button(message, ACKNOWLEDGE) is not None, "a page to acknowledge", person
        )
        self._say(f"{person.user.name}: [Acknowledge]")
        seen = {message.ts for message in await person.messages(self._channel)}
        await person.click(self._channel, page.ts, ACKNOWLEDGE)
        await self._wait_for(
            lambda message: message.ts not in seen and message.ephemeral, "the answer to Acknowledge", person
        )

    async def _wait(self, wait: Wait) -> None:
        if wait.ride is not None:
            await self._let_pass(wait.ride / self._speed)
        elif wait.for_ == "recovery":
            await self._wait_for(lambda message: "ended the blocking session" in message.text, "the recovery")
        elif wait.for_ is not None and wait.for_.startswith("symptom "):
            symptom = wait.for_.removeprefix("symptom ")
            said = {step.id: step.text for step in self._scenario.timeline}
            said |= {reaction.id: reaction.text for reaction in self._scenario.reactions}
            words = _longest_literal(said[symptom])
            await self._wait_for(lambda message: words in _plain(message.text), f"symptom {symptom}")

    async def _let_pass(self, time: timedelta) -> None:
        """Do nothing for so long, but read: the ride may end."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(time.total_seconds()):
                await self._wait_for(lambda _: False, "the next step", limit=time + PATIENCE)

    # -- what the learner reads

    async def _incident_channel(self, known: set[str], home: str, seen: set[str]) -> str:
        async def opened() -> str | None:
            news = [message for message in await self._first.messages(home) if message.ts not in seen]
            self._refuse_void(news, "an incident channel")
            for conversation in await self._first.conversations():
                if conversation.id not in known and conversation.name.startswith("inc-"):
                    self._channel_name = conversation.name
                    self._say(f"# {conversation.name}")
                    return conversation.id
            return None

        return await self._until(opened, "an incident channel")

    async def _wait_for(
        self,
        wanted: Callable[[Message], bool],
        what: str,
        person: UserClient | None = None,
        limit: timedelta = PATIENCE,
    ) -> Message:
        reader = person or self._first

        async def found() -> Message | None:
            messages = await reader.messages(self._channel)
            if (there := next((m for m in messages if wanted(m)), None)) is None:
                self._refuse_void(messages, what)
            return there

        return await self._until(found, what, limit)

    def _refuse_void(self, messages: Iterable[Message], what: str) -> None:
        """Nothing is waited for in a ride that has ended as void. Raises AutopilotError with the reason."""
        if self._proof.expect.outcome is Outcome.VOID:
            return
        for message in messages:
            if message.is_bot and is_void(message.text):
                raise AutopilotError(f"The ride ended before {what}: {self._readable(message.text)}")

    async def _wait_for_result(self, home: str, seen: set[str]) -> None:
        """The result is told where the ride was started, when all else is done."""

        async def told() -> Message | None:
            news = [m for m in await self._first.messages(home) if m.ts not in seen and m.is_bot]
            return next((message for message in news if self._channel in message.text), None)

        limit = self._scenario.time_limit / self._speed + PATIENCE
        result = await self._until(told, "the result", limit)
        self._say(f"# {HOME}\n{self._readable(result.text)}")

    async def _until(
        self, look: Callable[[], Awaitable[T | None]], what: str, limit: timedelta = PATIENCE
    ) -> T:
        """What the look finds; it looks again whenever something happens that the first learner may see."""
        try:
            async with asyncio.timeout(limit.total_seconds()):
                async with self._first.changes() as changes:
                    while (found := await look()) is None:
                        await anext(changes)
                    return found
        except TimeoutError:
            raise AutopilotError(
                f"Waited {limit} for {what}, but it never came; the channel says why."
            ) from None

    def _readable(self, text: str) -> str:
        """A message's text for a terminal: names instead of ids, tables as they are."""
        for person in self._people.values():
            text = text.replace(f"<@{person.id}>", f"@{person.user.name}")
        text = text.replace(f"<#{self._channel}>", f"#{self._channel_name}")
        return html.unescape(text.replace("```", "\n"))

    async def _read_along(self) -> None:
        """Print what comes into the incident channel, as it comes."""
        printed: set[str] = set()
        async with self._first.changes() as changes:
            while True:
                for message in await self._first.messages(self._channel):
                    if message.ts not in printed and message.user != self._first.id and not message.subtype:
                        printed.add(message.ts)
                        self._say(self._readable(message.text))
                await anext(changes)


def _button(message: Message, action: str) -> str | None:
    """The value of a message's button."""
    elements = [element for block in message.blocks for element in block.get("elements", [])]
    values = [element.get("value") for element in elements if element.get("action_id") == action]
    return str(values[0]) if values else None


def _answers(message: Message, person: str) -> bool:
    """Whether a message is the final answer to a statement of this person, or a private word about it.

    Good for one statement at a time: every other private word was waited for before.
    """
    answered = message.text.startswith(f"<@{person}> ran ")
    return answered or (message.ephemeral and message.is_bot)


def _cell(answer: str, column: str) -> str:
    """A column of the first row of a table as psql prints it. Raises AutopilotError."""
    found = _FIXED_WIDTH.findall(answer)
    lines = html.unescape(found[-1]).strip("\n").split("\n") if found else []
    if len(lines) > 2:
        names = [name.strip() for name in lines[0].split("|")]
        cells = [cell.strip() for cell in lines[2].split("|")]
        if column in names and len(cells) == len(names):
            return cells[names.index(column)]
    raise AutopilotError(f"The answer has no first row with a column {column!r}:\n{answer}")


def _plain(text: str) -> str:
    """A message's text as it reads."""
    return " ".join(html.unescape(text).split())


def _longest_literal(template: str) -> str:
    """The longest piece of a text without placeholders, by which the message is known."""
    return max((_plain(literal) for literal, *_ in Formatter().parse(template)), key=len)
