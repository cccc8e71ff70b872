"""After the blocker is gone: do the writes drain, and does the workload run again? In real time.

The ride is resolved when both hold. Until then it is live and says who blocks now.
"""

import asyncio
from datetime import datetime

from bot.rides.announcements import Recovering, StillBlocked, WorkloadFails
from bot.rides.closing import end_ride
from bot.rides.live import LiveRide
from sandbox.provider import CheckResult, Queue, Sandbox
from scenarios.journal.events import Backend, BlockersSeen, Outcome, OutcomeChecked
from scenarios.judging.drain import Drain, drained
from scenarios.model.scenario import Check

_LOOK_EVERY = 0.25
"""Real seconds between looks at the queue; the evidence has the same rhythm."""
_TRY_AGAIN_AFTER = 2.0
"""Real seconds between tries of a workload that fails."""
_LOOKS_TO_BELIEVE = 4
"""Writers may wait for each other for a moment; a blocker is named when it is there for this many looks."""


def begin(ride: LiveRide, person: str) -> None:
    """Start checking, once."""
    if ride.recovery is None:
        ride.recovery = ride.spawn(_Recovery(ride, person).run(), f"recovery of {ride.id}")


class _Recovery:
    def __init__(self, ride: LiveRide, person: str) -> None:
        if ride.sandbox is None:
            raise RuntimeError(f"ride {ride.id} has no sandbox to check")
        self._ride = ride
        self._person = person
        self._sandbox: Sandbox = ride.sandbox
        self._looks: dict[int, int] = {}
        self._named: tuple[Backend, ...] = ()
        self._complained = False
        self._next_try: datetime | None = None

    async def run(self) -> None:
        ride = self._ride
        ride.say_soon(Recovering(person=self._person), key="recovering")
        while ride.ended is None:
            await ride.take_in()
            drain = await self._judge_drain()
            queue = await self._sandbox.queue(ride.scenario.waiters)
            await self._name_blockers(queue)
            if drain and not self._held_up(queue) and await self._workload_runs():
                await self._resolve()
            elif drain and ride.time_is_up.is_set():
                await end_ride(
                    ride, Outcome.EXPIRED, "Time is up: the blocker is gone, but writes still don't flow."
                )
            else:
                await asyncio.sleep(_LOOK_EVERY)

    def _check(self, kind: str) -> Check | None:
        return next((check for check in self._ride.scenario.checks if check.kind == kind), None)

    async def _judge_drain(self) -> bool:
        """Whether it is decided if the queued writes drained; recorded once."""
        ride, check = self._ride, self._check("drained")
        if check is None or self._recorded(check):
            return True
        drain: Drain = drained(ride.scenario, ride.journal, ride.parts.clock.now())
        if drain.state == "waiting":
            return False
        await ride.note(
            OutcomeChecked(
                at=ride.parts.clock.now(),
                check=check.name,
                passed=drain.state == "drained",
                detail=drain.detail,
            )
        )
        return True

    def _recorded(self, check: Check) -> bool:
        return any(
            isinstance(event, OutcomeChecked) and event.check == check.name for event in self._ride.journal
        )

    # -- who blocks now

    def _blockers(self, queue: Queue) -> tuple[Backend, ...]:
        """Those who block the waiters and are none of them."""
        return tuple(blocker for blocker in queue.blockers if blocker.group != self._ride.scenario.waiters)

    def _held_up(self, queue: Queue) -> bool:
        return bool(self._blockers(queue))

    async def _name_blockers(self, queue: Queue) -> None:
        blockers = self._blockers(queue)
        pids = {blocker.pid for blocker in blockers}
        self._looks = {pid: self._looks.get(pid, 0) + 1 for pid in pids}
        believed = tuple(b for b in blockers if self._looks[b.pid] >= _LOOKS_TO_BELIEVE)
        if not believed or {b.pid for b in believed} == {b.pid for b in self._named}:
            return
        self._named = believed
        waiting = len(queue.waiting)
        await self._ride.note(
            BlockersSeen(at=self._ride.parts.clock.now(), blockers=believed, waiting=waiting)
        )
        roles = self._ride.roles
        owners = tuple(roles.get(blocker.role or "") for blocker in believed)
        self._ride.say_soon(
            StillBlocked(waiting=waiting, blockers=believed, owners=owners),
            key="blocked-" + "-".join(str(blocker.pid) for blocker in believed),
        )

    # -- the workload

    async def _workload_runs(self) -> bool:
        ride, check = self._ride, self._check("workload")
        if check is None:
            return True
        result: CheckResult = await self._sandbox.check_workload(check)
        if result.passed or not self._complained:
            await ride.note(
                OutcomeChecked(
                    at=ride.parts.clock.now(), check=check.name, passed=result.passed, detail=result.detail
                )
            )
        if result.passed:
            return True
        if not self._complained:
            self._complained = True
            ride.say_soon(WorkloadFails(detail=result.detail), key="workload-fails")
        if not ride.time_is_up.is_set():
            await asyncio.sleep(_TRY_AGAIN_AFTER)
        return False

    async def _resolve(self) -> None:
        await end_ride(self._ride, Outcome.RESOLVED, "The blocker is gone and writes flow again.")
