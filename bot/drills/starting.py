"""What is due about a drill: to start it, to look what came of that, to say that it is off.

The row says how far it is, and is written before anything is done, so that a program that ends in the middle
goes on there, and no drill starts twice.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.drills.parts import DrillParts
from bot.drills.scenarios import candidates, pick
from bot.drills.spans import contains, draw, left
from bot.rides.errors import (
    CannotRideError,
    ChatRefusedError,
    EmptyTeamError,
    LearnerBusyError,
    RideError,
    UnknownScenarioError,
    UnknownTeamError,
)
from bot.rides.ports import OnCall
from bot.rides.views import Origin, StartRequest
from storage.drills import Drill, DrillProblem, DrillState, Span

log = logging.getLogger(__name__)

RETRIES = 3
RETRY_AFTER = timedelta(minutes=3)
LOOK_AFTER = timedelta(seconds=10)
"""How long until the next look whether the ride is live; its sandbox takes a second or two."""
GRACE = timedelta(minutes=10)
"""How long after its window a drill still starts that fell due in it while Ride was not running."""

_PROBLEMS: Sequence[tuple[type[RideError], DrillProblem]] = (
    (UnknownTeamError, "team_gone"),
    (EmptyTeamError, "team_empty"),
    (CannotRideError, "team_empty"),
    (LearnerBusyError, "busy"),
    (UnknownScenarioError, "scenario_gone"),
    (ChatRefusedError, "chat_refused"),
)
_FOR_GOOD: frozenset[DrillProblem] = frozenset({"team_gone", "scenario_gone"})
"""What no retry mends."""


class Starting:
    """Takes drills a step further."""

    def __init__(self, parts: DrillParts) -> None:
        self._parts = parts

    async def go_on(self, drill: Drill) -> None:
        """Do what is due. Raises StaleDrillError when somebody else did."""
        if drill.state == "planned":
            await self._on_time(drill)
        elif drill.state == "starting":
            await self._look(drill)
        else:
            await self._tell(drill)

    async def move(self, drill: Drill, *, off: DrillState = "called_off") -> None:
        """Draw another moment of what is left of the windows; without one the drill is off."""
        now = self._parts.clock.now()
        number = drill.draw + 1
        at = draw(drill.windows, await self._quiet(drill, now), now, drill.seed, number)
        if at is None:
            await self._off(drill, off)
            return
        await self._parts.store.update(replace(drill, draw=number, due_at=at))
        log.info("drill %s has another moment", drill.id)

    # -- the moment

    async def _on_time(self, drill: Drill) -> None:
        now = self._parts.clock.now()
        quiet = await self._quiet(drill, now)
        if contains(quiet, now):
            await self.move(drill)
        elif _still_in_time(drill, now):
            await self._start(drill, now)
        else:
            await self.move(drill, off="failed" if drill.tries else "missed")

    async def _start(self, drill: Drill, now: datetime) -> None:
        trying = replace(drill, tries=drill.tries + 1, tried_at=now, ride=None)
        try:
            roster = await self._roster(trying, now)
            trying = replace(trying, scenario=await self._scenario(trying, roster))
        except RideError as error:
            await self._failed(trying, _problem(error))
            return
        trying = await self._parts.store.update(replace(trying, state="starting", due_at=now + LOOK_AFTER))
        try:
            started = await self._parts.starter.start_for(_request(trying, roster))
        except RideError as error:
            await self._failed(trying, _problem(error))
            return
        log.info("drill %s is ride %s", drill.id, started.ride)
        await self._parts.store.update(replace(trying, ride=started.ride))

    async def _roster(self, drill: Drill, now: datetime) -> OnCall:
        roster = await self._parts.teams.on_call(drill.workspace, drill.team_name, now)
        if roster.team != drill.team:
            # Another team has the name now: its people were never meant.
            raise UnknownTeamError(drill.team_name)
        return roster

    async def _scenario(self, drill: Drill, roster: OnCall) -> str:
        among = candidates(self._parts.scenarios, drill.wanted)
        ridden = await self._parts.store.ridden(drill.workspace, drill.team, roster.members)
        return pick(among, ridden, drill.seed, drill.tries).slug

    # -- what came of it

    async def _look(self, drill: Drill) -> None:
        """After a start, or after a life of the program that ended in one."""
        store, now = self._parts.store, self._parts.clock.now()
        ride_id = await store.ride_of(drill)
        ride = None if ride_id is None else await self._parts.rides.get(ride_id)
        if ride is None:
            await self._failed(drill, "interrupted")
            return
        drill = replace(drill, ride=ride.id)
        if ride.live_at is None and ride.state == "preparing":
            await store.update(replace(drill, due_at=now + LOOK_AFTER))
        elif ride.live_at is None and ride.state == "void":
            await self._failed(drill, "not_prepared")
        else:
            # Also a ride that somebody stopped before it was live: they wanted none.
            await store.update(replace(drill, state="started", problem=None, due_at=None))

    async def _failed(self, drill: Drill, problem: DrillProblem) -> None:
        """Try again in a few minutes, or at another moment of the windows, or give up."""
        log.warning("drill %s could not start (try %d): %s", drill.id, drill.tries, problem)
        drill = replace(drill, problem=problem, state="planned", ride=None)
        if problem in _FOR_GOOD or drill.tries > RETRIES:
            await self._off(drill, "failed")
            return
        now = self._parts.clock.now()
        again, quiet = now + RETRY_AFTER, await self._quiet(drill, now)
        if contains(left(drill.windows, quiet, now), again):
            await self._parts.store.update(replace(drill, due_at=again))
            return
        number = drill.draw + 1
        later = draw(drill.windows, quiet, again, drill.seed, number)
        if later is None:
            await self._off(drill, "failed")
            return
        await self._parts.store.update(replace(drill, draw=number, due_at=later))

    async def _off(self, drill: Drill, state: DrillState) -> None:
        """There will be no drill: the row says so, then its planner hears of it."""
        problem: DrillProblem | None = "quiet" if state == "called_off" else drill.problem
        now = self._parts.clock.now()
        log.info("drill %s is off: %s", drill.id, state)
        await self._tell(
            await self._parts.store.update(replace(drill, state=state, problem=problem, due_at=now))
        )

    async def _tell(self, drill: Drill) -> None:
        try:
            await self._parts.notices.drill_is_off(drill)
        except ChatRefusedError as refusal:
            log.warning("could not tell %s that drill %s is off: %s", drill.planned_by, drill.id, refusal)
        await self._parts.store.update(replace(drill, due_at=None))

    async def _quiet(self, drill: Drill, now: datetime) -> tuple[Span, ...]:
        entries = await self._parts.quiet_times(drill.workspace, drill.team, now)
        return tuple(entry.span for entry in entries)


def _still_in_time(drill: Drill, now: datetime) -> bool:
    """Whether it is one of the drill's windows, or not long after the one that its moment was in."""
    due = drill.due_at
    if due is None:
        return False
    own = (window for window in drill.windows if window.begins <= due <= window.ends)
    return contains(drill.windows, now) or any(now <= window.ends + GRACE for window in own)


def _problem(error: RideError) -> DrillProblem:
    return next((problem for kind, problem in _PROBLEMS if isinstance(error, kind)), "not_prepared")


def _request(drill: Drill, roster: OnCall) -> StartRequest:
    return StartRequest(
        workspace=drill.workspace,
        by=drill.planned_by,
        scenario=drill.scenario or "",
        roster=roster,
        origin=Origin(channel=None),
    )
