"""`team`: teams as people type about them."""

from collections.abc import Awaitable, Callable, Mapping

from bot.people.oncall.teams import Teams
from bot.slack.areas.area import Area
from bot.slack.areas.asker import Asker, tell
from bot.slack.areas.telling import Telling
from bot.slack.lines.command_line import SubCommand
from bot.slack.lines.team_line import TeamLine, TeamVerb, parse_team
from bot.slack.messages import teams
from bot.slack.messages.message import Message
from bot.slack.settings import SlackSettings
from bot.slack.transport.outbox import Outbox


class TeamArea:
    """Does what a line about teams says; answers privately."""

    def __init__(self, front: Teams, outbox: Outbox, telling: Telling, settings: SlackSettings) -> None:
        self._front = front
        self._outbox = outbox
        self._telling = telling
        self._settings = settings
        self._do: Mapping[TeamVerb, Callable[[Asker, TeamLine], Awaitable[Message]]] = {
            TeamVerb.CREATE: self._create,
            TeamVerb.JOIN: self._join,
            TeamVerb.LEAVE: self._leave,
            TeamVerb.LIST: self._list,
            TeamVerb.SHOW: self._show,
            TeamVerb.DELETE: self._delete,
        }

    def area(self) -> Area:
        """The area, for the listeners."""
        return Area(commands={SubCommand.TEAM: self.run})

    async def run(self, asker: Asker, rest: str) -> None:
        """Read a line and do it."""
        await tell(self._outbox, asker, await self._answer(asker, parse_team(rest)))

    async def _answer(self, asker: Asker, line: TeamLine) -> Message:
        if line.verb is None:
            if line.nearest:
                return teams.unknown_verb(line, self._settings)
            # A name by itself: they want to see that team.
            return await (self._show if line.name else self._list)(asker, line)
        if not line.name and line.verb is not TeamVerb.LIST:
            return teams.name_missing(line.verb, self._settings)
        others = {*line.people, *line.groups} - {asker.person}
        if others and line.verb in (TeamVerb.JOIN, TeamVerb.LEAVE):
            return teams.by_themselves(line.verb, line.name, line.people, self._settings)
        return await self._do[line.verb](asker, line)

    async def _create(self, asker: Asker, line: TeamLine) -> Message:
        if len(line.groups) + bool(line.people) > 1:
            return teams.one_or_the_other(self._settings)
        group = line.groups[0] if line.groups else None
        made = await self._front.create(asker.workspace, asker.person, line.name, line.people, group)
        self._telling.soon(asker, made.members, lambda _: teams.put_in(made, asker.person, self._settings))
        return teams.created(made, self._settings)

    async def _join(self, asker: Asker, line: TeamLine) -> Message:
        return teams.joined(await self._front.join(asker.workspace, asker.person, line.name), self._settings)

    async def _leave(self, asker: Asker, line: TeamLine) -> Message:
        return teams.left(await self._front.leave(asker.workspace, asker.person, line.name), self._settings)

    async def _list(self, asker: Asker, _line: TeamLine) -> Message:
        return teams.listing(await self._front.all(asker.workspace, asker.person), self._settings)

    async def _show(self, asker: Asker, line: TeamLine) -> Message:
        return teams.roll(await self._front.show(asker.workspace, asker.person, line.name), self._settings)

    async def _delete(self, asker: Asker, line: TeamLine) -> Message:
        return teams.deleted(await self._front.delete(asker.workspace, asker.person, line.name))
