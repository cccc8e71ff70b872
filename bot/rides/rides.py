"""The engine's front door: what people ask for, and the rides that run now."""

import asyncio
import logging
from collections.abc import Sequence

from bot.rides import closing, opening, paging, timeline
from bot.rides.announcements import HintGiven, Symptom
from bot.rides.closing import end_ride
from bot.rides.errors import (
    CannotRideError,
    ChatRefusedError,
    ConnectUnavailableError,
    LearnerBusyError,
    NoMoreHintsError,
    NoRideError,
    NotALearnerError,
    NotAllowedError,
    RideOverError,
    UnknownScenarioError,
)
from bot.rides.following import follow
from bot.rides.live import LiveRide
from bot.rides.parts import Parts
from bot.rides.resuming import Resumed, UnreadableRideError, resume_ride
from bot.rides.views import Connection, Listing, Origin, RideStatus, Started
from bot.rides.waker import Waker
from sandbox.answer import Answer, Refused
from sandbox.errors import SandboxError
from scenarios import errors as scenario_errors
from scenarios.journal import HintTaken, MetaCommandTried, Outcome, SymptomShown
from scenarios.templating import fill
from storage import errors as storage_errors
from storage.records import RideRecord, StepRecord

log = logging.getLogger(__name__)

OUR_FAULT = "Something went wrong on our side. Nobody's score is touched; please start again."


