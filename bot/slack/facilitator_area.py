"""`facilitator`: who may do things for others, as people type about it."""

from enum import StrEnum

from bot.facilitators import Facilitators
from bot.slack.area import Area
from bot.slack.asker import Asker, tell
from bot.slack.command_line import MENTION, SubCommand, tidy
from bot.slack.messages import facilitators, refusals
from bot.slack.messages.message import Message
from bot.slack.outbox import Outbox
from bot.slack.settings import SlackSettings


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
        people = tuple(dict.fromkeys(MENTION.findall(rest)))
        words = tidy(MENTION.sub(" ", rest)).casefold().split()
        if unreadable := tuple(word for word in words if word.startswith("@")):
            return refusals.unreadable_people(unreadable, self._settings, "facilitator add @…")
        word = words[0] if words else ""
        verb = _ALIASES.get(word) or (Verb(word) if word in list(Verb) else None)
        workspace, person = asker.workspace, asker.person
        if verb is Verb.LIST and not people:
            return facilitators.listing(await self._front.roll(workspace, person), self._settings)
        if verb is None or verb is Verb.LIST or not people:
            return facilitators.usage(self._settings)
        if verb is Verb.ADD:
            return facilitators.added(await self._front.add(workspace, person, people), self._settings)
        return facilitators.removed(await self._front.remove(workspace, person, people))
