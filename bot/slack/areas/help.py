"""`help`: what the one who asks may do."""

from bot.rides.ports import Rights
from bot.slack.areas.area import Area
from bot.slack.areas.asker import Asker, tell
from bot.slack.lines.command_line import SubCommand
from bot.slack.messages.help import Right, help_page
from bot.slack.settings import SlackSettings
from bot.slack.transport.outbox import Outbox


class HelpArea:
    """Answers with the help page, privately."""

    def __init__(self, rights: Rights, outbox: Outbox, settings: SlackSettings) -> None:
        self._rights = rights
        self._outbox = outbox
        self._settings = settings

    def area(self) -> Area:
        """The area, for the listeners."""
        return Area(commands={SubCommand.HELP: self.run})

    async def run(self, asker: Asker, _rest: str) -> None:
        """Show the commands that the asker may use."""
        right = await self._right(asker.workspace, asker.person)
        await tell(self._outbox, asker, help_page(self._settings, right))

    async def _right(self, workspace: str, person: str) -> Right:
        if await self._rights.is_admin(workspace, person):
            return Right.ADMINISTER
        if await self._rights.may_facilitate(workspace, person):
            return Right.FACILITATE
        return Right.RIDE