class Rides:
    """All rides of this program. `Front` for the chat's listeners; `begin` and `close` for the program."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._rides: dict[str, LiveRide] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._waker = Waker("timeline", parts.store.next_due, self.sweep, parts.clock)

    # -- the program's side

    async def begin(self) -> None:
        """Take up what an earlier life of the program left, then wait for commands."""
        for record in await self._parts.store.unfinished():
            if closing.is_closed(record):
                continue
            try:
                resumed = await resume_ride(self._parts, record)
            except UnreadableRideError:
                # One ride that can't be read must not keep all others from going on.
                log.exception("ride %s can't be taken up", record.id)
                await closing.give_up(self._parts, record)
                continue
            self._rides[record.id] = resumed.ride
            self._run(self._go_on(resumed), record.id)
        await self._parts.provider.clear(
            {ride.sandbox.id for ride in self._rides.values() if ride.sandbox is not None}
        )
        self._waker.start()
        await self._waker.set()

    async def close(self, *, stop_rides: bool = False) -> None:
        """End the program's part. Live rides wait for its next life, or are ended now with `stop_rides`."""
        self._waker.close()
        if stop_rides:
            for ride in list(self._rides.values()):
                if ride.ended is None:
                    await end_ride(ride, Outcome.VOID, "Ride was shut down.")
            if self._running:
                await asyncio.wait(self._running, timeout=20)
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        for ride in list(self._rides.values()):
            await ride.cancel_tasks()
            await ride.all_said()

    async def wait_idle(self) -> None:
        """Until no ride runs any more."""
        while self._running:
            await asyncio.wait(self._running)

    # -- commands

    async def start(
        self, workspace: str, person: str, slug: str, learners: Sequence[str], origin: Origin
    ) -> Started:
        try:
            scenario = self._parts.scenarios.load(slug)
        except scenario_errors.UnknownScenarioError as error:
            raise UnknownScenarioError(slug, error.nearest, error.known) from None
        people = tuple(dict.fromkeys(learners)) or (person,)
        await self._refuse_who_cannot_ride(workspace, people)
        record = RideRecord(
            id=self._parts.new_id(),
            workspace=workspace,
            scenario=slug,
            version=scenario.version,
            document=scenario.model_dump_json(),
            state="preparing",
            started_by=person,
            learners=people,
            origin_channel=origin.channel,
            response_url=origin.response_url,
            speed=self._parts.pace.speed,
            created_at=self._parts.clock.now(),
        )
        try:
            await self._parts.store.add(record)
        except storage_errors.LearnerBusyError as error:
            raise LearnerBusyError(
                error.person, error.ride.id, error.ride.scenario, error.ride.channel
            ) from None
        ride = LiveRide(self._parts, record, scenario)
        self._rides[ride.id] = ride
        self._run(self._ride(ride), ride.id)
        return Started(ride=ride.id, scenario=scenario, learners=people)

    async def _refuse_who_cannot_ride(self, workspace: str, people: Sequence[str]) -> None:
        found = [await self._parts.chat.person(workspace, person) for person in people]
        unable = tuple(person.id for person in found if not person.can_ride)
        if unable:
            raise CannotRideError(unable)

    async def status(self, workspace: str, person: str, channel: str | None) -> RideStatus:
        ride = await self._find(workspace, person, channel)
        live = ride.live
        await self._seen(ride, person)
        elapsed = ride.elapsed() if live else None
        acknowledged = ride.acknowledged
        return RideStatus(
            ride=ride.id,
            scenario=ride.scenario,
            state=ride.record.state,
            learners=ride.record.learners,
            channel=ride.record.channel,
            elapsed=elapsed,
            remaining=max(ride.scenario.time_limit - elapsed, elapsed * 0) if elapsed is not None else None,
            acknowledged_by=acknowledged.person if acknowledged else None,
            hints_taken=ride.hints_taken,
            hints_total=len(ride.scenario.hints),
            recovering=ride.recovery is not None,
        )

    async def hint(self, workspace: str, person: str, channel: str | None) -> None:
        ride = self._live(await self._find(workspace, person, channel), person)
        async with ride.hinting:
            taken, hints = ride.hints_taken, ride.scenario.hints
            if taken >= len(hints):
                raise NoMoreHintsError(len(hints))
            hint = hints[taken]
            await ride.note(HintTaken(at=self._parts.clock.now(), person=person, number=taken + 1))
        given = HintGiven(number=taken + 1, total=len(hints), title=hint.title, text=hint.text, person=person)
        ride.say_soon(given, key=f"hint-{taken + 1}", otherwise_to=[person])

    async def connect(self, workspace: str, person: str, channel: str | None) -> Connection:
        if self._parts.connect_host is None:
            raise ConnectUnavailableError
        ride = self._live(await self._find(workspace, person, channel), person)
        handle = (await self._parts.chat.person(workspace, person)).handle
        if ride.sandbox is None:
            raise RideOverError(ride.id, preparing=True)
        login = await ride.sandbox.add_person(person, handle)
        await self._seen(ride, person)
        return Connection(ride=ride.id, login=login, dsn=login.dsn(self._parts.connect_host))

    async def stop(self, workspace: str, person: str, channel: str | None) -> str:
        ride = await self._find(workspace, person, channel)
        if ride.ended is not None:
            raise RideOverError(ride.id, preparing=False)
        if person not in (*ride.record.learners, ride.record.started_by):
            raise NotAllowedError(ride.id)
        await end_ride(ride, Outcome.STOPPED, "Stopped by a person.", by=person)
        return ride.id

    async def list(self) -> Listing:
        scenarios = self._parts.scenarios
        return Listing(scenarios=tuple(scenarios.load(slug) for slug in scenarios.slugs()))

    async def acknowledge(self, workspace: str, person: str, ride: str) -> None:
        found = self._by_id(workspace, ride)
        if person not in found.record.learners:
            raise NotALearnerError(found.id, found.record.learners)
        if found.ended is not None:
            raise RideOverError(found.id, preparing=False)
        await paging.acknowledge(found, person, "button")

    async def sql(self, workspace: str, person: str, channel: str | None, text: str) -> Answer:
        ride = self._live(await self._find_here(workspace, person, channel), person)
        if ride.sandbox is None:
            raise RideOverError(ride.id, preparing=True)
        try:
            session = await ride.sandbox.session(person)
            answer = await session.run(text)
        except SandboxError:
            raise RideOverError(ride.id, preparing=False) from None
        if isinstance(answer, Refused) and answer.meta_command is not None:
            await ride.note(
                MetaCommandTried(at=self._parts.clock.now(), person=person, command=answer.meta_command)
            )
        return answer

    async def cancel_sql(self, workspace: str, person: str, ride: str) -> bool:
        found = self._by_id(workspace, ride)
        if person not in found.record.learners:
            raise NotALearnerError(found.id, found.record.learners)
        if found.sandbox is None or found.ended is not None:
            return False
        session = await found.sandbox.session(person)
        return await session.cancel()

    # -- finding rides

    async def _find_here(self, workspace: str, person: str, channel: str | None) -> LiveRide:
        """The ride of this channel; NoRideError says where the person's own ride is."""
        if channel is not None:
            for ride in self._rides.values():
                if ride.record.workspace == workspace and ride.record.channel == channel:
                    return ride
            record = await self._parts.store.by_channel(workspace, channel)
            if record is not None:
                raise RideOverError(record.id, preparing=False)
        own = await self._parts.store.live_for_person(workspace, person)
        raise NoRideError(own.channel if own else None)

    async def _find(self, workspace: str, person: str, channel: str | None) -> LiveRide:
        """The ride of this channel, or else the person's own live one."""
        try:
            return await self._find_here(workspace, person, channel)
        except NoRideError:
            own = await self._parts.store.live_for_person(workspace, person)
            if own is None or own.id not in self._rides:
                raise
            return self._rides[own.id]

    def _by_id(self, workspace: str, ride: str) -> LiveRide:
        found = self._rides.get(ride)
        if found is None or found.record.workspace != workspace:
            raise RideOverError(ride, preparing=False)
        return found

    def _live(self, ride: LiveRide, person: str) -> LiveRide:
        if person not in ride.record.learners:
            raise NotALearnerError(ride.id, ride.record.learners)
        if ride.ended is not None:
            raise RideOverError(ride.id, preparing=False)
        if ride.live is None:
            raise RideOverError(ride.id, preparing=True)
        return ride

    async def _seen(self, ride: LiveRide, person: str) -> None:
        """A learner who does anything in the ride is there: no more pages."""
        if person in ride.record.learners and ride.live is not None and ride.ended is None:
            await paging.acknowledge(ride, person, "activity")

    # -- running

    def _run(self, work: "asyncio._CoroutineLike[None]", ride: str) -> None:
        task = asyncio.create_task(work, name=f"ride {ride}")
        self._running.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("%s failed", task.get_name(), exc_info=error)

    async def _ride(self, ride: LiveRide) -> None:
        """A ride's whole life."""
        opened = asyncio.create_task(opening.open_ride(ride), name=f"opening of {ride.id}")
        over = asyncio.create_task(ride.over.wait())
        try:
            await asyncio.wait((opened, over), return_when=asyncio.FIRST_COMPLETED)
        finally:
            # Stopped, or the program ends: wait until what was begun is undone.
            over.cancel()
            opened.cancel()
            await asyncio.wait((opened,))
        failure = None if opened.cancelled() else opened.exception()
        if failure is not None and ride.ended is None:
            log.error("ride %s could not be opened", ride.id, exc_info=failure)
            await end_ride(ride, Outcome.VOID, _why(failure))
        await self._waker.set()
        await self._to_the_end(ride)

    async def _go_on(self, resumed: Resumed) -> None:
        ride, live = resumed.ride, resumed.ride.live
        if resumed.void is not None:
            await end_ride(ride, Outcome.VOID, resumed.void)
        elif ride.ended is None and live is not None:
            if self._parts.clock.now() >= ride.clock.at(ride.scenario.time_limit):
                ride.time_is_up.set()
            await opening.announce(ride, live)
            await self._waker.set()
        await self._to_the_end(ride)

    async def _to_the_end(self, ride: LiveRide) -> None:
        if ride.ended is None:
            ride.spawn(follow(ride), f"following {ride.id}")
            over = asyncio.create_task(ride.over.wait())
            broken = asyncio.create_task(ride.broken.wait())
            try:
                await asyncio.wait((over, broken), return_when=asyncio.FIRST_COMPLETED)
            finally:
                over.cancel()
                broken.cancel()
            if ride.ended is None:
                await end_ride(ride, Outcome.VOID, OUR_FAULT if ride.failed is None else _why(ride.failed))
        await ride.cancel_tasks()
        await ride.all_said()
        await closing.close_ride(ride)
        self._rides.pop(ride.id, None)
        await self._waker.set()

    # -- the timeline

    async def sweep(self) -> bool:
        """Do what is due by the clock, in order; False when something is to be tried again.

        The waker calls it; so do tests that move the clock.
        """
        due: dict[str, list[StepRecord]] = {}
        for step in await self._parts.store.due_steps(self._parts.clock.now()):
            due.setdefault(step.ride, []).append(step)
        # Rides beside each other: a chat that makes one channel wait must not hold up the others.
        return all(await asyncio.gather(*(self._do(steps) for steps in due.values())))

    async def _do(self, steps: Sequence[StepRecord]) -> bool:
        """One ride's due steps, in order; whether none is to be tried again."""
        done = True
        for step in steps:
            try:
                await self._fire(step)
            except Exception:
                # One step that fails must not hold up the others, of this ride or of another.
                log.exception("ride %s: step %s failed", step.ride, step.step)
                if step.kind in timeline.MUST_HAPPEN:
                    done = False
                    continue
            await self._parts.store.mark_step(step.ride, step.step, sent_at=self._parts.clock.now())
        return done

    async def _fire(self, step: StepRecord) -> None:
        if step.kind == timeline.ARCHIVE:
            record = await self._parts.store.get(step.ride)
            if record is not None:
                await closing.archive_channel(self._parts, record)
            return
        ride = self._rides.get(step.ride)
        if ride is None or ride.ended is not None:
            return
        if step.kind == timeline.SYMPTOM:
            await self._show(ride, step)
        elif step.kind == timeline.PAGE:
            await paging.page_again(ride, step)
        elif step.kind == timeline.DEADLINE:
            await self._time_is_up(ride)

    async def _show(self, ride: LiveRide, step: StepRecord) -> None:
        """A symptom; none once the blocker is gone."""
        said = next((symptom for symptom in ride.scenario.timeline if symptom.id == step.step), None)
        if said is None or ride.shown(step.step) or ride.sandbox is None:
            return
        await ride.take_in()
        if ride.recovery is not None or closing.blocker_is_gone(ride):
            return
        measured = await ride.sandbox.measure()
        elapsed = ride.elapsed()
        text = fill(said.text, measured=measured, elapsed=elapsed)
        await ride.say(
            Symptom(speaker=said.speaker, emoji=said.emoji, text=text, elapsed=elapsed), key=step.step
        )
        await ride.note(
            SymptomShown(at=self._parts.clock.now(), step=step.step, text=text, measured=measured)
        )

    async def _time_is_up(self, ride: LiveRide) -> None:
        """Checks that run are not cut off: they end the ride when they are done."""
        ride.time_is_up.set()
        await ride.take_in()
        if ride.recovery is None and not closing.blocker_is_gone(ride):
            await end_ride(ride, Outcome.EXPIRED, "Time is up.")


def _why(error: BaseException) -> str:
    """The reason a person can use, out of what was raised while opening."""
    if isinstance(error, ChatRefusedError):
        return f"The chat refused a step we can't do without ({error.step}: {error.code})."
    if isinstance(error, SandboxError):
        return str(error)
    return OUR_FAULT
