"""A running sandbox, wherever it is housed: fulfils the Sandbox protocol over observer and housing."""

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

import psycopg
from psycopg import AsyncConnection
from psycopg.errors import InvalidPassword
from psycopg.rows import TupleRow

from sandbox.address import Address
from sandbox.errors import SandboxError, SandboxGoneError
from sandbox.provider import CheckResult, Glimpse, Login, Queue, Reading, SqlSession
from sandbox.server.connection import Backstage, Waiting, connect_person
from sandbox.server.groups import actors_of
from sandbox.server.housing import Housing
from sandbox.server.learner_roles import Member, People
from sandbox.server.log_reader import EvidenceReader, Note
from sandbox.server.measure import WriteRate, backend, queue_of, waiters
from sandbox.server.observer import Look, Session, Sizes
from sandbox.server.watchdog import Limits, Watchdog
from sandbox.sql_session.psql import Psql
from scenarios.journal.events import Measurement
from scenarios.model.scenario import Check, Scenario

log = logging.getLogger(__name__)

POLL_SECONDS = 0.25
WATCH_SECONDS = 0.5
"""While nobody who rides is at work. In memory a table grows by some 400 MB a second, and a container has
512 MB for all its data."""
WATCH_BUSY_SECONDS = 0.25
SIZE_SECONDS = 1.0
"""Between two looks at how big it is, which take long, while nobody who rides is at work."""
HEARD_SECONDS = 0.2
"""What the server said so lately is as good as to ask it again."""
FLOW_SECONDS = 2.0
"""Over how long the rate before the incident is measured."""
FLOW_LIMIT_SECONDS = 20.0
ARM_SECONDS = 30.0
STUCK_SECONDS = 1.0
"""How long every writer must have waited, and nothing been written, for the incident to stand."""
NOTES = "notes"

