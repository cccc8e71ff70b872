"""Swaps and covers: agreed on and taken back by the people of a team."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from bot.people.oncall import errors
from bot.people.oncall.days import Day, DaysAhead, Length, Weekday, after, local_time
from bot.people.oncall.local_time import moment, wall_clock
from bot.people.oncall.rosters import TeamRosters, still_there
from bot.people.oncall.rotas import allowed, outlook_of
from bot.people.oncall.shifts import agreed, in_force, shifts, swaps_of
from bot.people.oncall.views import Outlook, Swapped, SwapsEnded
from bot.rides.ports import Clock, Rights
from scenarios.loading.nearest import nearest
from storage.errors import UnknownRotaError
from storage.teams import Rota, Swap, SwapKind, Team, TeamStore

MOST_DAYS = 366
"""How long a swap may be."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SwapRequest:
    """A swap or a cover as somebody asked for it. Times are by the rota's zone."""

    team: str
    one: str
    """Of a cover: who is covered."""
    other: str
    """Of a cover: who takes the shifts."""
    kind: SwapKind = "swap"
    first_day: Day | None = None
    """Neither a day nor a time: from now on."""
    first_at: time | None = None
    """None: the time of the rota's handovers."""
    day: Day | None = None
    """Its end."""
    at: time | None = None
    length: Length | None = None
    """In place of an end."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Span:
    begins: datetime
    until: datetime


class Swaps:
    """What people do with swaps. Methods raise UnknownTeamError for a name that no team has."""

    def __init__(
        self,
        *,
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

    async def agree(self, workspace: str, by: str, request: SwapRequest) -> Swapped | SwapsEnded:
        """Two people take each other's shifts for a while, or one covers the other.

        A swap "until now" takes back what runs of the two. Raises NotYourTeamError, NoRotaError,
        RotaNotBegunError, TwiceInRotaError, NotInRotaError, NotInTeamError, CannotBeOnCallError,
        SwapOverError, SwapOrderError and TooFarError.
        """
        team = await self._rosters.team(workspace, request.team)
        members = await allowed(self._rosters, self._rights, team, by, "swap shifts")
        now = self._clock.now()
        rotas = await self._store.rotas(team.id)
        if not rotas:
            raise errors.NoRotaError(team.name)
        if request.one == request.other:
            raise errors.TwiceInRotaError(request.one)
        zoned = in_force(rotas, now) or rotas[-1]
        if (running := _taken_back(request, zoned, now)) is not None:
            return await self._end(team, zoned, running, now)
        span = _span(request, zoned, now)
        rota = in_force(rotas, span.begins)
        if rota is None:
            raise errors.RotaNotBegunError(team.name, rotas[-1].begins)
        await self._can_take(team, rota, request, members)
        swap = Swap(
            id=self._new_id(),
            rota=rota.id,
            kind=request.kind,
            one=request.one,
            other=request.other,
            begins=span.begins,
            until=span.until,
            created_by=by,
            created_at=now,
        )
        try:
            with still_there(team):
                await self._store.add_swap(swap)
        except UnknownRotaError as error:
            raise errors.NoRotaError(team.name) from error
        later = [one.begins for one in rotas if span.begins < one.begins < span.until]
        return Swapped(
            team=team,
            swap=swap,
            zone=rota.zone,
            changes=_changes(rota, swap),
            outlook=await self._outlook(team, now),
            again=any(_same(one, swap) for one in agreed(rota)),
            cut_at=min(later, default=None),
        )

    async def take_back(self, workspace: str, by: str, swap_id: str, name: str | None = None) -> SwapsEnded:
        """A swap or a cover ends now, or never begins.

        Raises UnknownSwapError, also for one that is over or of another team than the one named, and
        NotYourTeamError for all but those who are in it.
        """
        now = self._clock.now()
        named = None if name is None else await self._rosters.team(workspace, name)
        found = await self._store.swap(workspace, swap_id.casefold())
        if found is None or found[1].until <= now or (named is not None and named.id != found[0].id):
            raise errors.UnknownSwapError(swap_id, await self._nearest(workspace, by, swap_id, named))
        team, swap = found
        if by not in (swap.one, swap.other, swap.created_by):
            await allowed(self._rosters, self._rights, team, by, f"take back a {swap.kind}")
        rotas = await self._store.rotas(team.id)
        rota = next((one for one in rotas if one.id == swap.rota), rotas[-1])
        return await self._end(team, rota, (swap,), now)

    async def _end(self, team: Team, rota: Rota, swaps: Sequence[Swap], now: datetime) -> SwapsEnded:
        for swap in swaps:
            await self._store.end_swap(swap.id, now)
        outlook = await self._outlook(team, now)
        return SwapsEnded(team=team, swaps=tuple(swaps), zone=rota.zone, outlook=outlook)

    async def _can_take(self, team: Team, rota: Rota, request: SwapRequest, members: Sequence[str]) -> None:
        """Whether the shifts can be theirs."""
        covers = request.kind == "cover"
        in_rota = (request.one,) if covers else (request.one, request.other)
        if strangers := tuple(one for one in in_rota if one not in rota.people):
            raise errors.NotInRotaError(team.name, strangers, rota.people)
        takes = (request.other,) if covers else in_rota
        able = await self._rosters.riders(team.workspace, takes)
        if gone := tuple(one for one in takes if one not in able):
            raise errors.CannotBeOnCallError(team.name, gone, swaps=not covers)
        if strangers := tuple(one for one in takes if one not in members):
            raise errors.NotInTeamError(team.name, strangers, team.group)

    async def _nearest(self, workspace: str, person: str, typed: str, named: Team | None) -> tuple[str, ...]:
        teams = [named] if named is not None else await self._rosters.teams_of(workspace, person)
        now = self._clock.now()
        known = [
            swap.id
            for team in teams
            for rota in await self._store.rotas(team.id)
            for swap in agreed(rota)
            if swap.until > now
        ]
        return nearest(typed.casefold(), known)

    async def _outlook(self, team: Team, now: datetime) -> Outlook:
        return outlook_of(team, await self._rosters.members(team), await self._store.rotas(team.id), now)


def _taken_back(request: SwapRequest, rota: Rota, now: datetime) -> tuple[Swap, ...] | None:
    """The swaps that "until now" ends; None for another request."""
    begins = (request.first_day, request.first_at, request.at, request.length)
    if request.kind != "swap" or request.day != "now" or any(part is not None for part in begins):
        return None
    running = swaps_of(rota, request.one, request.other, now)
    if not running:
        raise errors.SwapOverError(wall_clock(now, rota.zone).replace(microsecond=0), rota.zone)
    return running


def _span(request: SwapRequest, rota: Rota, now: datetime) -> _Span:
    """The moments that are meant: without a time at the handovers', without a beginning from now."""
    zone, usual = rota.zone, rota.first.time()
    first = wall_clock(now, zone)
    begins = now
    if request.first_day not in (None, "now") or request.first_at is not None:
        first = local_time(request.first_day, request.first_at, zone, now, usual)
        begins = moment(first, zone)
        if begins <= now and request.first_day == DaysAhead(days=0) and request.first_at is None:
            first, begins = wall_clock(now, zone), now
        elif begins <= now:
            raise errors.SwapOverError(first, zone, begins=True)
    if request.length is not None:
        until = after(first, request.length, zone)
        last = wall_clock(until, zone)
    else:
        # The first such day, or time, after the beginning; other days are the calendar's.
        by = begins if isinstance(request.day, Weekday) or request.day is None else now
        last = local_time(request.day, request.at, zone, by, usual)
        until = moment(last, zone)
    if until <= now:
        raise errors.SwapOverError(last, zone)
    if until <= begins:
        raise errors.SwapOrderError(first, last, zone)
    if until - begins > timedelta(days=MOST_DAYS):
        raise errors.TooFarError(1)
    return _Span(begins=begins, until=until)


def _changes(rota: Rota, swap: Swap) -> bool:
    """Whether primary or secondary is somebody else because of it at any time."""
    others = tuple(one for one in rota.swaps if not _same_people(one, swap))
    before, after_it = replace(rota, swaps=others), replace(rota, swaps=(*rota.swaps, swap))
    return _pairs(before, swap) != _pairs(after_it, swap)


def _pairs(rota: Rota, swap: Swap) -> list[tuple[datetime, tuple[str, ...]]]:
    found = shifts([rota], swap.begins, swap.until)
    return [(max(shift.start, swap.begins), shift.order[:2]) for shift in found]


def _same_people(one: Swap, other: Swap) -> bool:
    if one.kind != other.kind:
        return False
    if one.kind == "cover":
        return (one.one, one.other) == (other.one, other.other)
    return {one.one, one.other} == {other.one, other.other}


def _same(one: Swap, other: Swap) -> bool:
    """Whether what holds already is what was asked for again: a beginning that has passed is no other."""
    begins = one.begins == other.begins or one.begins <= other.begins == other.created_at
    return _same_people(one, other) and one.until == other.until and begins
