"""What facilitators do from the console, each act with who did it in the ride's journal and the day's own."""

import dataclasses
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.gamedays.console_page import TRIES
from bot.gamedays.errors import (
    GameDayNotBegunError,
    GameDayOverError,
    NoRideNowError,
    NotToStartAgainError,
    NotYourGameDayError,
)
from bot.gamedays.live_day import LiveDay
from bot.gamedays.schedule import current
from bot.gamedays.starting import drop
from bot.rides.errors import RideError, RideOverError
from bot.rides.views import RideGlance
from sandbox.errors import SandboxError

log = logging.getLogger(__name__)

STEP = timedelta(minutes=5)
"""Ride time that one click adds."""


class Console:
    """The acts. `find` gives a day; all raise RideError for what can't be done."""

    def __init__(
        self, find: Callable[[str, str], Awaitable[LiveDay]], wake: Callable[[], Awaitable[None]]
    ) -> None:
        self._find = find
        self._wake = wake

    # -- one team's ride

    async def pause(self, workspace: str, by: str, day: str, team: str) -> None:
        """The ride's clock and symptoms stand still."""
        found, ride = await self._ride(workspace, by, day, team)
        await found.parts.hand.pause(workspace, ride, by)
        await found.note("paused", by=by, team=team)

    async def resume(self, workspace: str, by: str, day: str, team: str) -> None:
        """The ride goes on."""
        found, ride = await self._ride(workspace, by, day, team)
        await found.parts.hand.resume(workspace, ride, by)
        await found.note("resumed", by=by, team=team)

    async def extend(self, workspace: str, by: str, day: str, team: str) -> None:
        """The ride may take five minutes longer."""
        found, ride = await self._ride(workspace, by, day, team)
        await found.parts.hand.extend(workspace, ride, by, STEP)
        await found.note("extended", by=by, team=team, detail=f"{STEP.total_seconds():.0f}")

    async def send_symptom(self, workspace: str, by: str, day: str, team: str, step: str) -> None:
        """A symptom comes now."""
        found, ride = await self._ride(workspace, by, day, team)
        unsent = (await found.parts.hand.glance(workspace, ride)).unsent
        await found.parts.hand.send_symptom(workspace, ride, by, step)
        words = next((f"{said.speaker}: {said.text}" for said in unsent if said.id == step), step)
        await found.note("symptom", by=by, team=team, detail=words)

    async def reveal_hint(self, workspace: str, by: str, day: str, team: str) -> None:
        """The team gets its next hint without asking."""
        found, ride = await self._ride(workspace, by, day, team)
        await found.parts.hand.reveal_hint(workspace, ride, by)
        await found.note("hint", by=by, team=team)

    async def speak(self, workspace: str, by: str, day: str, team: str, *, speaker: str, text: str) -> None:
        """Somebody of the story says something in the team's channel."""
        found, ride = await self._ride(workspace, by, day, team)
        await found.parts.hand.speak(workspace, ride, by, speaker, text)
        await found.note("spoke", by=by, team=team, detail=speaker)

    async def end(self, workspace: str, by: str, day: str, team: str) -> None:
        """The team's ride ends, without a score."""
        found, ride = await self._ride(workspace, by, day, team)
        await found.parts.hand.end(workspace, ride, by)
        await found.note("ended", by=by, team=team)

    async def start_again(self, workspace: str, by: str, day: str, team: str) -> None:
        """A ride that could not start is tried once more, now."""
        found = await self._running(workspace, by, day)
        async with found.steering:
            # It may have been ended just now: what is put in line then would never go.
            if found.record.state != "running" or found.record.ended_by is not None:
                raise GameDayOverError(found.record.name)
            slot = current(found.slots.values(), team)
            if slot is None or slot.state != "failed" or slot.attempt >= TRIES:
                raise NotToStartAgainError(found.entrant(team).name)
            again = dataclasses.replace(
                slot,
                state="due",
                ride=None,
                failure=None,
                attempt=slot.attempt + 1,
                due_at=found.parts.clock.now(),
            )
            await found.put(again)
        await found.note("again", by=by, team=team)
        await self._wake()

    async def glance(self, workspace: str, by: str, day: str, team: str) -> RideGlance:
        """How the team's ride stands, for a form about it."""
        found, ride = await self._ride(workspace, by, day, team)
        return await found.parts.hand.glance(workspace, ride)

    async def team_name(self, workspace: str, day: str, team: str) -> str:
        """The name of a team that takes part."""
        return (await self._find(workspace, day)).entrant(team).name

    # -- the whole day

    async def pause_all(self, workspace: str, by: str, day: str) -> int:
        """All rides that run stand still; how many."""
        found = await self._running(workspace, by, day)
        return await self._each(found, by, paused=False, act=found.parts.hand.pause, kind="paused_all")

    async def resume_all(self, workspace: str, by: str, day: str) -> int:
        """All rides that stand still go on; how many."""
        found = await self._running(workspace, by, day)
        return await self._each(found, by, paused=True, act=found.parts.hand.resume, kind="resumed_all")

    async def end_day(self, workspace: str, by: str, day: str) -> None:
        """All rides end, and the summary comes."""
        found = await self._running(workspace, by, day)
        async with found.steering:
            if found.record.ended_by is not None:
                raise GameDayOverError(found.record.name)
            await found.change(ended_by=by)
            await found.note("day_ended", by=by)
        await end_rides(found, by)

    async def _each(
        self,
        day: LiveDay,
        by: str,
        *,
        paused: bool,
        act: Callable[[str, str, str], Awaitable[None]],
        kind: str,
    ) -> int:
        done = 0
        for slot in list(day.slots.values()):
            if slot.state != "running" or slot.ride is None:
                continue
            glance = await day.parts.hand.glance(day.workspace, slot.ride)
            if glance.state != "live" or glance.paused is not paused:
                continue
            try:
                await act(day.workspace, slot.ride, by)
            except (RideError, SandboxError) as error:
                # It ended, somebody else was faster, or its server is gone: the others' turn all the same.
                log.info("game day %s: ride %s is left out of %s: %s", day.id, slot.ride, kind, error)
                continue
            done += 1
        await day.note(kind, by=by, detail=str(done))
        return done

    # -- who may, and in what

    async def _running(self, workspace: str, by: str, day: str) -> LiveDay:
        """The day, if it runs and they may steer it."""
        found = await self._find(workspace, day)
        if by not in found.record.facilitators and not await found.parts.rights.is_admin(workspace, by):
            raise NotYourGameDayError(found.record.name, found.record.facilitators)
        if found.record.state == "planned":
            raise GameDayNotBegunError(found.record.name, found.record.starts_at)
        if found.record.state != "running":
            raise GameDayOverError(found.record.name)
        return found

    async def _ride(self, workspace: str, by: str, day: str, team: str) -> tuple[LiveDay, str]:
        """The day and the team's ride that is under way."""
        found = await self._running(workspace, by, day)
        slot = current(found.slots.values(), team)
        if slot is None or slot.ride is None or slot.state not in ("starting", "running"):
            raise NoRideNowError(found.entrant(team).name, preparing=slot is not None and slot.state == "due")
        return found, slot.ride


async def end_rides(day: LiveDay, by: str) -> None:
    """No ride of the day goes on, and none begins."""
    await drop(day)
    for slot in list(day.slots.values()):
        if slot.state in ("starting", "running") and slot.ride is not None:
            try:
                await day.parts.hand.end(day.workspace, slot.ride, by)
            except RideOverError:
                continue
    for slot in list(day.slots.values()):
        if slot.state == "starting" and slot.ride is None:
            await day.put(dataclasses.replace(slot, state="dropped"))
