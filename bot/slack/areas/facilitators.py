"""`facilitator`: who may do things for others, as people type about it."""

from enum import StrEnum

from bot.people.facilitators import Facilitators
from bot.slack.areas.area import Area
from bot.slack.areas.asker import Asker, tell
from bot.slack.lines.command_line import MENTION, SubCommand
from bot.slack.lines.reading import Reading
from bot.slack.lines.unclear import LineKind, Part
from bot.slack.messages import facilitators
from bot.slack.messages.message import Message
from bot.slack.settings import SlackSettings
from bot.slack.transport.outbox import Outbox


class Verb(StrEnum):
    """The words that can follow `facilitator`."""

    ADD = "add"
    REMOVE = "remove"
    LIST = "list"


_ALIASES = {"rm": Verb.REMOVE, "delete": Verb.REMOVE, "ls": Verb.LIST, "show": Verb.LIST, "": Verb.LIST}


class FacilitatorArea:
    """Does what a line about facilitators says; answers privately."""

    def __init__(self, front: Facilitators, outbox: Outbox, settings: SlackSettings) -> None:
        self._front = front
        self._outbox = outbox
        self._settings = settings

    def area(self) -> Area:
        """The area, for the listeners."""
        return Area(commands={SubCommand.FACILITATOR: self.run})

    async def run(self, asker: Asker, rest: str) -> None:
        """Read `add|remove @person …`, or `list`, and do it."""
        await tell(self._outbox, asker, await self._answer(asker, rest))

    async def _answer(self, asker: Asker, rest: str) -> Message:
        verb, people = _read(rest)
        workspace, person = asker.workspace, asker.person
        if verb is Verb.LIST and not people:
            return facilitators.listing(await self._front.roll(workspace, person), self._settings)
        if verb is None or verb is Verb.LIST or not people:
            return facilitators.usage(self._settings)
        if verb is Verb.ADD:
            return facilitators.added(await self._front.add(workspace, person, people), self._settings)
        return facilitators.removed(await self._front.remove(workspace, person, people))


def _read(rest: str) -> tuple[Verb | None, tuple[str, ...]]:
    """The verb, and the people. Raises UnclearLineError for any other word."""
    line = Reading.of(LineKind.FACILITATOR, rest)
    verb: Verb | None = None
    people: dict[str, None] = {}
    if not line.tokens:
        return Verb.LIST, ()
    if (word := line.word()) in _ALIASES or word in list(Verb):
        line.note(Part.COMMAND, line.take())
        verb = _ALIASES.get(word) or Verb(word)
    while line.tokens:
        if (mention := MENTION.fullmatch(line.tokens[0])) is not None:
            people[mention[1]] = None
            line.parts[Part.PEOPLE] = f"{line.parts.get(Part.PEOPLE, '')} {line.take()}".strip()
        elif not line.took({"and", "with"}):
            line.refuse(line.tokens[0])
    return verb, tuple(people)
