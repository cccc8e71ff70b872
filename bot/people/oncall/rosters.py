"""Who is in a team and who of it is on call. Fulfils bot.rides.ports.Rosters."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from bot.people.oncall.ports import Directory
from bot.people.oncall.shifts import Shift, shift_at
from bot.rides.errors import ChatRefusedError, EmptyTeamError, UnknownTeamError
from bot.rides.ports import OnCall
from scenarios.loading.nearest import nearest
from storage import errors as storage_errors
from storage.teams import Team, TeamStore


class TeamRosters:
    """The teams of the workspaces, with the people who can ride."""

    def __init__(self, store: TeamStore, chat: Directory) -> None:
        self._store = store
        self._chat = chat

    async def teams(self, workspace: str) -> list[Team]:
        """All teams, by name."""
        return await self._store.all(workspace)

    async def team(self, workspace: str, name: str) -> Team:
        """The team of this name, whatever the case. Raises UnknownTeamError with the nearest names."""
        wanted = "-".join(name.split())
        found = await self._store.by_name(workspace, wanted)
        if found is not None:
            return found
        known = tuple(team.name for team in await self._store.all(workspace))
        raise UnknownTeamError(wanted, nearest=nearest(wanted, known, limit=2), known=known)

    async def everybody(self, team: Team) -> tuple[str, ...]:
        """All people of a team, also those who can't ride: of its user group, if it has one."""
        if team.group is None:
            return team.members
        return await self._chat.group_members(team.workspace, team.group)

    async def members(self, team: Team) -> tuple[str, ...]:
        """The people of a team who can ride, in order: no bots, nobody who left. May be nobody."""
        return await self.riders(team.workspace, await self.everybody(team))

    async def members_of(self, workspace: str, teams: Sequence[Team]) -> list[tuple[str, ...]]:
        """As `members`, of several teams; nobody where the chat doesn't say who is in a user group."""
        everybody = [people or () for people in await self.everybody_of(teams)]
        able = set(await self.riders(workspace, (person for people in everybody for person in people)))
        return [tuple(person for person in dict.fromkeys(people) if person in able) for people in everybody]

    async def everybody_of(self, teams: Sequence[Team]) -> list[tuple[str, ...] | None]:
        """As `everybody`, of several teams; None where the chat doesn't say who is in a user group."""
        return list(await asyncio.gather(*(self._known(team) for team in teams)))

    async def riders(self, workspace: str, people: Iterable[str]) -> tuple[str, ...]:
        """Those of the people who can ride, each once, in order.

        The chat hears of all of them at once, so that it can look them up together.
        """
        each = tuple(dict.fromkeys(people))
        able = await asyncio.gather(*(self._can_ride(workspace, person) for person in each))
        return tuple(person for person, can in zip(each, able, strict=True) if can)

    async def teams_of(self, workspace: str, person: str) -> list[Team]:
        """The teams that a person is in, by name."""
        teams = await self._store.all(workspace)
        everybody = await self.everybody_of(teams)
        return [team for team, people in zip(teams, everybody, strict=True) if person in (people or ())]

    async def on_call(self, workspace: str, team: str, at: datetime) -> OnCall:
        """Who is on call in the team of this name. Raises UnknownTeamError and EmptyTeamError.

        Whoever can't ride, or isn't in the team any more, is passed over: the next in order takes the turn.
        Without a rota it is the team's first member, then the second.
        """
        found = await self.team(workspace, team)
        members = await self.members(found)
        if not members:
            raise EmptyTeamError(found.name)
        order = paged(shift_at(await self._store.rotas(found.id), at), members)
        return OnCall(
            team=found.id,
            name=found.name,
            primary=order[0],
            secondary=order[1] if len(order) > 1 else None,
            members=members,
        )

    async def _known(self, team: Team) -> tuple[str, ...] | None:
        """Nothing known of one user group hides no other team."""
        try:
            return await self.everybody(team)
        except ChatRefusedError:
            return None

    async def _can_ride(self, workspace: str, person: str) -> bool:
        try:
            return (await self._chat.person(workspace, person)).can_ride
        except ChatRefusedError as refusal:
            if refusal.is_nobody:
                return False
            raise


def paged(shift: Shift | None, members: Sequence[str]) -> tuple[str, ...]:
    """In which order people of a team are paged: by the shift, or as they are in the team."""
    if shift is None:
        return tuple(members)
    return tuple(person for person in shift.order if person in members) or tuple(members)


@contextmanager
def still_there(team: Team) -> Iterator[None]:
    """Whoever deletes a team while somebody else works on it comes first: UnknownTeamError says so."""
    try:
        yield
    except storage_errors.UnknownTeamError as error:
        raise UnknownTeamError(team.name) from error
