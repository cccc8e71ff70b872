"""Rotas: made, swapped and removed by the people of a team, and shown to anybody."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import repeat

from bot.oncall import errors
from bot.oncall.days import Day, local_time
from bot.oncall.local_time import moment
from bot.oncall.ports import Directory, TeamStore
from bot.oncall.rosters import TeamRosters, paged, still_there
from bot.oncall.shifts import Shift, in_force, local_handover, shift_at, shifts, swapped_at, turn_at
from bot.oncall.views import Outlook, RotaSet, Swapped, Turn
from bot.oncall.zones import known_zone, time_zone
from bot.rides.errors import CannotRideError
from bot.rides.ports import Clock, Rights
from storage.errors import UnknownRotaError
from storage.team_records import Rota, RotaUnit, Swap, Team

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


@dataclass(frozen=True, kw_only=True, slots=True)
class SwapRequest:
    """A swap as somebody asked for it."""

    team: str
    one: str
    other: str
    day: Day | None
    at: time | None = None
    """By the rota's zone; None: the time of its handovers."""


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
        members = await self._allowed(team, by, "change the rota")
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
        )

    async def swap(self, workspace: str, by: str, request: SwapRequest) -> Swapped:
        """From now on two people take each other's shifts, until a day and time by the rota's zone.

        Those of an earlier swap of the two no longer count; until now, they take their own again.

        Raises NotYourTeamError, NoRotaError, RotaNotBegunError, TwiceInRotaError, NotInRotaError,
        SwapOverError and TooFarError.
        """
        team = await self._rosters.team(workspace, request.team)
        await self._allowed(team, by, "swap shifts")
        now = self._clock.now()
        rotas = await self._store.rotas(team.id)
        rota = in_force(rotas, now)
        if rota is None:
            if rotas:
                raise errors.RotaNotBegunError(team.name, rotas[-1].begins)
            raise errors.NoRotaError(team.name)
        if request.one == request.other:
            raise errors.TwiceInRotaError(request.one)
        strangers = tuple(one for one in (request.one, request.other) if one not in rota.people)
        if strangers:
            raise errors.NotInRotaError(team.name, strangers, rota.people)
        local = local_time(request.day, request.at, rota.zone, now, rota.first.time())
        until = moment(local, rota.zone)
        if request.day == "now" and request.at is None and swapped_at(rota, request.one, request.other, now):
            # Nothing else takes a swap back.
            until = now
        elif until <= now:
            raise errors.SwapOverError(local, rota.zone)
        swap = Swap(
            id=self._new_id(),
            rota=rota.id,
            one=request.one,
            other=request.other,
            begins=now,
            until=until,
            created_by=by,
            created_at=now,
        )
        try:
            with still_there(team):
                await self._store.add_swap(swap)
        except UnknownRotaError as error:
            raise errors.NoRotaError(team.name) from error
        swapped = replace(rota, swaps=(*rota.swaps, swap))
        others = tuple(one for one in rota.swaps if {one.one, one.other} != {swap.one, swap.other})
        return Swapped(
            team=team,
            swap=swap,
            changes=_pairs([replace(rota, swaps=others)], now, until) != _pairs([swapped], now, until),
            outlook=await self._outlook(team, now),
        )

    async def off(self, workspace: str, by: str, name: str) -> Team:
        """The team has no rota any more, nor one that was to follow. Raises NotYourTeamError, NoRotaError."""
        team = await self._rosters.team(workspace, name)
        await self._allowed(team, by, "remove the rota")
        with still_there(team):
            removed = await self._store.remove_rotas(team.id)
        if not removed:
            raise errors.NoRotaError(team.name)
        return team

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
        return tuple(map(_outlook, teams, members, each, repeat(now)))

    async def _allowed(self, team: Team, by: str, what: str) -> Sequence[str]:
        """The team's members. Raises NotYourTeamError when it isn't for this person to decide."""
        members = await self._rosters.everybody(team)
        if by in members or by == team.created_by or await self._rights.may_facilitate(team.workspace, by):
            return members
        raise errors.NotYourTeamError(team.name, what, creator=team.created_by)

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
        members = await self._rosters.members(team)
        return _outlook(team, members, await self._store.rotas(team.id), now)


def _outlook(team: Team, members: Sequence[str], rotas: Sequence[Rota], now: datetime) -> Outlook:
    current = shift_at(rotas, now)
    ahead = shifts(rotas, now, now + timedelta(weeks=WEEKS_SHOWN)) if members else []
    return Outlook(
        team=team,
        members=tuple(members),
        rota=current.rota if current else None,
        following=next((rota for rota in reversed(rotas) if rota.begins > now), None),
        now=_turn(current, members) if current and members else None,
        turns=tuple(_turn(shift, members) for shift in ahead),
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


def _pairs(rotas: Sequence[Rota], start: datetime, end: datetime) -> list[tuple[datetime, tuple[str, ...]]]:
    return [(max(shift.start, start), shift.order[:2]) for shift in shifts(rotas, start, end)]
