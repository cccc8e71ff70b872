"""`oncall`: rotas as people type about them."""

from bot.oncall.rotas import RotaRequest, Rotas, SwapRequest
from bot.slack.area import Area
from bot.slack.asker import Asker, tell
from bot.slack.command_line import SubCommand
from bot.slack.messages import oncall
from bot.slack.messages.message import Message
from bot.slack.oncall_line import OffLine, OncallLine, Unclear, parse_oncall
from bot.slack.outbox import Outbox
from bot.slack.settings import SlackSettings


class OncallArea:
    """Does what a line about rotas says; answers privately."""

    def __init__(self, front: Rotas, outbox: Outbox, settings: SlackSettings) -> None:
        self._front = front
        self._outbox = outbox
        self._settings = settings

    def area(self) -> Area:
        """The area, for the listeners."""
        return Area(commands={SubCommand.ONCALL: self.run})

    async def run(self, asker: Asker, rest: str) -> None:
        """Read a line and do it."""
        await tell(self._outbox, asker, await self._answer(asker, parse_oncall(rest)))

    async def _answer(self, asker: Asker, line: OncallLine) -> Message:
        workspace, person = asker.workspace, asker.person
        if isinstance(line, Unclear):
            return oncall.unclear(line, self._settings)
        if isinstance(line, RotaRequest):
            return oncall.rota_set(await self._front.set(workspace, person, line), self._settings)
        if isinstance(line, SwapRequest):
            return oncall.swapped(await self._front.swap(workspace, person, line), self._settings)
        if isinstance(line, OffLine):
            return oncall.off(await self._front.off(workspace, person, line.team), self._settings)
        return oncall.outlooks(await self._front.outlook(workspace, person, line.team), self._settings)
