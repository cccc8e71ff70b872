"""A ride that runs now: its record, its journal and its sandbox, and how they change together."""

import asyncio
import dataclasses
import logging
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.rides import lost_channel
from bot.rides.announcements import Announcement, Page
from bot.rides.dependencies import Parts
from bot.rides.errors import ChatRefusedError
from bot.rides.sampling import Sampler
from sandbox.provider import Sandbox
from scenarios.journal.events import (
    Acknowledged,
    ChatStepSkipped,
    Escalated,
    Event,
    HintTaken,
    IncidentLive,
    PersonJoined,
    PersonNamed,
    RideEnded,
    SymptomShown,
    TeamCalled,
    TimeExtended,
)
from scenarios.journal.ride_time import RideClock, pauses
from scenarios.model.scenario import Scenario
from storage.game_days import Call
from storage.records import RideRecord, StepRecord

log = logging.getLogger(__name__)


STORE_OFFSET_EVERY = timedelta(seconds=15)
"""Real time after which it is stored how far the sandbox's log was read, although nothing happened."""


class LiveRide:
    """The engine's handle of one ride. Every change is stored before it is acted on."""

    def __init__(
        self,
        parts: Parts,
        record: RideRecord,
        scenario: Scenario,
        changed: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.parts = parts
        self.record = record
        self.scenario = scenario
        self.journal: list[Event] = []
        self.changed = changed
        """Told the ride's id whenever its record or journal has changed."""
        self.sandbox: Sandbox | None = None
        self.delivered: dict[str, str] = {}
        """Keys of messages that stand in the channel, with their ts."""
        self.pages: list[tuple[str, str, Page]] = []
        """Pages posted in this life of the program: channel, ts and what they said."""
        self.tasks: set[asyncio.Task[None]] = set()
        self.ending = asyncio.Lock()
        self.acknowledging = asyncio.Lock()
        self.hinting = asyncio.Lock()
        self.joining = asyncio.Lock()
        self.assigning = asyncio.Lock()
        self.telling = asyncio.Lock()
        """Held while a symptom is told, so that the clock and a facilitator don't tell it both."""
        self.timing = asyncio.Lock()
        """Held while the ride's clock is changed."""
        self.moving = asyncio.Lock()
        """Held while the ride gets another channel."""
        self.call: Call | None = None
        """What was known of a game day's ride before it began."""
        self.time_is_up = asyncio.Event()
        self.broken = asyncio.Event()
        """Set when something beside the ride failed on our side."""
        self.failed: BaseException | None = None
        self.over = asyncio.Event()
        """Set when the end is written down."""
        self.hurried = asyncio.Event()
        """Set when the program stops and wants the ride's end without delay."""
        self.recovery: asyncio.Task[None] | None = None
        self.sampler: Sampler | None = None
        self.acted = 0
        """How much of the journal was acted upon; acting twice does no harm, so a restart begins at 0."""
        self.reacted = 0
        """How much of it the scenario's reactions were looked for in."""
        self._posting: set[asyncio.Task[None]] = set()
        self._showing: set[asyncio.Task[None]] = set()
        self._beside: set[asyncio.Task[None]] = set()
        self._writing = asyncio.Lock()
        self._writes: set[asyncio.Task[None]] = set()
        self._reading = asyncio.Lock()
        self._read_to: int | None = None
        """Bytes of the sandbox's log that were read; what is stored may be less, if nothing came after it."""
        self._offset_stored = parts.clock.now()

    # -- the record and the journal

    @property
    def id(self) -> str:
        return self.record.id

    @property
    def channel(self) -> str:
        """The incident channel. Only for a ride that has one."""
        if self.record.channel is None:
            raise RuntimeError(f"ride {self.id} has no channel yet")
        return self.record.channel

    async def change(self, **fields: object) -> None:
        """Write new values of the record's fields. A ride that has ended keeps its outcome as its state."""
        await self.carry_through(self._change(fields))

    async def _change(self, fields: dict[str, object]) -> None:
        async with self._writing:
            changed = dataclasses.replace(self.record, **fields)  # type: ignore[arg-type]
            if (ended := self.ended) is not None:
                changed = dataclasses.replace(
                    changed, state=ended.outcome.value, ended_at=ended.at, paused_at=None
                )
            self.record = await self.parts.store.update(changed)
        self.changed(self.id)

    async def reschedule(
        self,
        event: Event,
        *,
        paused_at: datetime | None,
        later: timedelta = timedelta(0),
        cancel: Sequence[str] = (),
        add: Sequence[StepRecord] = (),
    ) -> None:
        """Change the ride's clock: the record, the journal and the timeline at once."""
        changes = {"paused_at": paused_at}
        await self.carry_through(self._reschedule(event, changes, later=later, cancel=cancel, add=add))

    async def go_live(self, live: IncidentLive, plan: Sequence[StepRecord]) -> None:
        """The incident stands: the record, the journal and the timeline at once."""
        await self.carry_through(self._reschedule(live, {"state": "live", "live_at": live.at}, add=plan))

    async def _reschedule(
        self,
        event: Event,
        changes: Mapping[str, object],
        *,
        later: timedelta = timedelta(0),
        cancel: Sequence[str] = (),
        add: Sequence[StepRecord] = (),
    ) -> None:
        async with self._writing:
            if self.ended is not None:
                return
            changed = dataclasses.replace(self.record, **changes)  # type: ignore[arg-type]
            self.record = await self.parts.store.reschedule(
                changed, event, later=later, cancel=cancel, add=add
            )
            self.journal.append(event)
        self.changed(self.id)

    async def note(self, *events: Event, log_offset: int | None = None) -> None:
        """Append to the journal, first in the store."""
        await self.carry_through(self._note(events, log_offset))

    async def carry_through(self, work: Coroutine[None, None, None]) -> None:
        """Do something to its end, also when the caller is cancelled; `cancel_tasks` waits for it.

        What is written is so in the store and here, or in neither, and what is begun outside is known here.
        """
        task = asyncio.create_task(work)
        self._writes.add(task)
        task.add_done_callback(self._written)
        await asyncio.shield(task)

    def _written(self, task: asyncio.Task[None]) -> None:
        self._writes.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            # Whoever waits for it gets the error too; this is for the caller that was cancelled.
            log.info("ride %s: not carried through: %r", self.id, error)

    async def _note(self, events: Sequence[Event], log_offset: int | None) -> None:
        async with self._writing:
            await self.parts.store.append(self.id, events, log_offset=log_offset)
            self.journal.extend(events)
            if log_offset is not None:
                self.record = dataclasses.replace(self.record, log_offset=log_offset)
        if events:
            self.changed(self.id)

    async def take_in(self) -> None:
        """Append what is new in the sandbox's log. Raises SandboxError when it can't be read any more."""
        if self.sandbox is None:
            return
        async with self._reading:
            since = self._read_to if self._read_to is not None else self.record.log_offset
            reading = await self.sandbox.read_evidence(since, dict(self.roles))
            if self.ended is not None:
                return
            now = self.parts.clock.now()
            # Where nothing happened, little is to be stored: a restart reads that part again.
            if reading.events or now - self._offset_stored >= STORE_OFFSET_EVERY:
                await self.note(*reading.events, log_offset=reading.offset)
                self._offset_stored = now = self.parts.clock.now()
                for event in reading.events:
                    self.parts.meter.evidence_noted(now - event.at)
            self._read_to = reading.offset

    # -- its tasks

    def sample(self) -> None:
        """Begin to sample the sandbox, once, where samples are kept."""
        parts = self.parts
        if self.sampler is None and self.sandbox is not None and parts.samples is not None:
            self.sampler = Sampler(
                self.id, self.sandbox, parts.samples, parts.clock, every=parts.pace.sample_every
            )

    async def stop_sampling(self) -> None:
        """What was sampled is in the store afterwards."""
        if self.sampler is not None:
            await self.sampler.stop()

    def spawn(self, work: Coroutine[None, None, None], name: str) -> asyncio.Task[None]:
        """Run something beside the ride; it is cancelled with it, and a failure is never silent."""
        task = asyncio.create_task(work, name=name)
        self.tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("ride %s: %s failed", self.id, task.get_name(), exc_info=error)
            self.failed = error
            self.broken.set()

    async def cancel_tasks(self) -> None:
        """End what runs beside the ride."""
        tasks = [task for task in self.tasks if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        while self._writes:
            await asyncio.wait(self._writes)

    # -- what the journal says

    @property
    def clock(self) -> RideClock:
        """The ride's clock. Only for a ride that was live."""
        live = self.live
        if live is None:
            raise RuntimeError(f"ride {self.id} was never live")
        return self.clock_since(live)

    def clock_since(self, live: IncidentLive) -> RideClock:
        """The ride's clock, also where that it is live is not written down yet."""
        return RideClock(live_at=live.at, speed=self.record.speed, pauses=pauses(self.journal))

    @property
    def time_limit(self) -> timedelta:
        """Ride time until the deadline: the scenario's, and what a facilitator gave beyond it."""
        extended = sum(event.seconds for event in self.journal if isinstance(event, TimeExtended))
        return self.scenario.time_limit + timedelta(seconds=extended)

    @property
    def remaining(self) -> timedelta:
        """Ride time left, never negative. Only for a ride that was live."""
        return max(self.time_limit - self.elapsed(), timedelta(0))

    @property
    def paused(self) -> bool:
        return self.record.paused_at is not None

    @property
    def called(self) -> TeamCalled | None:
        """The team whose ride it is."""
        return next((event for event in self.journal if isinstance(event, TeamCalled)), None)

    @property
    def live(self) -> IncidentLive | None:
        return next((event for event in self.journal if isinstance(event, IncidentLive)), None)

    @property
    def ended(self) -> RideEnded | None:
        return next((event for event in self.journal if isinstance(event, RideEnded)), None)

    @property
    def acknowledged(self) -> Acknowledged | None:
        return next((event for event in self.journal if isinstance(event, Acknowledged)), None)

    @property
    def roles(self) -> Mapping[str, str]:
        """Database role to person."""
        return {event.role: event.person for event in self.journal if isinstance(event, PersonJoined)}

    @property
    def on_call(self) -> tuple[str, ...]:
        """Who is paged: the learners, or those of a team to whom it has come so far."""
        called = self.called
        if called is None:
            return self.record.learners
        escalated = [
            person for event in self.journal if isinstance(event, Escalated) for person in event.people
        ]
        return tuple(dict.fromkeys((*called.paged, *escalated)))

    @property
    def names(self) -> Mapping[str, str]:
        """What those are called who take part, as far as the journal knows."""
        return {
            event.person: event.name
            for event in self.journal
            if isinstance(event, PersonJoined | PersonNamed)
        }

    async def know(self, people: Iterable[str]) -> None:
        """Write down what these people are called; those whom the chat doesn't know stay without a name."""
        for person in people:
            if self.names.get(person, person) != person:
                continue
            try:
                name = (await self.parts.chat.person(self.record.workspace, person)).name
            except ChatRefusedError as refusal:
                log.info("ride %s: who %s is can't be told: %s", self.id, person, refusal.code)
            else:
                await self.note(PersonNamed(at=self.parts.clock.now(), person=person, name=name))

    def number_of(self, event: Event) -> int:
        """Which of its kind in the journal an event is, from 1: of two written at once each has its own."""
        alike = (one for one in self.journal if type(one) is type(event))
        return next(number for number, one in enumerate(alike, 1) if one is event)

    @property
    def hints_taken(self) -> int:
        return sum(isinstance(event, HintTaken) for event in self.journal)

    def shown(self, step: str) -> bool:
        """Whether this symptom or reaction was said."""
        return any(isinstance(event, SymptomShown) and event.step == step for event in self.journal)

    def elapsed(self) -> timedelta:
        """Ride time now."""
        return self.clock.elapsed(self.parts.clock.now())

    # -- saying things

    async def say(self, announcement: Announcement, *, key: str) -> str | None:
        """Post once in the incident channel; None when the chat refused (the journal says so)."""
        channel = self.channel
        try:
            ts = await self.parts.chat.post(
                self.record.workspace, channel, announcement, key=f"{self.id}:{key}"
            )
        except ChatRefusedError as refusal:
            await self.skipped(f"message {key}", refusal.code)
            lost_channel.look(self, channel, refusal)
            return None
        if channel == self.record.channel:
            self.delivered[key] = ts
        return ts

    async def say_to_all(self, announcement: Announcement, people: Iterable[str], *, key: str) -> None:
        """Post once in the incident channel, or to each of these people where the chat refuses that.

        Somebody may have archived the channel, or removed the bot from it.
        """
        if await self.say(announcement, key=key) is not None:
            return
        for person in people:
            await self.say_to(person, announcement, key=key)

    async def say_to(self, person: str, announcement: Announcement, *, key: str) -> tuple[str, str] | None:
        """Post once to somebody's direct messages; gives channel and ts, None when the chat refused."""
        try:
            return await self.parts.chat.direct(
                self.record.workspace, person, announcement, key=f"{self.id}:{key}"
            )
        except ChatRefusedError as refusal:
            await self.skipped(f"message {key} to {person}", refusal.code)
            return None

    def say_soon(self, announcement: Announcement, *, key: str, otherwise_to: Sequence[str] = ()) -> None:
        """As `say_to_all`, without waiting for the chat's pace; the chat keeps the order."""
        self.soon(self.say_to_all(announcement, otherwise_to, key=key), f"message {key}")

    def soon(self, work: Coroutine[None, None, None], what: str) -> None:
        """Say something, without waiting for it."""
        self._soon(work, what, self._posting)

    def show_soon(self, channel: str, ts: str, announcement: Announcement, *, step: str) -> None:
        """Have a message show this, without waiting for it: what is newer overtakes it."""
        self._soon(self._show(channel, ts, announcement, step), step, self._showing)

    async def _show(self, channel: str, ts: str, announcement: Announcement, step: str) -> None:
        try:
            await self.parts.chat.update(self.record.workspace, channel, ts, announcement)
        except ChatRefusedError as refusal:
            await self.skipped(step, refusal.code)
            lost_channel.look(self, channel, refusal)

    def beside(self, work: Coroutine[None, None, None], what: str) -> None:
        """Do something that the ride can do without; nothing waits for it, and the ride's end cuts it off."""
        self._soon(work, what, self._beside)

    def _soon(self, work: Coroutine[None, None, None], what: str, tasks: "set[asyncio.Task[None]]") -> None:
        task = asyncio.create_task(work, name=f"{what} of {self.id}")
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        task.add_done_callback(self._said)

    def _said(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("ride %s: %s was lost", self.id, task.get_name(), exc_info=error)

    async def all_said(self) -> None:
        """Until everything that was to be said soon has been."""
        while self._posting:
            await asyncio.wait(set(self._posting))

    async def all_shown(self) -> None:
        """Until every message shows what it was to show soon."""
        while self._showing:
            await asyncio.wait(set(self._showing))

    async def hush(self) -> None:
        """Say and show nothing more; the next life of the program does."""
        tasks = self._posting | self._showing | self._beside
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def skipped(self, step: str, code: str) -> None:
        """The chat refused something that the ride can do without."""
        log.warning("ride %s: the chat refused %s: %s", self.id, step, code)
        await self.note(ChatStepSkipped(at=self.parts.clock.now(), step=step, error=code))
