"""Teams: made, joined, left and deleted by the people of a workspace."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.people.oncall import errors
from bot.people.oncall.rosters import TeamRosters, still_there
from bot.people.oncall.team_names import team_name
from bot.people.oncall.views import Created, Joined, Left, Roll
from bot.rides.errors import CannotRideError
from bot.rides.ports import Clock, Rights
from storage.errors import TeamExistsError
from storage.teams import Team, TeamStore


class Teams:
    """What people do with teams. Methods raise UnknownTeamError for a name that no team has."""

    def __init__(
        self,
        store: TeamStore,
        rosters: TeamRosters,
        rights: Rights,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._store = store
        self._rosters = rosters
        self._rights = rights
        self._clock = clock
        self._new_id = new_id

    async def create(
        self, workspace: str, by: str, name: str, people: Sequence[str], group: str | None = None
    ) -> Created:
        """A new team of these people, or of a user group's; of `by` alone where neither is named.

        Bots and people who left are left out. Raises TeamNameError, TeamTakenError, CannotRideError when
        nobody remains, EmptyGroupError, and ChatRefusedError `no_such_subteam`.
        """
        made = Team(
            id=self._new_id(),
            workspace=workspace,
            name=team_name(name),
            members=() if group else tuple(dict.fromkeys(people or (by,))),
            group=group,
            created_by=by,
            created_at=self._clock.now(),
        )
        named = await self._rosters.everybody(made)
        members = await self._rosters.riders(workspace, named)
        left_out = tuple(person for person in named if person not in members)
        if group and not named:
            raise errors.EmptyGroupError(group)
        if not members:
            raise CannotRideError(left_out)
        if not group:
            made = replace(made, members=members)
        try:
            await self._store.add(made)
        except TeamExistsError as error:
            there = await self._store.by_name(workspace, made.name)
            raise errors.TeamTakenError(there.name if there else made.name) from error
        return Created(team=made, members=members, left_out=left_out, asked=name.strip())

    async def join(self, workspace: str, person: str, name: str) -> Joined:
        """Be in a team. Raises GroupTeamError, and CannotRideError for a bot."""
        team = await self._own(workspace, name)
        if not await self._rosters.riders(workspace, (person,)):
            raise CannotRideError((person,))
        with still_there(team):
            return Joined(team=team, already=not await self._store.join(team.id, person))

    async def leave(self, workspace: str, person: str, name: str) -> Left:
        """Be in a team no more; the team stays, even when it is empty. Raises GroupTeamError."""
        team = await self._own(workspace, name)
        with still_there(team):
            was_in = await self._store.leave(team.id, person)
        rotas = await self._store.rotas(team.id)
        now = await self._store.get(team.id) or team
        return Left(
            team=team,
            was_in=was_in,
            members=tuple(member for member in now.members if member != person),
            had_turns=any(person in rota.people for rota in rotas),
        )

    async def delete(self, workspace: str, by: str, name: str) -> Team:
        """The team and its rota are no more; its results stay. Raises NotYourTeamError."""
        team = await self._rosters.team(workspace, name)
        if by != team.created_by and not await self._rights.is_admin(workspace, by):
            raise errors.NotYourTeamError(team.name, "delete it", creator=team.created_by, creators_only=True)
        with still_there(team):
            await self._store.delete(team.id, self._clock.now())
        return team

    async def all(self, workspace: str, person: str) -> tuple[Roll, ...]:
        """All teams by name; `person` is who asks."""
        teams = await self._rosters.teams(workspace)
        everybody = await self._rosters.everybody_of(teams)
        return tuple(
            Roll(team=team, members=people, mine=person in (people or ()))
            for team, people in zip(teams, everybody, strict=True)
        )

    async def show(self, workspace: str, person: str, name: str) -> Roll:
        """One team. Raises ChatRefusedError where the chat doesn't say who is in its user group."""
        team = await self._rosters.team(workspace, name)
        everybody = await self._rosters.everybody(team)
        members = await self._rosters.riders(workspace, everybody)
        gone = tuple(one for one in everybody if one not in members)
        return Roll(team=team, members=members, mine=person in members, gone=gone)

    async def _own(self, workspace: str, name: str) -> Team:
        """A team whose people come and go by themselves."""
        team = await self._rosters.team(workspace, name)
        if team.group is not None:
            raise errors.GroupTeamError(team.name, team.group)
        return team
