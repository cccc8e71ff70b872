"""Rotas: made and removed by the people of a team, and shown to anybody."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import repeat

from bot.people.oncall import errors
from bot.people.oncall.days import Day, local_time
from bot.people.oncall.local_time import moment
from bot.people.oncall.ports import Directory
from bot.people.oncall.rosters import TeamRosters, paged, still_there
from bot.people.oncall.shifts import Shift, agreed, in_force, local_handover, shift_at, shifts, turn_at
from bot.people.oncall.views import MyTurns, Outlook, RotaRemoved, RotaSet, Turn
from bot.people.oncall.zones import known_zone, time_zone
from bot.rides.errors import CannotRideError
from bot.rides.ports import Clock, Rights
from storage.teams import Rota, RotaUnit, Team, TeamStore

WEEKS_SHOWN = 4
LONGEST_TURN = 366
"""Days."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RotaRequest:
    """A rota as somebody asked for it."""

    team: str
    """The team's name."""
    people: tuple[str, ...]
    unit: RotaUnit = "week"
    every: int = 1
    day: Day | None = None
    at: time | None = None
    zone: str | None = None
    """As it was typed; None: that of the one who asks."""


class Rotas:
    """What people do with rotas. Methods raise UnknownTeamError for a name that no team has."""

    def __init__(
        self,
        *,
        store: TeamStore,
        rosters: TeamRosters,
        directory: Directory,
        rights: Rights,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._store = store
        self._rosters = rosters
        self._directory = directory
        self._rights = rights
        self._clock = clock
        self._new_id = new_id

    async def set(self, workspace: str, by: str, request: RotaRequest) -> RotaSet:
        """A new rota for a team; the one in force stays until it begins.

        Bots and people who left are left out. Raises NotYourTeamError, TwiceInRotaError, CannotRideError when
        nobody remains, NotInTeamError, UnknownZoneError, RotaInPastError and TooFarError.
        """
        team = await self._rosters.team(workspace, request.team)
        for person in request.people:
            if request.people.count(person) > 1:
                raise errors.TwiceInRotaError(person)
        members = await allowed(self._rosters, self._rights, team, by, "change the rota")
        people = await self._rosters.riders(workspace, request.people)
        left_out = tuple(person for person in request.people if person not in people)
        if not people:
            raise CannotRideError(left_out)
        if strangers := tuple(person for person in people if person not in members):
            raise errors.NotInTeamError(team.name, strangers, team.group)
        now = self._clock.now()
        rota = await self._planned(team, by, replace(request, people=people), now)
        before = await self._store.rotas(team.id)
        with still_there(team):
            await self._store.set_rota(rota, now)
        replaced = in_force(before, now)
        return RotaSet(
            team=team,
            rota=rota,
            zone_was_said=request.zone is not None,
            left_out=left_out,
            replaced=replaced,
            dropped=next((one for one in reversed(before) if one.begins > now), None),
            outlook=await self._outlook(team, now),
            again=any(_same(one, rota) for one in before),
            ended=tuple(swap for one in before for swap in agreed(one) if swap.until > rota.begins),
        )

    async def off(self, workspace: str, by: str, name: str) -> RotaRemoved:
        """The team has no rota any more, nor one that was to follow. Raises NotYourTeamError, NoRotaError."""
        team = await self._rosters.team(workspace, name)
        await allowed(self._rosters, self._rights, team, by, "remove the rota")
        rotas = await self._store.rotas(team.id)
        with still_there(team):
            removed = await self._store.remove_rotas(team.id)
        if not removed:
            raise errors.NoRotaError(team.name)
        people = tuple(dict.fromkeys(person for rota in rotas for person in rota.people))
        return RotaRemoved(team=team, people=people)

    async def mine(self, workspace: str, person: str) -> tuple[MyTurns, ...]:
        """When somebody is on call, in each of their teams."""
        found = await self.outlook(workspace, person)
        own = [view for view in found if person in view.members]
        return tuple(
            MyTurns(
                person=person,
                outlook=view,
                turns=tuple(turn for turn in view.turns if person in (turn.primary, turn.secondary)),
            )
            for view in own
        )

    async def outlook(self, workspace: str, person: str, name: str | None = None) -> tuple[Outlook, ...]:
        """Who is on call in the team of this name; without a name in the teams of `person`, or in all.

        Raises ChatRefusedError where the chat doesn't say who is in the user group of the team named.
        """
        now = self._clock.now()
        if name is not None:
            return (await self._outlook(await self._rosters.team(workspace, name), now),)
        teams = await self._rosters.teams_of(workspace, person) or await self._rosters.teams(workspace)
        members = await self._rosters.members_of(workspace, teams)
        each = [await self._store.rotas(team.id) for team in teams]
        return tuple(map(outlook_of, teams, members, each, repeat(now)))

    async def _planned(self, team: Team, by: str, request: RotaRequest, now: datetime) -> Rota:
        if request.zone is not None:
            zone = time_zone(request.zone)
        else:
            zone = known_zone((await self._directory.person(team.workspace, by)).zone)
        if request.every * (7 if request.unit == "week" else 1) > LONGEST_TURN:
            raise errors.TooFarError(1)
        first = local_time(request.day, request.at, zone, now)
        rota = Rota(
            id=self._new_id(),
            team=team.id,
            people=request.people,
            unit=request.unit,
            every=request.every,
            first=first,
            zone=zone,
            begins=moment(first, zone),
            created_by=by,
            created_at=now,
        )
        at_once = request.at is None and request.day in (None, "now")
        if rota.begins <= now and not at_once:
            raise errors.RotaInPastError(first, local_handover(rota, turn_at(rota, now) + 1), zone)
        return rota

    async def _outlook(self, team: Team, now: datetime) -> Outlook:
        return outlook_of(team, await self._rosters.members(team), await self._store.rotas(team.id), now)


async def allowed(rosters: TeamRosters, rights: Rights, team: Team, by: str, what: str) -> Sequence[str]:
    """All people of a team. Raises NotYourTeamError when it isn't for this person to decide."""
    members = await rosters.everybody(team)
    if by in members or by == team.created_by or await rights.may_facilitate(team.workspace, by):
        return members
    raise errors.NotYourTeamError(team.name, what, creator=team.created_by)


def _same(one: Rota, other: Rota) -> bool:
    """Whether two rotas give everybody the same turns."""
    if (one.people, one.unit, one.every, one.zone) != (other.people, other.unit, other.every, other.zone):
        return False
    return (
        local_handover(one, turn_at(one, other.begins)) == other.first
        and turn_at(one, other.begins) % len(one.people) == 0
    )


def outlook_of(team: Team, members: Sequence[str], rotas: Sequence[Rota], now: datetime) -> Outlook:
    """Who of a team is on call by its rotas, now and in the weeks to come; `members` are those who can be."""
    current = shift_at(rotas, now)
    ahead = shifts(rotas, now, now + timedelta(weeks=WEEKS_SHOWN)) if members else []
    return Outlook(
        team=team,
        members=tuple(members),
        rota=current.rota if current else None,
        following=next((rota for rota in reversed(rotas) if rota.begins > now), None),
        now=_turn(current, members) if current and members else None,
        turns=tuple(_turn(shift, members) for shift in ahead),
        agreed=tuple(swap for rota in rotas for swap in agreed(rota) if swap.until > now),
    )


def _turn(shift: Shift, members: Sequence[str]) -> Turn:
    order = paged(shift, members)
    return Turn(
        start=shift.start,
        end=shift.end,
        primary=order[0],
        secondary=order[1] if len(order) > 1 else None,
        instead_of=shift.order[0] if shift.order[0] not in members else None,
        swapped=shift.swapped,
    )
