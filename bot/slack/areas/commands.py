"""The sub-commands, however they were typed: after the slash command or after a mention."""

from collections.abc import Iterable, Mapping

from bot.rides.front import Front
from bot.rides.views import Origin, StopQuestion
from bot.slack.areas.area import CommandHandler
from bot.slack.areas.asker import Asker, tell
from bot.slack.areas.statements import Statements
from bot.slack.lines.command_line import BARE, SubCommand, UnknownCommand, parse, parse_start
from bot.slack.lines.reading import Reading, is_room, tokens
from bot.slack.lines.unclear import LineKind, Problem, UnclearLineError
from bot.slack.messages import refusals, views
from bot.slack.messages.message import Message
from bot.slack.settings import SlackSettings
from bot.slack.transport.outbox import Outbox


class Commands:
    """Does what a command line says. What it raises is for the listener to put into words."""

    def __init__(
        self,
        front: Front,
        outbox: Outbox,
        statements: Statements,
        settings: SlackSettings,
        more: Iterable[Mapping[SubCommand, CommandHandler]] = (),
    ) -> None:
        self._front = front
        self._outbox = outbox
        self._statements = statements
        self._settings = settings
        self._do: dict[SubCommand, CommandHandler] = {
            SubCommand.START: self._start,
            SubCommand.STATUS: self._status,
            SubCommand.HINT: self._hint,
            SubCommand.CONNECT: self._connect,
            SubCommand.STOP: self._stop,
            SubCommand.LIST: self._list,
            SubCommand.SQL: self._statements.run,
        }
        for commands in more:
            self._do |= commands

    async def run(self, asker: Asker, text: str) -> None:
        """Read a command line and do it."""
        line = parse(text)
        if isinstance(line, UnknownCommand):
            await self._tell(asker, refusals.unknown_command(line, self._settings))
            return
        if line.command in BARE:
            Reading.of(LineKind.BARE, line.rest).end()
        await self._do[line.command](asker, line.rest)

    async def _start(self, asker: Asker, rest: str) -> None:
        if rooms := tuple(filter(is_room, tokens(rest))):
            raise UnclearLineError(LineKind.START, Problem.NAME, *rooms)
        wanted = parse_start(rest)
        if wanted.unreadable:
            await self._tell(asker, refusals.unreadable_people(wanted.unreadable, self._settings))
            return
        if wanted.groups:
            await self._tell(asker, refusals.group_to_start(self._settings))
            return
        if not wanted.slug:
            known = await self._front.list()
            await self._tell(asker, views.which_scenario(known, self._settings, wanted.team))
            return
        origin = Origin(channel=asker.channel, response_url=asker.response_url)
        wait = await self._outbox.delay(asker.workspace, "conversations.create")
        started = await self._front.start(
            asker.workspace, asker.person, wanted.slug, wanted.learners, origin, team=wanted.team
        )
        await self._tell(asker, views.started(started, wait=wait))

    async def _status(self, asker: Asker, _rest: str) -> None:
        status = await self._front.status(asker.workspace, asker.person, asker.channel)
        await self._tell(asker, views.status(status, self._settings, here=asker.channel))

    async def _hint(self, asker: Asker, _rest: str) -> None:
        # Asked first: once the hint is given, nothing may turn the answer into a refusal.
        status = await self._front.status(asker.workspace, asker.person, asker.channel)
        await self._front.hint(asker.workspace, asker.person, asker.channel)
        if status.channel is not None and status.channel != asker.channel:
            await self._tell(asker, views.hint_given(status.channel))

    async def _connect(self, asker: Asker, _rest: str) -> None:
        connection = await self._front.connect(asker.workspace, asker.person, asker.channel)
        await self._tell(asker, views.connection(connection))

    async def _stop(self, asker: Asker, _rest: str) -> None:
        done = await self._front.stop(asker.workspace, asker.person, asker.channel)
        if isinstance(done, StopQuestion):
            await self._tell(asker, views.stop_question(done, self._settings))
        else:
            await self._tell(asker, views.stopped(done))

    async def _list(self, asker: Asker, _rest: str) -> None:
        await self._tell(asker, views.listing(await self._front.list(), self._settings))

    async def _tell(self, asker: Asker, message: Message) -> None:
        await tell(self._outbox, asker, message)
