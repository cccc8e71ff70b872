"""From an accepted start to a live incident: the channel, the people, the sandbox, the page."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta

from bot.rides import incident_card, paging, roles, timeline
from bot.rides.announcements import NotInvited, StepsSkipped
from bot.rides.channel_name import channel_name
from bot.rides.errors import ChatRefusedError
from bot.rides.live import LiveRide
from bot.rides.start_line import StartLine
from scenarios.journal import IncidentLive, PersonJoined, RideStarted, TeamCalled

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Launch:
    """What an opening needs beside the ride."""

    called: TeamCalled | None = None
    """The team, if it is a team's ride."""
    line: StartLine | None = None
    """Where it waits for others."""


async def open_ride(ride: LiveRide, launch: Launch) -> None:
    """Open the channel while the sandbox starts, then arm the incident and page.

    At a start line people are invited once it is open: until then they know nothing of it. Raises
    ChatRefusedError when no channel can be opened, SandboxError when the incident does not come about.
    """
    await ride.note(started(ride), *([launch.called] if launch.called is not None else []))
    # Both are waited for, whatever becomes of the other: a channel half made would be nobody's.
    at_once = launch.line is None
    done = await asyncio.gather(
        _open_channel(ride, invite=at_once), _start_sandbox(ride), return_exceptions=True
    )
    for failure in done:
        if failure is not None:
            raise failure
    await _let_people_in(ride)
    await _go_live(ride, launch.line)


async def _open_channel(ride: LiveRide, *, invite: bool) -> None:
    parts, workspace = ride.parts, ride.record.workspace
    now = parts.clock.now()

    async def opened() -> None:
        name = channel_name(ride.scenario.alert, now, ride.id)
        channel = await parts.chat.open_channel(workspace, name)
        await ride.change(channel=channel.id, channel_name=channel.name)

    # Also when the ride is stopped meanwhile: a channel that nobody knows of would never be archived.
    await ride.carry_through(opened())
    channel = ride.channel
    skipped = await _invite(ride) if invite else []
    ts = await parts.chat.post(workspace, channel, incident_card.card(ride), key=f"{ride.id}:card")
    await ride.change(card_ts=ts)
    optional = {
        "topic": parts.chat.set_topic(workspace, channel, f"{ride.scenario.alert} · ride {ride.id}"),
        "purpose": parts.chat.set_purpose(
            workspace,
            channel,
            f"A practice incident, ride {ride.id}: investigate, fix it, and read the postmortem.",
        ),
        "pin": parts.chat.pin(workspace, channel, ts),
    }
    for step, call in optional.items():
        try:
            await call
        except ChatRefusedError as refusal:
            await ride.skipped(step, refusal.code)
            skipped.append((step, refusal.code))
    if skipped:
        await ride.say(StepsSkipped(steps=tuple(skipped)), key="skipped")


async def _invite(ride: LiveRide) -> list[tuple[str, str]]:
    """Invite the learners, their team and the one who started, who is told what was refused."""
    record, chat, called = ride.record, ride.parts.chat, ride.called
    team = called.members if called is not None else ()
    people = dict.fromkeys((*record.learners, *team, record.started_by))
    refused = await chat.invite(record.workspace, ride.channel, list(people))
    for person, code in refused.items():
        await ride.skipped(f"invite {person}", code)
    if refused:
        told = NotInvited(ride=ride.id, channel=ride.channel, people=tuple(refused.items()))
        try:
            await chat.direct(record.workspace, record.started_by, told, key=f"{ride.id}:not-invited")
        except ChatRefusedError as refusal:
            await ride.skipped("the word about invites", refusal.code)
    return [(f"invite <@{person}>", code) for person, code in refused.items()]


async def _start_sandbox(ride: LiveRide) -> None:
    provider, scenario = ride.parts.provider, ride.scenario
    await provider.prepare(scenario, lambda step: log.info("ride %s: %s", ride.id, step))
    ride.sandbox = await provider.start(scenario, ride.id, _first_lease(ride))
    ride.sample()
    await ride.change(sandbox=ride.sandbox.id)


async def _let_people_in(ride: LiveRide) -> None:
    assert ride.sandbox is not None  # noqa: S101 - _start_sandbox raised otherwise
    for learner in ride.record.learners:
        person = await ride.parts.chat.person(ride.record.workspace, learner)
        login = await ride.sandbox.add_person(learner, person.handle)
        await ride.note(
            PersonJoined(at=ride.parts.clock.now(), person=learner, name=person.name, role=login.role)
        )


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
    await ride.note(live)
    if line is None:
        ride.parts.meter.went_live(ride.record.scenario, now - ride.record.created_at)
    if line is not None and (refused := await _invite(ride)):
        await ride.say(StepsSkipped(steps=tuple(refused)), key="not-invited")
    await announce(ride, live)


async def announce(ride: LiveRide, live: IncidentLive) -> None:
    """What follows from a live incident: the timeline, the card, the page. Again after a crash, no harm."""
    escalates = ride.called is not None and ride.acknowledged is None
    plan = timeline.plan(ride.scenario, ride.id, ride.clock, ride.parts.pace, escalates=escalates)
    await ride.parts.store.add_steps(plan)
    await ride.change(state="live", live_at=live.at)
    paging.page(ride, 1, live.measured)
    roles.show_board(ride)
    incident_card.refresh(ride)


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
