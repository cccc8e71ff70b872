"""From the hour to live incidents: each team's people, its ride, and the line at which all of them wait."""

import asyncio
import dataclasses
import logging
from collections.abc import Sequence
from datetime import timedelta

from bot.gamedays.announcements import (
    CouldNotStart,
    FacilitatesInstead,
    Failure,
    Said,
    StartsLate,
    TooBusy,
    refused_by_chat,
)
from bot.gamedays.channels import invite, open_channels, refresh_card
from bot.gamedays.console_page import TRIES
from bot.gamedays.ending import tell_called_off
from bot.gamedays.live_day import LiveDay
from bot.gamedays.preparing import ahead_for
from bot.rides.errors import ChatRefusedError, EmptyTeamError, LearnerBusyError, RideError, RideOverError
from bot.rides.ports import OnCall
from bot.rides.start_line import StartLine
from bot.rides.views import Origin, StartRequest
from storage.game_days import Slot
from storage.records import UNDER_WAY
from storage.teams import Team

log = logging.getLogger(__name__)

LATE_ENOUGH_TO_SAY = 60.0
"""Seconds."""
OLD_RIDE_ENDS_WITHIN = 30.0
"""Seconds that a ride which a restart cut off may take to be written off."""


async def start_group(day: LiveDay, slots: Sequence[Slot]) -> None:
    """Prepare the rides of these slots, which are due at the same moment, and let them go live together."""
    due = slots[0].due_at
    ready_by = day.parts.clock.now() + ahead_for(len(slots), day.parts.tempo)
    if not await _begin(day, slots):
        # They were taken when it was called off or ended: nothing may wait for them.
        await day.put(*(dataclasses.replace(slot, state="dropped") for slot in slots))
        return
    line = StartLine(day.parts.clock)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_start_one(day, slot, line)) for slot in slots]
    if any(task.result() for task in tasks):
        tempo, now = day.parts.tempo, day.parts.clock.now()
        opens = max(due, now)
        # Begun late, such as after a restart, all wait until all can be ready, and only then impatiently.
        await line.open(opens, max(ready_by - opens, timedelta()) + tempo.patience)
        wave = f"{len(slots)} of {len(day.record.entrants)}" if day.record.wave_size is not None else ""
        await day.note("live", detail=wave)
        await _let_newcomers_in(day, slots)


async def _let_newcomers_in(day: LiveDay, slots: Sequence[Slot]) -> None:
    """Into the day's channel: who came to a team after the day was planned."""
    if day.record.channel is None:
        return
    riding: list[str] = []
    for slot in slots:
        record = await day.parts.book.get(day.slots[slot.team, slot.round].ride or "")
        riding += record.learners if record is not None else ()
    try:
        there = await day.parts.stage.members(day.workspace, day.record.channel)
    except ChatRefusedError as refusal:
        log.info("game day %s: nobody knows who is in its channel: %s", day.id, refusal.code)
        return
    await invite(day, day.record.channel, [person for person in riding if person not in there])


async def _begin(day: LiveDay, slots: Sequence[Slot]) -> bool:
    """The day runs from here on; False when it is too late for that, or it was cancelled meanwhile."""
    async with day.steering:
        if day.record.state == "running":
            return day.record.ended_by is None
        if day.record.state != "planned":
            return False
        now, due = day.parts.clock.now(), slots[0].due_at
        if now > due + day.parts.tempo.too_late:
            await drop(day)
            await day.note("missed")
            await day.change(state="missed", ended_at=now)
            await tell_called_off(day)
            return False
        try:
            # They are there, but for a day that was cut off while it was made.
            await open_channels(day, await riders(day) if day.record.channel is None else ())
        except ChatRefusedError as refusal:
            log.warning("game day %s: no channels: %s", day.id, refusal.code)
        # One that was planned for a moment ago, or that Slack made wait, is no sign that Ride was not there.
        if (day.known_since - due).total_seconds() > LATE_ENOUGH_TO_SAY:
            await day.say(day.record.channel, StartsLate(due_at=due), key="late")
        await day.change(state="running", started_at=now)
        await day.note("began")
        await refresh_card(day)
    return True


async def riders(day: LiveDay) -> list[str]:
    """Everybody of the teams who can ride."""
    teams = {team.id: team for team in await day.parts.teams.teams(day.workspace)}
    there = [teams[entrant.team] for entrant in day.record.entrants if entrant.team in teams]
    return [person for team in there for person in await day.parts.teams.members(team)]


async def drop(day: LiveDay) -> None:
    """What has not begun won't."""
    due = [slot for slot in day.slots.values() if slot.state == "due"]
    await day.put(*(dataclasses.replace(slot, state="dropped") for slot in due))


