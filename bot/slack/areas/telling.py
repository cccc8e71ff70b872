"""Direct messages to people about whom somebody else decided something."""

import logging
from collections.abc import Callable, Iterable, Mapping

from bot.rides.errors import ChatRefusedError
from bot.slack.areas.asker import Asker
from bot.slack.chat import fitting
from bot.slack.messages.message import Message
from bot.slack.messages.teams import MOST_TOLD
from bot.slack.transport.background import Background
from bot.slack.transport.budget import Importance
from bot.slack.transport.outbox import Outbox

log = logging.getLogger(__name__)


class Telling:
    """Tells each person once, after the one who decided was answered, and never that one."""

    def __init__(self, outbox: Outbox, background: Background) -> None:
        self._outbox = outbox
        self._background = background

    def soon(self, asker: Asker, people: Iterable[str], words: Callable[[str], Message]) -> None:
        """Tell people, each in words of their own; who can't be told is in the log."""
        others = [person for person in dict.fromkeys(people) if person != asker.person][:MOST_TOLD]
        if others:
            each = {person: words(person) for person in others}
            self._background.start(self._tell(asker.workspace, each), name="telling people")

    async def _tell(self, workspace: str, each: Mapping[str, Message]) -> None:
        for person, message in each.items():
            try:
                await fitting.direct(self._outbox, workspace, person, message, importance=Importance.STORY)
            except ChatRefusedError as refusal:
                log.warning("could not tell %s what was decided: %s", person, refusal.code)
