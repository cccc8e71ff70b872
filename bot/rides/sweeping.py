"""What is due by the clock: the timeline's rows, done in order, each ride beside the others."""

import asyncio
import logging
from collections.abc import Mapping, Sequence

from bot import log_context
from bot.rides import archiving, closing, paging, pausing, symptoms, timeline
from bot.rides.closing import end_ride
from bot.rides.live import LiveRide
from bot.rides.parts import Parts
from scenarios.journal import Outcome
from storage.records import RESUME, StepRecord

log = logging.getLogger(__name__)


class Sweep:
    """Does what is due in the rides that run."""

    def __init__(self, parts: Parts, rides: Mapping[str, LiveRide]) -> None:
        self._parts = parts
        self._rides = rides

    async def sweep(self) -> bool:
        """Do what is due by the clock, in order; False when something is to be tried again.

        The waker calls it; so do tests that move the clock.
        """
        due: dict[str, list[StepRecord]] = {}
        for step in await self._parts.store.due_steps(self._parts.clock.now()):
            due.setdefault(step.ride, []).append(step)
        # Rides beside each other: a chat that makes one channel wait must not hold up the others.
        return all(await asyncio.gather(*(self.do(steps) for steps in due.values())))

    async def do(self, steps: Sequence[StepRecord]) -> bool:
        """One ride's due steps, in order; whether none is to be tried again."""
        done = True
        for step in steps:
            ride = self._rides.get(step.ride)
            log_context.is_about(workspace=ride.record.workspace if ride else None, ride=step.ride)
            if ride is not None and ride.paused and step.kind != RESUME:
                continue  # paused meanwhile: it comes later
            try:
                await self._fire(step, ride)
            except Exception:
                # One step that fails must not hold up the others, of this ride or of another.
                log.exception("ride %s: step %s failed", step.ride, step.step)
                if step.kind in timeline.MUST_HAPPEN:
                    done = False
                    continue
            now = self._parts.clock.now()
            await self._parts.store.mark_step(step.ride, step.step, sent_at=now)
            self._parts.meter.step_done(step.kind, now - step.due_at)
        return done

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