async def _start_one(day: LiveDay, slot: Slot, line: StartLine) -> bool:
    """Prepare one team's ride; whether it was accepted."""
    try:
        started = await _accepted(day, slot, line)
    except RideError as error:
        await fail(day, slot, _reason(error))
        return False
    except Exception:
        # One team's trouble must not keep the others from starting.
        log.exception("game day %s: team %s could not start", day.id, slot.team)
        await fail(day, slot, Failure.OUR_FAULT)
        return False
    await day.put(dataclasses.replace(slot, state="starting", ride=started))
    if day.record.ended_by is not None:
        try:
            await day.parts.hand.end(day.workspace, started, day.record.ended_by)
        except RideOverError:
            log.info("game day %s: the ride of %s had ended already", day.id, slot.team)
    return True


async def _accepted(day: LiveDay, slot: Slot, line: StartLine) -> str:
    """The id of the ride. Raises RideError."""
    team = await _team(day, slot.team)
    learners = await _learners(day, slot, team)
    while True:
        if not learners:
            raise EmptyTeamError(team.name)
        request = StartRequest(
            workspace=day.workspace,
            by=day.record.facilitators[0],
            scenario=slot.scenario,
            learners=learners,
            roster=await _roster(day, team, learners),
            # Not the day's channel: a ride's result names the cause, and other teams still look for it.
            origin=Origin(channel=None),
            game_day=day.id,
            line=line,
        )
        try:
            return (await day.parts.rides.start_for(request)).ride
        except LearnerBusyError as error:
            # They began another ride just now.
            learners = tuple(person for person in learners if person != error.person)
            await _tell_busy(day, team, {error.person: error.channel})


async def _team(day: LiveDay, team: str) -> Team:
    for found in await day.parts.teams.teams(day.workspace):
        if found.id == team:
            return found
    raise _GoneError


class _GoneError(RideError):
    """The team was deleted since the day was planned."""


async def _learners(day: LiveDay, slot: Slot, team: Team) -> tuple[str, ...]:
    """The team's people who can ride and are free; the others are told."""
    free, busy, facilitate = [], {}, []
    for person in await day.parts.teams.members(team):
        if person in day.record.facilitators:
            facilitate.append(person)
            continue
        other = await _other_ride(day, slot, person)
        if other is None:
            free.append(person)
        else:
            busy[person] = other[0]
    await _tell_busy(day, team, busy)
    instead: Said = FacilitatesInstead(day=day.record.name, team=team.name)
    await day.tell(dict.fromkeys(facilitate, instead), key=f"facilitates-{slot.round}")
    return tuple(free)


async def _other_ride(day: LiveDay, slot: Slot, person: str) -> tuple[str | None] | None:
    """The channel of the ride that a person is in; a ride of ours that was cut off is waited for."""
    try:
        async with asyncio.timeout(OLD_RIDE_ENDS_WITHIN):
            while True:
                other = await day.parts.book.live_for_person(day.workspace, person)
                if other is None or other.state not in UNDER_WAY:
                    return None
                ours = other.game_day == day.id and other.team == slot.team and other.live_at is None
                if not ours:
                    return (other.channel,)
                await asyncio.sleep(0.1)
    except TimeoutError:
        return (None,)


async def _tell_busy(day: LiveDay, team: Team, busy: dict[str, str | None]) -> None:
    told: dict[str, Said] = {
        person: TooBusy(day=day.record.name, team=team.name, channel=channel)
        for person, channel in busy.items()
    }
    await day.tell(told, key=f"busy-{len(day.events)}")


async def _roster(day: LiveDay, team: Team, learners: Sequence[str]) -> OnCall:
    """Who is paged first: as the team's rota has it, as far as they ride."""
    found = await day.parts.teams.on_call(day.workspace, team.name, day.parts.clock.now())
    first = [found.primary] if found.secondary is None else [found.primary, found.secondary]
    order = list(dict.fromkeys([*(person for person in first if person in learners), *learners]))
    return dataclasses.replace(
        found,
        primary=order[0],
        secondary=order[1] if len(order) > 1 else None,
        members=tuple(learners),
    )


def _reason(error: RideError) -> str:
    if isinstance(error, _GoneError):
        return Failure.TEAM_GONE
    if isinstance(error, EmptyTeamError):
        return Failure.NOBODY
    if isinstance(error, ChatRefusedError):
        return refused_by_chat(error.step, error.code)
    return str(error)


async def fail(day: LiveDay, slot: Slot, why: str) -> None:
    """A team's ride could not start: the facilitators hear of it, the others go on."""
    await day.put(dataclasses.replace(slot, state="failed", failure=why))
    await day.note("not_started", team=slot.team, detail=why)
    said = CouldNotStart(
        day=day.record.name,
        team=day.entrant(slot.team).name,
        failure=why,
        console=day.record.console,
        can_start_again=slot.attempt < TRIES,
    )
    await day.tell_facilitators(said, key=f"failed-{slot.team}-{slot.round}-{slot.attempt}")
