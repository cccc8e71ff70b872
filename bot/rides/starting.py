"""From a request to an accepted ride: who of those named can ride, and the record of the ride."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.rides.dependencies import Parts
from bot.rides.errors import (
    CannotRideError,
    ChatRefusedError,
    EmptyTeamError,
    FacilitatorsOnlyError,
    LearnerBusyError,
    UnknownScenarioError,
)
from bot.rides.ports import OnCall
from bot.rides.views import LeftOut, StartRequest
from scenarios import errors as scenario_errors
from scenarios.journal.events import TeamCalled
from scenarios.journal.stored import dump_scenario
from scenarios.model.scenario import Scenario
from storage import errors as storage_errors
from storage.records import RideRecord


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted:
    """A ride that is stored and may begin."""

    record: RideRecord
    scenario: Scenario
    called: TeamCalled | None
    left_out: tuple[LeftOut, ...]


async def may_start(
    parts: Parts, workspace: str, person: str, learners: Sequence[str], roster: OnCall | None
) -> None:
    """Whether the person may start a ride for these. Raises FacilitatorsOnlyError.

    Everybody may for themselves and whoever rides with them, and for people of a team that they are in.
    """
    in_team = roster is None or person in roster.members
    mates = roster.members if roster is not None and in_team else ()
    if in_team and (not learners or person in learners or set(learners) <= set(mates)):
        return
    if not await parts.rights.may_facilitate(workspace, person):
        whom = "others" if in_team else "a team you aren't in"
        raise FacilitatorsOnlyError(f"start a ride for {whom}")


async def accept(parts: Parts, request: StartRequest) -> Accepted:
    """Store the ride that was asked for, with those who can ride.

    Raises UnknownScenarioError, and when nobody is left CannotRideError, LearnerBusyError or EmptyTeamError.
    """
    try:
        scenario = parts.scenarios.load(request.scenario)
    except scenario_errors.UnknownScenarioError as error:
        raise UnknownScenarioError(request.scenario, error.nearest, error.known) from None
    riders, left_out = await _riders(parts, request)
    record = RideRecord(
        id=parts.new_id(),
        workspace=request.workspace,
        scenario=scenario.slug,
        version=scenario.version,
        document=dump_scenario(scenario),
        state="preparing",
        started_by=request.by,
        learners=riders,
        origin_channel=request.origin.channel,
        response_url=request.origin.response_url,
        speed=parts.pace.speed,
        created_at=parts.clock.now(),
        team=request.roster.team if request.roster is not None else None,
        game_day=request.game_day,
    )
    called = await _called(parts, request, record)
    try:
        await parts.store.add(record)
    except storage_errors.LearnerBusyError as error:
        raise busy(error) from None
    return Accepted(record=record, scenario=scenario, called=called, left_out=left_out)


def busy(error: storage_errors.LearnerBusyError) -> LearnerBusyError:
    """The storage's word for somebody in two rides, as the engine's."""
    return LearnerBusyError(error.person, error.ride.id, error.ride.scenario, error.ride.channel)


async def _riders(parts: Parts, request: StartRequest) -> tuple[tuple[str, ...], tuple[LeftOut, ...]]:
    """Who rides, and who of those asked for doesn't."""
    named = tuple(dict.fromkeys(request.learners))
    roster = request.roster
    if named or roster is None:
        asked = named or (request.by,)
        out = {person: found for person in asked if (found := await _hindered(parts, request, person))}
        riders = tuple(person for person in asked if person not in out)
        if not riders or request.by in out:
            await _refuse(parts, request, [out[request.by]] if request.by in out else list(out.values()))
        return riders, tuple(out.values())
    passed_over: list[LeftOut] = []
    for person in _order(roster):
        hindered = await _hindered(parts, request, person)
        if hindered is None:
            return (person,), tuple(passed_over)
        passed_over.append(hindered)
    if any(one.busy for one in passed_over):
        await _refuse(parts, request, passed_over)
    raise EmptyTeamError(roster.name)


def _order(roster: OnCall) -> tuple[str, ...]:
    """Everybody in the team, in the order in which they are paged."""
    secondary = (roster.secondary,) if roster.secondary is not None else ()
    return tuple(dict.fromkeys((roster.primary, *secondary, *roster.members)))


async def _hindered(parts: Parts, request: StartRequest, person: str) -> LeftOut | None:
    """Why they can't ride, if they can't."""
    if not await _can_ride(parts, request.workspace, person):
        return LeftOut(person=person, busy=False)
    if await parts.store.live_for_person(request.workspace, person) is not None:
        return LeftOut(person=person, busy=True)
    return None


async def _can_ride(parts: Parts, workspace: str, person: str) -> bool:
    try:
        return (await parts.chat.person(workspace, person)).can_ride
    except ChatRefusedError as refusal:
        if not refusal.is_nobody:
            raise
        return False


async def _refuse(parts: Parts, request: StartRequest, left_out: Sequence[LeftOut]) -> None:
    """Nobody is left: say why of the first who is busy, or of all who can't. Returns if that has changed."""
    for one in left_out:
        if one.busy:
            other = await parts.store.live_for_person(request.workspace, one.person)
            if other is not None:
                raise LearnerBusyError(one.person, other.id, other.scenario, other.channel)
    raise CannotRideError(tuple(one.person for one in left_out))


def _first_of(roster: OnCall, record: RideRecord) -> tuple[str, ...]:
    """Who of the learners comes first in the order in which the team is paged."""
    return tuple(person for person in _order(roster) if person in record.learners)[:1]


async def _called(parts: Parts, request: StartRequest, record: RideRecord) -> TeamCalled | None:
    roster = request.roster
    if roster is None:
        return None
    members = [person for person in _order(roster) if await _can_ride(parts, request.workspace, person)]
    return TeamCalled(
        at=record.created_at,
        team=roster.team,
        name=roster.name,
        primary=roster.primary,
        secondary=roster.secondary,
        members=tuple(members),
        # In a game day all of the team ride from the start, and yet who is on call is paged first.
        paged=_first_of(roster, record) if request.game_day is not None else record.learners,
    )
