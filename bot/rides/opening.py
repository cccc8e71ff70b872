"""From an accepted start to a live incident: the channel, the people, the sandbox, the page."""

import asyncio
import logging

from bot.rides import paging, timeline
from bot.rides.announcements import IncidentCard, StepsSkipped
from bot.rides.errors import ChatRefusedError
from bot.rides.live import LiveRide
from scenarios.journal import IncidentLive, PersonJoined, RideStarted

log = logging.getLogger(__name__)


async def open_ride(ride: LiveRide) -> None:
    """Open the channel while the sandbox starts, then arm the incident and page.

    Raises ChatRefusedError when no channel can be opened, SandboxError when the incident does not come about.
    """
    await ride.note(started(ride))
    # Both are waited for, whatever becomes of the other: a channel half made would be nobody's.
    done = await asyncio.gather(_open_channel(ride), _start_sandbox(ride), return_exceptions=True)
    for failure in done:
        if failure is not None:
            raise failure
    await _let_people_in(ride)
    await _go_live(ride)


def card(ride: LiveRide, *, total: int | None = None) -> IncidentCard:
    """The incident card as it stands."""
    live = ride.live
    return IncidentCard(
        ride=ride.id,
        scenario=ride.scenario,
        state=ride.record.state,
        learners=ride.record.learners,
        started_by=ride.record.started_by,
        live_at=live.at if live else None,
        deadline=ride.clock.at(ride.scenario.time_limit) if live else None,
        total=total,
        offers_connect=ride.parts.connect_host is not None,
    )


async def _open_channel(ride: LiveRide) -> None:
    parts, workspace = ride.parts, ride.record.workspace
    now = parts.clock.now()

    async def opened() -> None:
        channel = await parts.chat.open_channel(workspace, f"inc-{now:%m%d}-{ride.id}")
        await ride.change(channel=channel.id, channel_name=channel.name)

    # Also when the ride is stopped meanwhile: a channel that nobody knows of would never be archived.
    await ride.carry_through(opened())
    channel = ride.channel
    skipped = await _invite(ride, channel)
    ts = await parts.chat.post(workspace, channel, card(ride), key=f"{ride.id}:card")
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


async def _invite(ride: LiveRide, channel: str) -> list[tuple[str, str]]:
    """Invite the learners and the one who started; gives what was refused."""
    people = dict.fromkeys((*ride.record.learners, ride.record.started_by))
    refused = await ride.parts.chat.invite(ride.record.workspace, channel, list(people))
    for person, code in refused.items():
        await ride.skipped(f"invite {person}", code)
    return [(f"invite <@{person}>", code) for person, code in refused.items()]


async def _start_sandbox(ride: LiveRide) -> None:
    provider, scenario, pace = ride.parts.provider, ride.scenario, ride.parts.pace
    await provider.prepare(scenario, lambda step: log.info("ride %s: %s", ride.id, step))
    lease = scenario.time_limit / ride.record.speed + pace.lease_slack
    ride.sandbox = await provider.start(scenario, ride.id, lease)
    await ride.change(sandbox=ride.sandbox.id)


async def _let_people_in(ride: LiveRide) -> None:
    assert ride.sandbox is not None  # noqa: S101 - _start_sandbox raised otherwise
    for learner in ride.record.learners:
        person = await ride.parts.chat.person(ride.record.workspace, learner)
        login = await ride.sandbox.add_person(learner, person.handle)
        await ride.note(
            PersonJoined(at=ride.parts.clock.now(), person=learner, name=person.name, role=login.role)
        )


async def _go_live(ride: LiveRide) -> None:
    assert ride.sandbox is not None  # noqa: S101 - _start_sandbox raised otherwise
    measured, queue = await ride.sandbox.arm()
    now = ride.parts.clock.now()
    live = IncidentLive(at=now, measured=measured, blocker=queue.blockers[0], waiting=queue.waiting)
    await ride.note(live)
    await announce(ride, live)


async def announce(ride: LiveRide, live: IncidentLive) -> None:
    """What follows from a live incident: the timeline, the card, the page. Again after a crash, no harm."""
    plan = timeline.plan(ride.scenario, ride.id, ride.clock, ride.parts.pace)
    await ride.parts.store.add_steps(plan)
    await ride.change(state="live", live_at=live.at)
    await refresh_card(ride)
    await paging.page(ride, 1, live.measured)


async def refresh_card(ride: LiveRide, *, total: int | None = None) -> None:
    """Bring the pinned card up to date; a card that can't be edited does not stop a ride."""
    if ride.record.card_ts is None or ride.record.channel is None:
        return
    try:
        await ride.parts.chat.update(
            ride.record.workspace, ride.channel, ride.record.card_ts, card(ride, total=total)
        )
    except ChatRefusedError as refusal:
        await ride.skipped("card", refusal.code)


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
