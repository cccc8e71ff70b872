"""The do-not-disturb calendar: the times in which no drill starts, for a team or for everybody."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from bot.drills.drills import Drills
from bot.drills.errors import QuietOrderError, QuietOverError, UnknownQuietError, WindowOverError
from bot.drills.parts import DrillParts
from bot.drills.views import QuietDay, QuietList, QuietRequest, QuietSet
from bot.drills.windows import Week
from bot.people.oncall.days import DayOfNextWeek, DaysAhead, Length, Weekday, after
from bot.people.oncall.errors import NotYourTeamError, TooFarError
from bot.people.oncall.local_time import moment, wall_clock
from bot.rides.errors import FacilitatorsOnlyError, UnknownTeamError
from scenarios.loading.nearest import nearest
from storage.drills import Quiet, Span
from storage.teams import Team

MOST_YEARS = 2
"""How far ahead a quiet time may end."""
_DAY = timedelta(days=1)


class Calendar:
    """What people do with quiet times."""

    def __init__(self, parts: DrillParts, drills: Drills) -> None:
        self._parts = parts
        self._drills = drills

    async def add(self, workspace: str, person: str, request: QuietRequest) -> QuietSet:
        """A new quiet time, or one for each of several days; drills whose moment it covers move.

        Raises FacilitatorsOnlyError, NotYourTeamError, UnknownTeamError, UnknownZoneError, TooFarError,
        QuietOrderError, QuietOverError, and WindowOverError for what the clocks jump over.
        """
        parts, team = self._parts, None
        if request.team is None:
            await self._for_everybody(workspace, person)
        else:
            team = await parts.teams.team(workspace, request.team)
            await self._for_team(team, person)
        now = parts.clock.now()
        zone = await parts.zone(workspace, person, request.zone)
        entries = tuple(
            Quiet(
                id=parts.new_id(),
                workspace=workspace,
                team=team.id if team is not None else None,
                team_name=team.name if team is not None else None,
                span=span,
                zone=zone,
                reason=request.reason,
                created_by=person,
                created_at=now,
            )
            for span in _spans(request, zone, now)
        )
        await parts.quiet.add(*entries)
        await self._drills.make_way(workspace)
        return QuietSet(entries=entries, zone_was_said=request.zone is not None)

    async def listing(self, workspace: str, person: str) -> QuietList:
        """What is in the calendar: all for facilitators, else what concerns one."""
        entries = await self._parts.quiet.upcoming(workspace, self._parts.clock.now())
        if await self._parts.rights.may_facilitate(workspace, person):
            return QuietList(entries=tuple(entries), all_teams=True)
        own = {team.id for team in await self._parts.teams.teams_of(workspace, person)}
        seen = tuple(entry for entry in entries if entry.team is None or entry.team in own)
        return QuietList(entries=seen, all_teams=False)

    async def remove(self, workspace: str, person: str, quiet_id: str) -> Quiet:
        """Take a quiet time out; drills stay where they are.

        Raises UnknownQuietError, FacilitatorsOnlyError and NotYourTeamError.
        """
        typed = quiet_id.casefold()
        # All of them: one that isn't in this person's list is another team's, and they are told so.
        entries = await self._parts.quiet.upcoming(workspace, self._parts.clock.now())
        entry = next((entry for entry in entries if entry.id == typed), None)
        if entry is None:
            seen = (await self.listing(workspace, person)).entries
            raise UnknownQuietError(quiet_id, nearest(typed, [entry.id for entry in seen]))
        if entry.team_name is None:
            await self._for_everybody(workspace, person)
        else:
            await self._for_entry(entry, entry.team_name, person)
        if not await self._parts.quiet.remove(workspace, entry.id):
            raise UnknownQuietError(quiet_id, ())
        return entry

    # -- rights

    async def _for_everybody(self, workspace: str, person: str) -> None:
        if not await self._parts.rights.may_facilitate(workspace, person):
            raise FacilitatorsOnlyError("change everybody's quiet times")

    async def _for_team(self, team: Team, person: str) -> None:
        if person == team.created_by or await self._parts.rights.may_facilitate(team.workspace, person):
            return
        if person not in await self._parts.teams.everybody(team):
            raise NotYourTeamError(team.name, "change the quiet times", creator=team.created_by)

    async def _for_entry(self, entry: Quiet, name: str, person: str) -> None:
        try:
            team = await self._parts.teams.team(entry.workspace, name)
        except UnknownTeamError:
            # The team is no more: what is left of it is a facilitator's to tidy up.
            await self._for_everybody(entry.workspace, person)
            return
        await self._for_team(team, person)


def _spans(request: QuietRequest, zone: str, now: datetime) -> list[Span]:
    """The spans that are meant, in order: what is over of several days is not in it."""
    each = [replace(request, first=day, more=()) for day in (request.first, *request.more)]
    hours = request.begins is not None and request.ends is not None and request.last is None
    if hours:
        each = [replace(one, first=day) for one in each for day in _each_day(one.first, zone, now)]
    spans: list[Span] = []
    over: QuietOverError | None = None
    for one in each:
        try:
            spans.append(_span(one, zone, now))
        except QuietOverError as error:
            over = error
    if not spans and over is not None:
        raise over
    if over is not None and not any(isinstance(day, Week) for day in (request.first, *request.more)):
        raise over
    return sorted(set(spans), key=lambda span: (span.begins, span.ends))


def _each_day(day: QuietDay, zone: str, now: datetime) -> tuple[QuietDay, ...]:
    """The days of a week."""
    if not isinstance(day, Week):
        return (day,)
    monday = _monday(wall_clock(now, zone).date()) + day.ahead * 7 * _DAY
    return tuple(monday + number * _DAY for number in range(7))


def _span(request: QuietRequest, zone: str, now: datetime) -> Span:
    """The moments that are meant: days without a time are whole days."""
    local = wall_clock(now, zone)
    first = _day(request.first, local.date(), local.date())
    last = first if request.last is None else _day(request.last, local.date(), first)
    if isinstance(request.first, Week) and request.last is None:
        last = first + 6 * _DAY
    if max(abs(first.year - local.year), abs(last.year - local.year)) > MOST_YEARS:
        raise TooFarError(MOST_YEARS)
    if request.begins is None and request.first == "now":
        begins = local.replace(microsecond=0)
    else:
        begins = datetime.combine(first, request.begins or time(0))
    if request.length is not None:
        return _lasting(begins, request.length, zone, now)
    if request.ends is None:
        ends = datetime.combine(last + _DAY, time(0))
    else:
        ends = datetime.combine(last, request.ends)
        if request.last is None and ends <= begins:
            ends += _DAY  # "from 22:00 to 06:00"
    span = Span(begins=moment(begins, zone), ends=moment(ends, zone))
    if span.ends <= span.begins and begins < ends:
        raise WindowOverError(None, zone)
    if span.ends <= span.begins:
        raise QuietOrderError(begins, ends, zone)
    if span.ends <= now:
        raise QuietOverError(ends, zone)
    return span


def _lasting(begins: datetime, length: Length, zone: str, now: datetime) -> Span:
    """From a local time on, as long as was said."""
    if length.span > timedelta(days=MOST_YEARS * 366):
        raise TooFarError(MOST_YEARS)
    span = Span(begins=moment(begins, zone), ends=after(begins, length, zone))
    if span.ends <= now:
        raise QuietOverError(wall_clock(span.ends, zone), zone)
    return span


def _day(day: QuietDay, today: date, start: date) -> date:
    """The day that is meant, of a week the first; a weekday is the first such day from `start` on."""
    match day:
        case Weekday():
            return start + (day.number - start.weekday()) % 7 * _DAY
        case DayOfNextWeek():
            return _monday(today) + (7 + day.number) * _DAY
        case Week():
            return _monday(today) + day.ahead * 7 * _DAY
        case DaysAhead():
            return today + day.days * _DAY
        case date():
            return day
        case _:
            return today


def _monday(day: date) -> date:
    return day - day.weekday() * _DAY
