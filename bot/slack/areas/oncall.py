"""`oncall`: rotas, swaps and covers as people type about them."""

from bot.people.oncall.rotas import RotaRequest, Rotas
from bot.people.oncall.swaps import SwapRequest, Swaps
from bot.people.oncall.views import RotaRemoved, RotaSet, Swapped, SwapsEnded
from bot.slack.areas.area import Area
from bot.slack.areas.asker import Asker, tell
from bot.slack.areas.telling import Telling
from bot.slack.lines.command_line import SubCommand
from bot.slack.lines.oncall_line import BackLine, MineLine, OffLine, OncallLine, parse_oncall
from bot.slack.messages import oncall, swaps
from bot.slack.messages.message import Message
from bot.slack.settings import SlackSettings
from bot.slack.transport.outbox import Outbox


class OncallArea:
    """Does what a line about rotas says; answers privately, and tells those whom it concerns."""

    def __init__(
        self, rotas: Rotas, swaps: Swaps, outbox: Outbox, telling: Telling, settings: SlackSettings
    ) -> None:
        self._rotas = rotas
        self._swaps = swaps
        self._outbox = outbox
        self._telling = telling
        self._settings = settings

    def area(self) -> Area:
        """The area, for the listeners."""
        return Area(commands={SubCommand.ONCALL: self.run})

    async def run(self, asker: Asker, rest: str) -> None:
        """Read a line and do it."""
        await tell(self._outbox, asker, await self._answer(asker, parse_oncall(rest, asker.person)))

    async def _answer(self, asker: Asker, line: OncallLine) -> Message:
        workspace, person, settings = asker.workspace, asker.person, self._settings
        match line:
            case RotaRequest():
                return self._set(asker, await self._rotas.set(workspace, person, line))
            case SwapRequest():
                return self._agreed(asker, await self._swaps.agree(workspace, person, line))
            case BackLine():
                ended = await self._swaps.take_back(workspace, person, line.swap, line.team)
                return self._agreed(asker, ended)
            case OffLine():
                return self._off(asker, await self._rotas.off(workspace, person, line.team))
            case MineLine():
                return oncall.mine(await self._rotas.mine(workspace, person), settings)
            case _:
                return oncall.outlooks(await self._rotas.outlook(workspace, person, line.team), settings)

    def _set(self, asker: Asker, view: RotaSet) -> Message:
        if not view.again:
            people = view.rota.people
            self._telling.soon(asker, people, lambda person: oncall.on_rota(view, person, asker.person))
        return oncall.rota_set(view, self._settings)

    def _off(self, asker: Asker, view: RotaRemoved) -> Message:
        self._telling.soon(asker, view.people, lambda _: oncall.rota_gone(view, asker.person))
        return oncall.off(view.team, self._settings)

    def _agreed(self, asker: Asker, view: Swapped | SwapsEnded) -> Message:
        by, settings = asker.person, self._settings
        if isinstance(view, SwapsEnded):
            people = [one for swap in view.swaps for one in (swap.one, swap.other)]
            self._telling.soon(asker, people, lambda _: swaps.out_of_swap(view, by, settings))
            return swaps.ended(view, settings)
        if not view.again:
            people = [view.swap.one, view.swap.other]
            self._telling.soon(asker, people, lambda _: swaps.in_swap(view, by, settings))
        return swaps.swapped(view, settings)
