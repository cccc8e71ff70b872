"""The rides that run now: taking them up, running each to its end, and finding the one that is meant."""

import asyncio
import logging
from collections.abc import Callable

from bot.base import log_context
from bot.rides import closing, opening
from bot.rides.backlog import Backlog
from bot.rides.closing import end_ride
from bot.rides.counts import Census, census
from bot.rides.dependencies import Parts
from bot.rides.errors import ChatRefusedError, NoRideError, RideOverError
from bot.rides.following import follow, why_lost
from bot.rides.live import LiveRide
from bot.rides.opening import Launch
from bot.rides.resuming import Resumed, UnreadableRideError, resume_ride
from bot.rides.retelling import retell
from bot.rides.starting import Accepted
from bot.rides.storage_news import StorageNews
from bot.rides.sweeping import Sweep
from bot.rides.waker import Waker
from sandbox.errors import InstallationError, SandboxError, SandboxGoneError
from scenarios.journal.events import Outcome
from storage.records import RideRecord

log = logging.getLogger(__name__)

WORKSPACE_GONE = "The workspace has removed Ride."
OUR_FAULT = "Something went wrong on our side. Nobody's score is affected; please start again."


class Fleet:
    """All rides of this program that have not ended, each in a task of its own."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._rides: dict[str, LiveRide] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._watchers: list[Callable[[str], None]] = []
        self._backlog = Backlog(parts.store)
        self.timeline = Sweep(parts, self._present, self.rouse)
        self.storage_news = StorageNews(parts, self._rides.values)
        self._waker = Waker("timeline", self.timeline.next_due, self.timeline.sweep, parts.clock)

    def watch(self, callback: Callable[[str], None]) -> None:
        """Call back with a ride's id whenever its record or journal has changed."""
        self._watchers.append(callback)

    def _changed(self, ride: str) -> None:
        for callback in self._watchers:
            callback(ride)

    def census(self) -> Census:
        """How many rides run now."""
        return census(self._rides.values())

    async def rouse(self) -> None:
        """Look at the timeline again: something was added to it or moved."""
        await self._waker.set()

    # -- the program's life

    async def look_back(self) -> None:
        """Know what an earlier life of the program left, so that people who ask for it wait for it."""
        await self._backlog.read()

    async def begin(self) -> None:
        """Take up what was left, and go on by the clock. Who asks for a ride meanwhile waits for it."""
        await self._backlog.read()
        self._waker.start()
        await self._waker.set()
        await self._backlog.take_up(self._take_up)
        kept = {ride.sandbox.id for ride in self._rides.values() if ride.sandbox is not None}
        for sandbox in await self._parts.provider.clear(kept):
            log.info("sandbox %s was nobody's any more: removed", sandbox)

    async def _take_up(self, record: RideRecord) -> None:
        try:
            resumed = await resume_ride(self._parts, record, self._changed)
        except UnreadableRideError:
            log.exception("ride %s can't be taken up", record.id)
            await closing.give_up(self._parts, record)
            return
        self._rides[record.id] = resumed.ride
        self._run(self._go_on(resumed), record.id)

    async def _present(self, ride: str) -> LiveRide | None:
        """The ride of this id if it runs, once it is taken up."""
        await self._backlog.taken_up(ride)
        return self._rides.get(ride)

    async def close(self, *, stop_rides: bool) -> None:
        """End the program's part. Live rides wait for its next life, or are ended now with `stop_rides`."""
        self._waker.close()
        await self.timeline.close()
        await self.storage_news.close()
        if stop_rides:
            for ride in list(self._rides.values()):
                ride.hurried.set()
                if ride.ended is None:
                    await end_ride(ride, Outcome.VOID, "Ride was shut down.")
            if self._running:
                await asyncio.wait(self._running, timeout=20)
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await asyncio.gather(*(self._leave(ride) for ride in list(self._rides.values())))

    async def _leave(self, ride: LiveRide) -> None:
        """What was begun is written, and what was to be said is."""
        await ride.cancel_tasks()
        await ride.stop_sampling()
        try:
            await ride.all_said()
        finally:
            await ride.hush()

    async def abandon(self, gone: Callable[[str], bool]) -> None:
        """End the rides of workspaces that are gone, as void, and forget what was still to be said there.

        Their sandboxes are removed when this returns.
        """
        await asyncio.gather(*(self._backlog.taken_up(ride) for ride in self._backlog.of(gone)))
        rides = [ride for ride in self._rides.values() if gone(ride.record.workspace)]
        names = {task_name(ride.id) for ride in rides}
        for ride in rides:
            ride.hurried.set()
            if ride.ended is None:
                await end_ride(ride, Outcome.VOID, WORKSPACE_GONE)
        if tasks := [task for task in self._running if task.get_name() in names]:
            await asyncio.wait(tasks)
        for record in await self._parts.store.unfinished():
            if gone(record.workspace):
                await closing.let_go(self._parts, record)
                self._changed(record.id)
        await self._waker.set()

    async def wait_idle(self) -> None:
        """Until no ride runs any more."""
        while self._running:
            await asyncio.wait(self._running)

    def launch(self, accepted: Accepted, launch: Launch) -> LiveRide:
        """Begin a ride that was accepted."""
        ride = LiveRide(self._parts, accepted.record, accepted.scenario, self._changed)
        self._rides[ride.id] = ride
        if launch.line is not None:
            launch.line.expect(ride.id)
        self._run(self._ride(ride, launch), ride.id)
        self._changed(ride.id)
        return ride

    # -- finding rides

    async def find_here(self, workspace: str, person: str, channel: str | None) -> LiveRide:
        """The ride of this channel; NoRideError says where the person's own ride is."""
        if channel is not None:
            if (awaited := self._backlog.in_channel(workspace, channel)) is not None:
                await self._backlog.soon(awaited)
            for ride in self._rides.values():
                if ride.record.workspace == workspace and ride.record.channel == channel:
                    return ride
            record = await self._parts.store.by_channel(workspace, channel)
            if record is not None:
                raise RideOverError(record.id, preparing=False)
        own = await self._parts.store.live_for_person(workspace, person)
        raise NoRideError(own.channel if own else None)

    async def find(self, workspace: str, person: str, channel: str | None) -> LiveRide:
        """The ride of this channel, or else the person's own live one."""
        try:
            return await self.find_here(workspace, person, channel)
        except NoRideError:
            own = await self._parts.store.live_for_person(workspace, person)
            if own is None:
                raise
            await self._backlog.soon(own.id)
            if own.id not in self._rides:
                raise
            return self._rides[own.id]

    def get(self, workspace: str, ride: str) -> LiveRide | None:
        """The ride of this id, if it runs here."""
        found = self._rides.get(ride)
        return found if found is not None and found.record.workspace == workspace else None

    def of(self, workspace: str) -> list[LiveRide]:
        """The rides of a workspace that run here."""
        return [ride for ride in self._rides.values() if ride.record.workspace == workspace]

    async def by_id(self, workspace: str, ride: str) -> LiveRide:
        """The ride of this id. Raises RideOverError, and TakingUpError while it is taken up again."""
        await self._backlog.soon(ride)
        found = self.get(workspace, ride)
        if found is None:
            raise RideOverError(ride, preparing=False)
        return found

    # -- running

    def _run(self, work: "asyncio._CoroutineLike[None]", ride: str) -> None:
        task = asyncio.create_task(work, name=task_name(ride))
        self._running.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("%s failed", task.get_name(), exc_info=error)

    async def _ride(self, ride: LiveRide, launch: Launch) -> None:
        """A ride's whole life."""
        log_context.is_about(workspace=ride.record.workspace, ride=ride.id)
        opened = asyncio.create_task(opening.open_ride(ride, launch), name=f"opening of {ride.id}")
        over = asyncio.create_task(ride.over.wait())
        try:
            await asyncio.wait((opened, over), return_when=asyncio.FIRST_COMPLETED)
        finally:
            # Stopped, or the program ends: wait until what was begun is undone.
            over.cancel()
            opened.cancel()
            await asyncio.wait((opened,))
            if launch.line is not None:
                launch.line.leave(ride.id)
        failure = None if opened.cancelled() else opened.exception()
        if failure is not None and ride.ended is None:
            log.error("ride %s could not be opened", ride.id, exc_info=failure)
            await end_ride(ride, Outcome.VOID, _why(failure), cause=failure)
        await self._waker.set()
        await self._to_the_end(ride)

    async def _go_on(self, resumed: Resumed) -> None:
        ride, live = resumed.ride, resumed.ride.live
        log_context.is_about(workspace=ride.record.workspace, ride=ride.id)
        if resumed.void is not None:
            await end_ride(ride, Outcome.VOID, resumed.void)
        elif ride.ended is None and live is not None:
            if ride.elapsed() >= ride.time_limit:
                ride.time_is_up.set()
            await opening.announce_again(ride, live)
            if resumed.knows_channel:
                retell(ride)
            await self._waker.set()
        await self._to_the_end(ride)

    async def _to_the_end(self, ride: LiveRide) -> None:
        if ride.ended is None:
            ride.sample()
            ride.spawn(follow(ride), f"following {ride.id}")
            over = asyncio.create_task(ride.over.wait())
            broken = asyncio.create_task(ride.broken.wait())
            try:
                await asyncio.wait((over, broken), return_when=asyncio.FIRST_COMPLETED)
            finally:
                over.cancel()
                broken.cancel()
            if ride.ended is None:
                await end_ride(ride, Outcome.VOID, await _why_broken(ride), cause=ride.failed)
        await ride.cancel_tasks()
        await closing.close_ride(ride)
        self._rides.pop(ride.id, None)
        self._changed(ride.id)
        await self._waker.set()
        try:
            await ride.all_said()
            await ride.all_shown()
        finally:
            await ride.hush()


async def _why_broken(ride: LiveRide) -> str:
    """The reason a person can use, of a ride that could not go on."""
    if ride.failed is None:
        return OUR_FAULT
    if isinstance(ride.failed, SandboxGoneError) and ride.sandbox is not None:
        return await why_lost(ride.sandbox, ride.failed) or str(ride.failed)
    return _why(ride.failed)


def task_name(ride: str) -> str:
    """What the task of a ride's life is called."""
    return f"ride {ride}"


def _why(error: BaseException) -> str:
    """The reason a person can use, out of what was raised while opening."""
    if isinstance(error, ChatRefusedError):
        return f"The chat refused a step that the ride needs ({error.step}: {error.code})."
    if isinstance(error, InstallationError):
        said, _, _ = str(error).partition(". ")
        return f"{said}. Please tell whoever runs Ride: 'ride doctor' says what to do."
    if isinstance(error, SandboxError):
        return str(error)
    return OUR_FAULT
