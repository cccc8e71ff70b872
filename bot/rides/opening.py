"""From an accepted start to a live incident: the channel, the people, the sandbox, the page."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.rides import incident_card, incident_channel, inviting, paging, roles, timeline
from bot.rides.errors import ChatRefusedError
from bot.rides.live import LiveRide
from bot.rides.start_line import StartLine
from scenarios.journal.events import IncidentLive, PersonJoined, RideStarted, TeamCalled
from storage.records import StepRecord

log = logging.getLogger(__name__)


async def _nobody() -> None:
    """Nobody waits for the timeline."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Launch:
    """What an opening needs beside the ride."""

    called: TeamCalled | None = None
    """The team, if it is a team's ride."""
    line: StartLine | None = None
    """Where it waits for others."""
    rouse: Callable[[], Awaitable[None]] = _nobody
    """Called when something was added to the timeline."""


async def open_ride(ride: LiveRide, launch: Launch) -> None:
    """Open the channel while the sandbox starts, then arm the incident and page.

    People are invited at once. At a start line they read nothing of the incident until it is open. Raises
    ChatRefusedError when no channel can be made, SandboxError when the incident does not come about: of the
    rest, what the chat refuses is done without.
    """
    await ride.note(started(ride), *([launch.called] if launch.called is not None else []))
    if ride.record.game_day is not None and ride.record.team is not None:
        ride.call = await ride.parts.facilitating.call(ride.record.game_day, ride.record.team)
    # Both are waited for, whatever becomes of the other: a channel half made would be nobody's.
    done = await asyncio.gather(_open_channel(ride, launch), _start_sandbox(ride), return_exceptions=True)
    for failure in done:
        if failure is not None:
            raise failure
    await _let_people_in(ride)
    await _go_live(ride, launch.line)


async def _open_channel(ride: LiveRide, launch: Launch) -> None:
    async def opened() -> None:
        await incident_channel.take(ride, await incident_channel.make(ride))

    # Also when the ride is stopped meanwhile: a channel that nobody knows of would never be archived.
    await ride.carry_through(opened())
    refused = await inviting.invite_everybody(ride, ride.channel)
    if refused:
        await launch.rouse()
    await incident_channel.furnish(ride, refused)
    if launch.line is not None:
        people = dict.fromkeys((*ride.on_call, *ride.record.learners))
        chat, workspace = ride.parts.chat, ride.record.workspace
        ride.beside(chat.prepare_direct(workspace, list(people)), "making direct messages ready")


async def _start_sandbox(ride: LiveRide) -> None:
    provider, scenario = ride.parts.provider, ride.scenario
    await provider.prepare(scenario, lambda step: log.info("ride %s: %s", ride.id, step))
    ride.sandbox = await provider.start(scenario, ride.id, _first_lease(ride))
    ride.sample()
    await ride.change(sandbox=ride.sandbox.id)


async def _let_people_in(ride: LiveRide) -> None:
    assert ride.sandbox is not None  # noqa: S101 - _start_sandbox raised otherwise
    for learner in ride.record.learners:
        name = handle = learner
        try:
            person = await ride.parts.chat.person(ride.record.workspace, learner)
        except ChatRefusedError as refusal:
            # They ride under their id until the chat says who they are.
            await ride.skipped(f"name of {learner}", refusal.code)
        else:
            name, handle = person.name, person.handle
        login = await ride.sandbox.add_person(learner, handle)
        await ride.note(PersonJoined(at=ride.parts.clock.now(), person=learner, name=name, role=login.role))


def _first_lease(ride: LiveRide) -> timedelta:
    return ride.scenario.time_limit / ride.record.speed + ride.parts.pace.lease_slack


async def _go_live(ride: LiveRide, line: StartLine | None) -> None:
    assert ride.sandbox is not None  # noqa: S101 - _start_sandbox raised otherwise
    measured, queue = await ride.sandbox.arm()
    if line is not None:
        await line.ready(ride.id)
    now = ride.parts.clock.now()
    if line is not None:
        # What was measured when it was armed is old by now, and so is the lease.
        measured = await ride.sandbox.measure()
        await ride.sandbox.renew(_first_lease(ride))
    live = IncidentLive(at=now, measured=measured, blocker=queue.blockers[0], waiting=queue.waiting)
    await ride.go_live(live, _plan(ride, live))
    if line is None:
        ride.parts.meter.went_live(ride.record.scenario, now - ride.record.created_at)
    _announce(ride, live)


def _plan(ride: LiveRide, live: IncidentLive) -> list[StepRecord]:
    escalates = ride.called is not None and ride.acknowledged is None
    pace, clock = ride.parts.pace, ride.clock_since(live)
    return timeline.plan(ride.scenario, ride.id, clock, pace, escalates=escalates)


async def announce_again(ride: LiveRide, live: IncidentLive) -> None:
    """What follows from a live incident, after a crash: the timeline, the card, the page. Twice, no harm."""
    await ride.parts.store.add_steps(_plan(ride, live))
    await ride.change(state="live", live_at=live.at)
    _announce(ride, live)


def _announce(ride: LiveRide, live: IncidentLive) -> None:
    paging.page(ride, 1, live.measured)
    roles.show_board(ride)
    incident_card.refresh(ride)
    ride.beside(ride.know(ride.record.learners), "names")


def started(ride: LiveRide) -> RideStarted:
    """The journal's first event."""
    record = ride.record
    return RideStarted(
        at=record.created_at,
        ride=record.id,
        scenario=record.scenario,
        version=record.version,
        started_by=record.started_by,
        speed=record.speed,
    )