OpenSession = Callable[[Backstage], SqlSession]
"""Makes a person's /sql session."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Notes:
    """What was found out in a sandbox and an adopter must know."""

    server_started: str
    """As its server says, in ISO form."""
    writes_before: float = 0.0
    """Rows a second, before the incident."""


class RunningSandbox:
    """One running server with its actors."""

    def __init__(
        self,
        scenario: Scenario,
        housing: Housing,
        *,
        open_session: OpenSession,
        limits: Limits,
        psql: Psql,
    ) -> None:
        self.psql = psql
        self._scenario = scenario
        self._housing = housing
        self._observer = housing.observer
        self._open_session = open_session
        self._notes: Notes | None = None
        self._people = People(housing)
        self._reader = EvidenceReader(scenario, housing.signal_key)
        self._rate = WriteRate()
        self._watchdog = Watchdog(limits=limits)
        self._sizes: Sizes | None = None
        self._sized = 0.0
        self._sessions: dict[str, SqlSession] = {}
        self._joining = asyncio.Lock()
        self._news = asyncio.Event()
        self._watching: asyncio.Task[None] | None = None
        self._writers = sorted({actor.role for actor in actors_of(scenario, scenario.waiters)})

    @property
    def id(self) -> str:
        return self._housing.id

    @property
    def housing(self) -> Housing:
        """Where it lives."""
        return self._housing

    def is_person(self, role: str) -> bool:
        """Whether this is the role of somebody who rides here."""
        return role in self._people.persons()

    async def ready(self) -> None:
        """Returns when the server, just begun, answers. Raises SandboxGoneError while it does not."""
        started = await self._observer.started()
        await self._keep(Notes(server_started=started.isoformat()))

    async def recall(self) -> bool:
        """Know again what an earlier life of this program knew; False if the sandbox has ended."""
        try:
            kept = await self._housing.kept(NOTES)
            if kept is None:
                return False
            self._notes = Notes(**json.loads(kept))
            await self._people.recall()
        except (SandboxGoneError, ValueError, TypeError, KeyError):
            return False
        return await self.check_alive() is None

    async def flow(self) -> None:
        """Start the application; returns when it writes. Raises SandboxError if it does not."""
        await self._housing.begin("before")
        deadline = time.monotonic() + FLOW_LIMIT_SECONDS
        while True:
            sessions = (await self._look()).sessions
            if self._all_play(sessions) and self._rate.per_second > 0:
                return
            if time.monotonic() > deadline:
                said = await self._describe(sessions)
                log.warning("the application of sandbox %s did not start writing: %s", self.id, said)
                raise SandboxError(
                    f"The application did not start writing within {FLOW_LIMIT_SECONDS:.0f} s."
                )
            await asyncio.sleep(0.05)

    def watch(self) -> None:
        """Begin to sample and to guard, in the background."""
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch(), name=f"watchdog of {self.id}")

    async def arm(self) -> tuple[Measurement, Queue]:
        await self._keep(replace(self._known(), writes_before=await self._rate_before()))
        self._rate.forget()
        await self._housing.begin("incident")
        deadline = time.monotonic() + ARM_SECONDS
        while True:
            sessions = (await self._look()).sessions
            queue = queue_of(self._scenario, sessions, self._scenario.waiters, self._people.persons())
            if self._stuck(sessions, queue):
                break
            if time.monotonic() > deadline:
                await self._raise_if_gone()
                said = await self._describe(sessions)
                log.warning("the incident of sandbox %s could not be set up: %s", self.id, said)
                raise SandboxError(f"The incident could not be set up within {ARM_SECONDS:.0f} s.")
            await asyncio.sleep(0.1)
        self._rate.forget()  # from here on "now" is after the writes have stopped
        await self._look()
        return self._measurement(sessions), queue

    async def add_person(self, person: str, role_hint: str) -> Login:
        async with self._joining:
            taken = {actor.role for actor in self._scenario.actors}
            member = await self._people.add(person, role_hint, taken)
            return self._login(member, self._housing.doorway)

    async def session(self, person: str) -> SqlSession:
        session = self._sessions.get(person)
        if session is None:
            session = self._open_session(self.backstage(person))
            self._sessions[person] = session
        return session

    def backstage(self, person: str) -> Backstage:
        """What the person's /sql session needs of us. Raises SandboxError for somebody not added."""
        member = self._people.get(person)
        if member is None:
            raise SandboxError(f"{person} has no role in the sandbox {self.id} yet")
        return _Backstage(self, member)

    async def connect(
        self, member: Member, database: str | None, options: str = ""
    ) -> AsyncConnection[TupleRow]:
        """A connection as the person; their password is set again if they have changed it."""
        login = self._login(member, self._housing.address)
        try:
            return await connect_person(login, database=database, options=options)
        except psycopg.OperationalError as error:
            if error.sqlstate != InvalidPassword.sqlstate and not _says_nothing(error):
                raise
            if not await self._answers():
                raise
        await self._people.reset_password(member)
        return await connect_person(login, database=database, options=options)

    async def waiting(self, pid: int) -> Waiting:
        """What a session waits for now."""
        sessions = await self._observer.sessions()
        known = {session.pid: session for session in sessions}
        session = known.get(pid)
        if session is None or session.state != "active" or session.wait_event_type is None:
            return Waiting(waiting_for=None, blocked_by=())
        people = self._people.persons()
        return Waiting(
            waiting_for=f"{session.wait_event_type}/{session.wait_event}",
            blocked_by=tuple(
                backend(self._scenario, known[blocker], people)
                for blocker in session.blockers
                if blocker in known
            ),
        )

    def statement_ended(self) -> None:
        """A /sql statement has ended: its evidence is worth reading."""
        self._news.set()

    async def read_evidence(self, offset: int, people: dict[str, str]) -> Reading:
        return await self._reader.read(self._observer.read_log, offset, {**self._people.persons(), **people})

    async def evidence_changes(self) -> AsyncIterator[None]:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), POLL_SECONDS)
            self._news.clear()
            yield

    async def measure(self) -> Measurement:
        return self._measurement((await self._look()).sessions)

    async def sample(self) -> Glimpse:
        look = await self._look()
        waiting = waiters(self._scenario, look.sessions, self._scenario.waiters, self._people.persons())
        return Glimpse(
            rows_written=look.rows_written,
            waiting=len(waiting),
            oldest_wait=max((session.waited or 0.0 for session in waiting), default=0.0),
        )

    async def queue(self, group: str) -> Queue:
        return queue_of(self._scenario, await self._observer.sessions(), group, self._people.persons())

    async def check_workload(self, check: Check) -> CheckResult:
        for actor in self._scenario.actors:
            if actor.name == check.actor:
                return await self._housing.run_once(actor, check.within)
        raise SandboxError(f"The check {check.name} names no actor of {self._scenario.slug}: {check.actor!r}")

    async def check_alive(self) -> str | None:
        deadline = time.monotonic() + self._housing.patience
        while True:
            cause = await self._housing.cause()
            if cause is not None:
                return cause
            try:
                started = await self._observer.started(lately=HEARD_SECONDS)
            except SandboxGoneError as error:
                # Its keeper may need a moment to know why, and a network to come back.
                if time.monotonic() > deadline:
                    said = str(error.__cause__ or "").strip() or str(error)
                    return f"its server does not answer ({said})"
                await asyncio.sleep(0.05)
                continue
            if started != datetime.fromisoformat(self._known().server_started):
                return "its server was restarted"
            return None

    async def renew(self, lease: timedelta) -> None:
        await self._housing.renew(lease)

    async def destroy(self) -> None:
        await self.leave()
        await self._housing.end()

    async def leave(self) -> None:
        """Let go of the sandbox without ending it: the next provider may adopt it, or clear it away."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
            self._watching = None
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()
        await self._observer.close()
        await self._housing.let_go()

    # -- inside

    def _login(self, member: Member, place: Address) -> Login:
        return Login(
            role=member.role,
            password=member.password,
            host=place.host,
            port=place.port,
            database=self._scenario.production,
            tls=place.tls,
        )

    def _known(self) -> Notes:
        if self._notes is None:
            raise SandboxGoneError(f"The sandbox {self.id} has never answered")
        return self._notes

    async def _keep(self, notes: Notes) -> None:
        await self._housing.keep(NOTES, json.dumps(asdict(notes)))
        self._notes = notes

    async def _look(self) -> Look:
        look = await self._observer.look(self._writers)
        self._rate.add(look.rows_written)
        return look

    async def _rate_before(self) -> float:
        deadline = time.monotonic() + FLOW_LIMIT_SECONDS
        while True:
            await self._look()
            if self._rate.covers >= FLOW_SECONDS and self._rate.per_second > 0:
                return self._rate.per_second
            if time.monotonic() > deadline:
                await self._raise_if_gone()
                raise SandboxError("The application isn't writing, so there is nothing to break.")
            await asyncio.sleep(0.1)

    def _expected(self) -> int:
        return sum(actor.sessions for actor in actors_of(self._scenario, self._scenario.waiters))

    def _all_play(self, sessions: list[Session]) -> bool:
        people = self._people.persons()
        names = [(session.role, session.application) for session in sessions if session.role not in people]
        return all(
            names.count((actor.role, actor.application)) >= actor.sessions
            for actor in self._scenario.actors
            if actor.stage == "before"
        )

    def _stuck(self, sessions: list[Session], queue: Queue) -> bool:
        waiting = waiters(self._scenario, sessions, self._scenario.waiters, self._people.persons())
        return (
            len(waiting) >= self._expected()
            and all((session.waited or 0.0) > STUCK_SECONDS for session in waiting)
            and self._rate.still_for() >= STUCK_SECONDS
            and bool(queue.blockers)
            and all(blocker.group == self._scenario.blocker for blocker in queue.blockers)
        )

    def _measurement(self, sessions: list[Session]) -> Measurement:
        waiting = waiters(self._scenario, sessions, self._scenario.waiters, self._people.persons())
        return Measurement(
            writers_waiting=len(waiting),
            oldest_wait_seconds=max((session.waited or 0.0 for session in waiting), default=0.0),
            writes_per_second=self._rate.per_second,
            writes_per_second_before=self._known().writes_before,
        )

    async def _describe(self, sessions: list[Session]) -> str:
        seen = [
            f"{session.application} in {session.database} {session.state} {session.wait_event or ''}".strip()
            for session in sessions
            if session.role != "observer"
        ]
        return f"sessions: {'; '.join(seen) or 'none'}. {await self._housing.said()}".strip()

    async def _answers(self) -> bool:
        try:
            await self._observer.started()
        except SandboxGoneError:
            return False
        return True

    async def _raise_if_gone(self) -> None:
        cause = await self.check_alive()
        if cause is not None:
            raise SandboxGoneError(f"The sandbox {self.id} has ended: {cause}")

    async def _watch(self) -> None:
        busy = False
        while True:
            await asyncio.sleep(WATCH_BUSY_SECONDS if busy else WATCH_SECONDS)
            try:
                busy = await self._guard()
            except SandboxGoneError:
                if await self._housing.cause() is not None:
                    return

    async def _guard(self) -> bool:
        """Look, and end what goes too far; gives whether somebody who rides is at work."""
        people = self._people.persons()
        sessions, now = (await self._look()).sessions, time.monotonic()
        busy = any(
            session.role in people and (session.state == "active" or session.writes) for session in sessions
        )
        if self._sizes is None or busy or now - self._sized >= SIZE_SECONDS:
            self._sizes, self._sized = await self._observer.sizes(), now
        for verdict in self._watchdog.judge(sessions, self._sizes, people, now):
            note = Note(person=people[verdict.session.role or ""], pid=verdict.session.pid, why=verdict.why)
            await self._observer.note(note.model_dump_json())
            await self._observer.end_session(verdict.session)
            self._news.set()
        return busy


@dataclass(frozen=True, slots=True)
class _Backstage:
    """One person's part of a sandbox."""

    sandbox: RunningSandbox
    member: Member

    @property
    def psql(self) -> Psql:
        return self.sandbox.psql

    async def connect(self, database: str | None = None, options: str = "") -> AsyncConnection[TupleRow]:
        return await self.sandbox.connect(self.member, database, options)

    async def waiting(self, pid: int) -> Waiting:
        return await self.sandbox.waiting(pid)

    def statement_ended(self) -> None:
        self.sandbox.statement_ended()


def _says_nothing(error: psycopg.OperationalError) -> bool:
    """Errors while connecting often carry no SQLSTATE in libpq."""
    return error.sqlstate is None
