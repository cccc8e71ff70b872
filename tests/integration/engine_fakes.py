"""A chat, a clock and a sandbox that the engine's tests can steer; the store is the real one."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.rides.announcements import Announcement
from bot.rides.errors import ChatRefusedError, UnknownTeamError
from bot.rides.ports import Channel, OnCall, Person, Picture
from sandbox.answer import Answer, Finished
from sandbox.errors import SandboxError
from sandbox.provider import CheckResult, Glimpse, Login, Progress, Queue, Reading, SqlSession
from sandbox.server.survey import Survey
from scenarios.journal.events import Backend, Evidence, Measurement
from scenarios.model.scenario import Check, Scenario
from storage.game_days import Call

STARTED = datetime(2126, 11, 23, 9, 0, tzinfo=UTC)
"""Far ahead of the real clock, so that only the test decides when something falls due."""
MIGRATION = Backend(
    pid=101,
    started=STARTED,
    role="migration_runner",
    application="migration_runner_x",
    database="app_db",
    group="migration",
)
WRITER = Backend(
    pid=201, started=STARTED, role="app_writer", application="app_writer", database="app_db", group="writers"
)
MEASURED = Measurement(
    writers_waiting=4, oldest_wait_seconds=3.5, writes_per_second=0, writes_per_second_before=79.5
)

NOTHING = Finished(results=(), text="(0 rows)", seconds=0.01, transaction="", database="app_db")


@dataclass
class FakeClock:
    """Stands still until it is moved."""

    moment: datetime = STARTED

    def now(self) -> datetime:
        return self.moment

    def move(self, by: timedelta) -> None:
        self.moment += by


@dataclass
class FakeRights:
    """Nobody but these may do things for others."""

    facilitators: set[str] = field(default_factory=set)

    async def is_admin(self, workspace: str, person: str) -> bool:
        return person in self.facilitators

    async def may_facilitate(self, workspace: str, person: str) -> bool:
        return person in self.facilitators


@dataclass
class FakeFacilitating:
    """Game days that are on, with who facilitates them."""

    on: dict[str, tuple[str, ...]] = field(default_factory=dict)

    async def facilitators(self, game_day: str) -> tuple[str, ...]:
        return self.on.get(game_day, ())

    async def call(self, game_day: str, team: str) -> Call | None:
        return Call(day="Winter", begins_at=STARTED) if game_day in self.on else None


@dataclass
class FakeSeen:
    """Remembers who saw which ride's postmortem."""

    by_ride: dict[str, tuple[str, ...]] = field(default_factory=dict)

    async def remember(
        self, workspace: str, scenario: str, people: Iterable[str], ride: str, at: datetime
    ) -> None:
        self.by_ride[ride] = tuple(dict.fromkeys((*self.by_ride.get(ride, ()), *people)))


@dataclass
class FakeRosters:
    """Teams by name, and who of them is on call."""

    teams: dict[str, OnCall] = field(default_factory=dict)

    async def on_call(self, workspace: str, team: str, at: datetime) -> OnCall:
        if team not in self.teams:
            raise UnknownTeamError(team)
        return self.teams[team]


