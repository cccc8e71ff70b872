"""What is due by the clock: the timeline's rows, done in order, each ride beside the others."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.base import log_context
from bot.rides import archiving, closing, inviting, paging, pausing, symptoms, timeline
from bot.rides.closing import end_ride
from bot.rides.dependencies import Parts
from bot.rides.live import LiveRide
from scenarios.journal.events import Outcome
from storage.errors import StorageError
from storage.records import RESUME, StepRecord

log = logging.getLogger(__name__)


_TRY_AGAIN_AFTER = 2.0
"""Real seconds until a step that must happen is tried again."""
_LINES = {
    timeline.DEADLINE: "clock",
    RESUME: "clock",
    timeline.PAGE: "pages",
    timeline.ESCALATION: "pages",
    timeline.INVITE: "invites",
}
"""Steps that don't wait for the story, nor it for them, by kind."""

_Step = tuple[str, str]
"""The ride and the step."""
_Line = tuple[str, str]
"""Steps of a ride that are done one after the other: the ride, and which of its lines."""


class Sweep:
    """Does what is due in the rides that run.

    Each ride is beside the others, and its clock and its invites beside its story: a chat that makes one
    message wait holds up nothing else. `present` gives a ride that runs, once it is taken up; `done` is
    called when there may be something else to wait for.
    """

    def __init__(
        self,
        parts: Parts,
        present: Callable[[str], Awaitable[LiveRide | None]],
        done: Callable[[], Awaitable[None]],
    ) -> None:
        self._parts = parts
        self._present = present
        self._done = done
        self._looking = asyncio.Lock()
        self._taken: set[_Step] = set()
        self._finished: set[_Step] = set()
        """Since the last look began: it may still see them as due."""
        self._lines: dict[_Line, list[StepRecord]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def next_due(self) -> datetime | None:
        """When something falls due, or fell due, that nobody is at yet."""
        return await self._parts.store.next_due(besides=frozenset(self._taken))

    async def sweep(self) -> bool:
        """Begin what is due by the clock, in order. For the waker; true: it need not come again for this."""
        async with self._looking:
            self._finished.clear()
            due = await self._parts.store.due_steps(self._parts.clock.now())
            known = self._taken | self._finished
            for step in due:
                if (step.ride, step.step) not in known:
                    self._take(step)
        return True

    def _take(self, step: StepRecord) -> None:
        self._taken.add((step.ride, step.step))
        line = _line(step)
        if line in self._lines:
            self._lines[line].append(step)
            return
        self._lines[line] = [step]
        task = asyncio.create_task(self._work(line), name=f"steps of ride {step.ride}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def all_done(self) -> None:
        """Until all that was begun is done."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def close(self) -> None:
        """Leave what isn't done to the next life of the program."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _work(self, line: _Line) -> None:
        steps = self._lines[line]
        try:
            while steps:
                step = steps.pop(0)
                await self.do(step)
                self._finished.add((step.ride, step.step))
                self._taken.discard((step.ride, step.step))
        finally:
            del self._lines[line]
            self._taken -= {(step.ride, step.step) for step in steps}
        try:
            await self._done()
        except StorageError as error:
            log.warning("the timeline is looked at later: %s", error)

    async def do(self, step: StepRecord) -> None:
        """A step, until it is done: one that must happen is tried again."""
        while True:
            ride = await self._present(step.ride)
            log_context.is_about(workspace=ride.record.workspace if ride else None, ride=step.ride)
            try:
                if ride is not None and ride.paused and step.kind != RESUME:
                    return  # paused meanwhile: it comes later
                await self._fire_and_mark(step, ride)
            except Exception:
                # One step that fails must not hold up the others, of this ride or of another.
                log.exception("ride %s: step %s failed", step.ride, step.step)
                if step.kind not in timeline.MUST_HAPPEN:
                    await self._mark(step)
                    return
            else:
                return
            await asyncio.sleep(_TRY_AGAIN_AFTER)

    async def _fire_and_mark(self, step: StepRecord, ride: LiveRide | None) -> None:
        await self._fire(step, ride)
        await self._mark(step)

    async def _mark(self, step: StepRecord) -> None:
        now = self._parts.clock.now()
        await self._parts.store.mark_step(step.ride, step.step, sent_at=now)
        self._parts.meter.step_done(step.kind, now - step.due_at)

    async def _fire(self, step: StepRecord, ride: LiveRide | None) -> None:
        if step.kind == timeline.ARCHIVE:
            record = await self._parts.store.get(step.ride)
            if record is not None:
                await archiving.archive_channel(self._parts, record, step)
            return
        if ride is None or ride.ended is not None:
            return
        if step.kind == timeline.SYMPTOM:
            await self._show(ride, step)
        elif step.kind == timeline.PAGE:
            await paging.page_again(ride, step)
        elif step.kind == timeline.ESCALATION:
            await paging.escalate(ride, step)
        elif step.kind == timeline.INVITE:
            await inviting.again(ride)
        elif step.kind == timeline.DEADLINE and step.step == timeline.deadline_now(ride.journal):
            await self._time_is_up(ride)
        elif step.kind == RESUME and ride.paused:
            await pausing.resume(ride, by=None)

    async def _show(self, ride: LiveRide, step: StepRecord) -> None:
        """A symptom; none once the blocker is gone."""
        said = symptoms.find(ride, step.step)
        if said is None or ride.sandbox is None:
            return
        await ride.take_in()
        if ride.recovery is None and not closing.blocker_is_gone(ride):
            await symptoms.tell(ride, said)

    async def _time_is_up(self, ride: LiveRide) -> None:
        """Checks that run are not cut off: they end the ride when they are done."""
        ride.time_is_up.set()
        await ride.take_in()
        if ride.recovery is None and not closing.blocker_is_gone(ride):
            await end_ride(ride, Outcome.EXPIRED, "Time is up.")


def _line(step: StepRecord) -> _Line:
    return step.ride, _LINES.get(step.kind, "story")
