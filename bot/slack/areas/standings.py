"""`leaderboard`: who is best, as people ask for it."""

from bot.rides.errors import UnknownScenarioError
from bot.slack.areas.area import Area
from bot.slack.areas.asker import Asker, tell
from bot.slack.lines.command_line import SubCommand
from bot.slack.lines.leaderboard_line import parse_leaderboard
from bot.slack.messages import standings
from bot.slack.messages.message import Message
from bot.slack.settings import SlackSettings
from bot.slack.transport.outbox import Outbox
from bot.standings.boards import Boards


class StandingsArea:
    """Answers with a leaderboard, privately."""

    def __init__(self, boards: Boards, outbox: Outbox, settings: SlackSettings) -> None:
        self._boards = boards
        self._outbox = outbox
        self._settings = settings

    def area(self) -> Area:
        """The area, for the listeners."""
        return Area(commands={SubCommand.LEADERBOARD: self.run})

    async def run(self, asker: Asker, rest: str) -> None:
        """Read a line and answer it."""
        await tell(self._outbox, asker, await self._answer(asker, rest))

    async def _answer(self, asker: Asker, rest: str) -> Message:
        request = parse_leaderboard(rest)
        try:
            view = await self._boards.board(asker.workspace, asker.person, request)
        except UnknownScenarioError as error:
            return standings.unknown_scenario(error, self._settings)
        return standings.board(view, self._settings)