@dataclass
class FakeChat:
    """Remembers what was said; refuses the steps named in `refuses`."""

    said: list[tuple[str, str, Announcement]] = field(default_factory=list)
    """(channel or person, key, what)"""
    updates: list[tuple[str, str, Announcement]] = field(default_factory=list)
    replies: list[tuple[str, Announcement]] = field(default_factory=list)
    archived: list[str] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    replies_work: bool = True
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    channel_members: tuple[str, ...] = ()
    invited: list[tuple[str, ...]] = field(default_factory=list)
    prepared: list[str] = field(default_factory=list)
    """Whose direct messages were made ready."""
    topics: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    """What channels were to be called."""
    next_channel: str = "C1"
    """The id of the channel that is opened next."""
    strangers: set[str] = field(default_factory=set)
    """Who can't be looked up."""
    pictures: list[Picture] = field(default_factory=list)

    def _check(self, step: str) -> None:
        if step in self.refuses:
            raise ChatRefusedError(step, self.refuses[step])

    def _stands(self, place: str, key: str) -> str | None:
        """What was posted there with this key is not posted again."""
        return next((f"{n}.0" for n, one in enumerate(self.said, 1) if one[:2] == (place, key)), None)

    async def open_channel(self, workspace: str, name: str) -> Channel:
        self._check("open_channel")
        self.names.append(name)
        return Channel(id=self.next_channel, name=name)

    async def invite(self, workspace: str, channel: str, people: Sequence[str]) -> Mapping[str, str]:
        self.invited.append(tuple(people))
        self.changed.set()
        return dict.fromkeys(people, self.refuses["invite"]) if "invite" in self.refuses else {}

    async def prepare_direct(self, workspace: str, people: Sequence[str]) -> None:
        self.prepared += people
        self.changed.set()

    async def set_topic(self, workspace: str, channel: str, topic: str) -> None:
        self._check("set_topic")
        self.topics.append(topic)
        self.changed.set()

    async def set_purpose(self, workspace: str, channel: str, purpose: str) -> None:
        self._check("set_purpose")

    async def pin(self, workspace: str, channel: str, ts: str) -> None:
        self._check("pin")

    async def post(self, workspace: str, channel: str, announcement: Announcement, *, key: str) -> str:
        self._check("post")
        self._check(f"post in {channel}")
        if (ts := self._stands(channel, key)) is not None:
            return ts
        self.said.append((channel, key, announcement))
        self.changed.set()
        return f"{len(self.said)}.0"

    async def notify(self, workspace: str, channel: str, announcement: Announcement) -> None:
        self._check("notify")
        self.said.append((channel, "", announcement))
        self.changed.set()

    async def direct(
        self, workspace: str, person: str, announcement: Announcement, *, key: str
    ) -> tuple[str, str]:
        self._check("direct")
        if (ts := self._stands(person, key)) is not None:
            return f"D{person}", ts
        self.said.append((person, key, announcement))
        self.changed.set()
        return f"D{person}", f"{len(self.said)}.0"

    async def update(self, workspace: str, channel: str, ts: str, announcement: Announcement) -> None:
        self._check("update")
        self.updates.append((channel, ts, announcement))
        self.changed.set()

    async def posted(self, workspace: str, channel: str, since: datetime) -> Mapping[str, str]:
        return {key: f"{n}.0" for n, (where, key, _) in enumerate(self.said, 1) if where == channel}

    async def reply(self, workspace: str, url: str, announcement: Announcement) -> bool:
        if self.replies_work:
            self.replies.append((url, announcement))
            self.changed.set()
        return self.replies_work

    async def archive(self, workspace: str, channel: str) -> None:
        self._check("archive")
        self.archived.append(channel)
        self.changed.set()

    async def person(self, workspace: str, person: str) -> Person:
        if person in self.strangers:
            raise ChatRefusedError("users.info", "internal_error")
        return Person(
            id=person, name=person.title(), handle=person.lower(), can_ride=not person.startswith("BOT")
        )

    async def members(self, workspace: str, channel: str) -> tuple[str, ...]:
        self._check("members")
        return self.channel_members

    async def group_members(self, workspace: str, group: str) -> tuple[str, ...]:
        self._check("group_members")
        return self.channel_members

    async def upload(
        self, workspace: str, channel: str, picture: Picture, *, thread_ts: str | None = None
    ) -> None:
        self._check("upload")
        self.pictures.append(picture)

    def kinds(self, where: str = "C1") -> list[str]:
        """The names of what was said in a place, in order."""
        return [type(what).__name__ for place, _, what in self.said if place == where]

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait until something was said or changed that makes this true."""
        async with asyncio.timeout(10):
            while not happened():
                self.changed.clear()
                await self.changed.wait()


@dataclass
class FakeSession:
    answer: Answer

    async def run(self, text: str) -> Answer:
        return self.answer

    async def cancel(self, session: int = 1) -> bool:
        return False

    async def close(self) -> None:
        return None


@dataclass
class FakeSandbox:
    """Gives the evidence that a test feeds it."""

    id: str = "sandbox-1"
    log: list[Evidence] = field(default_factory=list)
    dead: str | None = None
    destroyed: bool = False
    waiting: tuple[Backend, ...] = (WRITER,)
    blockers: tuple[Backend, ...] = (MIGRATION,)
    workload: CheckResult = field(default_factory=lambda: CheckResult(passed=True, detail="it committed"))
    answer: Answer = field(default_factory=lambda: NOTHING)
    leases: list[timedelta] = field(default_factory=list)
    """How long it was to live each time that it was renewed."""
    people: list[str] = field(default_factory=list)
    """Who got a role."""
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    looked: int = 0
    """How often it was sampled."""

    def feed(self, *events: Evidence) -> None:
        """More lines in the log."""
        self.log.extend(events)
        self.wake.set()

    async def arm(self) -> tuple[Measurement, Queue]:
        return MEASURED, Queue(waiting=self.waiting, blockers=self.blockers)

    async def add_person(self, person: str, role_hint: str) -> Login:
        self.people.append(person)
        return Login(role=role_hint, password="pw", host="127.0.0.1", port=5432, database="app_db")

    async def session(self, person: str) -> SqlSession:
        return FakeSession(self.answer)

    async def read_evidence(self, offset: int, people: dict[str, str]) -> Reading:
        if self.dead == "unreadable":
            raise SandboxError("the log can't be read")
        return Reading(events=tuple(self.log[offset:]), offset=len(self.log))

    async def evidence_changes(self) -> AsyncIterator[None]:
        while True:
            # Cleared first: what is fed while the engine is at work wakes it again.
            self.wake.clear()
            yield
            await self.wake.wait()

    async def measure(self) -> Measurement:
        return MEASURED

    async def sample(self) -> Glimpse:
        if self.dead is not None:
            raise SandboxError(self.dead)
        self.looked += 1
        return Glimpse(rows_written=80 * self.looked, waiting=len(self.waiting), oldest_wait=1.5)

    async def queue(self, group: str) -> Queue:
        return Queue(waiting=self.waiting, blockers=self.blockers)

    async def check_workload(self, check: Check) -> CheckResult:
        return self.workload

    async def check_alive(self) -> str | None:
        return self.dead

    async def renew(self, lease: timedelta) -> None:
        self.leases.append(lease)

    async def destroy(self) -> None:
        self.destroyed = True


@dataclass
class FakeProvider:
    sandbox: FakeSandbox = field(default_factory=FakeSandbox)
    fails: str | None = None
    adopts: bool = True
    kept: set[str] = field(default_factory=set)

    async def prepare(self, scenario: Scenario, progress: Progress) -> None:
        return None

    async def start(self, scenario: Scenario, ride: str, lease: timedelta) -> FakeSandbox:
        if self.fails is not None:
            raise SandboxError(self.fails)
        return self.sandbox

    async def adopt(self, scenario: Scenario, sandbox: str) -> FakeSandbox | None:
        return self.sandbox if self.adopts else None

    async def clear(self, keep: Collection[str]) -> Sequence[str]:
        self.kept = set(keep)
        return []

    async def survey(self) -> Survey:
        return Survey(found="a fake")

    async def is_prepared(self, scenario: Scenario) -> bool:
        return True

    async def close(self) -> None:
        return None
