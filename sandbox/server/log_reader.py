"""Turns the sandbox's log into the journal's events.

The log is PostgreSQL's jsonlog, one object a line (documentation, "Using JSON-Format Log Output"). What a
person can write into it themselves (RAISE LOG, an application name, bytes that are no text) is never
believed: only lines without a context are statements, and only records signed with the key are signals.
"""

import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, ValidationError

from sandbox.provider import Reading
from sandbox.server.groups import OBSERVER, backend_of
from scenarios.journal.events import (
    Backend,
    Evidence,
    LockAcquired,
    LockWaited,
    Op,
    SessionEnded,
    SignalSent,
    StatementFailed,
    StatementLogged,
    WatchdogActed,
    WriteCommitted,
)
from scenarios.model.scenario import Scenario

CHUNK = 1 << 20
"""Bytes read at once."""
HEAD = 1 << 16
"""Of a line longer than a chunk this many bytes are looked at."""

STATEMENT = re.compile(r"(?:statement|execute .+?): ", re.DOTALL)
"""A client names its prepared statements and portals as it likes, with blanks and all."""
PREPARED = re.compile(r"prepare: ", re.DOTALL)
SIGNAL = re.compile(r"RIDE_SIGNAL ([0-9a-f]{64}) (\{.*\})", re.DOTALL)
NOTE = re.compile(r"RIDE_NOTE (\{.*\})", re.DOTALL)
LOCK = re.compile(r"process \d+ (still waiting for|acquired) (\w+) on .* after ([\d.]+) ms", re.DOTALL)
DURATION = re.compile(r"duration: ([\d.]+) ms  statement: \s*(\w+)", re.DOTALL)
DISCONNECTION = re.compile(r"disconnection: session time: (\d+):(\d\d):(\d\d\.\d+) ", re.DOTALL)
PROBE_SECONDS = 1.0
"""pgbench first opens a connection only to see whether it can, and closes it: no session of an actor."""
WRITES = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "COMMIT", "END"})

ReadLog = Callable[[int, int], Awaitable[bytes]]
"""Bytes of the log from an offset, at most so many."""


class LogLine(BaseModel):
    """A line of jsonlog, as far as it matters here."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    timestamp: str
    pid: int
    session_id: str = ""
    error_severity: str = ""
    user: str | None = None
    dbname: str | None = None
    state_code: str | None = None
    message: str = ""
    detail: str | None = None
    context: str | None = None
    statement: str | None = None
    application_name: str | None = None

    @property
    def at(self) -> datetime:
        return datetime.strptime(self.timestamp, "%Y-%m-%d %H:%M:%S.%f UTC").replace(tzinfo=UTC)

    @property
    def started(self) -> datetime | None:
        """When the session began: its id is that second and its pid, in hexadecimal."""
        second = self.session_id.partition(".")[0]
        return datetime.fromtimestamp(int(second, 16), UTC) if second else None


class Note(BaseModel):
    """What the watchdog writes into the log through the observer."""

    model_config = ConfigDict(frozen=True)

    person: str
    pid: int
    why: str


class _Signal(BaseModel):
    """A record of signals.sql."""

    op: Op
    by: int
    pid: int
    started: int | None
    user: str | None
    application: str | None
    database: str | None
    state: str | None


class EvidenceReader:
    """Reads one sandbox's log."""

    def __init__(self, scenario: Scenario, signal_key: str) -> None:
        self._scenario = scenario
        self._key = signal_key
        self._ended: set[str] = set()
        """Sessions whose FATAL has been seen, and whose disconnection is still to come."""

    async def read(self, read_log: ReadLog, offset: int, people: Mapping[str, str]) -> Reading:
        """All whole lines from `offset` on. `people` maps every role of a person to the person."""
        events: list[Evidence] = []
        while True:
            chunk = await read_log(offset, CHUNK)
            end = chunk.rfind(b"\n") + 1
            if end:
                for line in chunk[:end].split(b"\n"):
                    events.extend(self.events(line, people))
                offset += end
            elif len(chunk) == CHUNK:
                after = await _end_of_line(read_log, offset + CHUNK)
                if after is None:
                    break
                events.extend(self.events(chunk[:HEAD], people))
                offset = after
            if len(chunk) < CHUNK:
                break
        return Reading(events=tuple(events), offset=offset)

    def events(self, raw: bytes, people: Mapping[str, str]) -> list[Evidence]:
        """What one line (or the head of a very long one) tells; mostly nothing or one event."""
        line = parse_line(raw)
        if line is None or line.user is None:
            return []
        person = people.get(line.user)
        if person is not None:
            event = self._of_person(line, person, people)
        elif line.user == OBSERVER:
            event = _of_observer(line)
        else:
            event = self._of_actor(line)
        return [] if event is None else [event]

    def _of_person(self, line: LogLine, person: str, people: Mapping[str, str]) -> Evidence | None:
        if line.error_severity == "ERROR":
            return StatementFailed(
                at=line.at,
                person=person,
                session=line.session_id,
                pid=line.pid,
                database=line.dbname or "",
                sqlstate=line.state_code or "",
                message=line.message,
                text=line.statement,
            )
        if line.error_severity != "LOG":
            return None
        if line.context is not None:
            return self._signal(line, person, people)
        said = STATEMENT.match(line.message)
        if said is None:
            return None
        prepared = PREPARED.match(line.detail or "")
        return StatementLogged(
            at=line.at,
            person=person,
            session=line.session_id,
            pid=line.pid,
            database=line.dbname or "",
            application=line.application_name or "",
            text=line.message[said.end() :],
            prepared=(line.detail or "")[prepared.end() :] if prepared else None,
        )

    def _signal(self, line: LogLine, person: str, people: Mapping[str, str]) -> SignalSent | None:
        found = SIGNAL.fullmatch(line.message)
        if found is None or not self._signed(found[1], found[2]):
            return None
        signal = _Signal.model_validate_json(found[2])
        if signal.by != line.pid:
            return None
        target = backend_of(
            self._scenario,
            pid=signal.pid,
            started=None if signal.started is None else datetime.fromtimestamp(signal.started, UTC),
            role=signal.user,
            application=signal.application,
            database=signal.database,
            own=signal.user in people,
        )
        return SignalSent(
            at=line.at,
            op=signal.op,
            person=person,
            session=line.session_id,
            pid=line.pid,
            target=target,
            target_state=signal.state,
        )

    def _signed(self, signature: str, payload: str) -> bool:
        expected = hashlib.sha256(f"{self._key}{payload}{self._key}".encode(errors="replace")).hexdigest()
        return signature == expected

    def _of_actor(self, line: LogLine) -> Evidence | None:  # noqa: PLR0911
        backend = backend_of(
            self._scenario,
            pid=line.pid,
            started=line.started,
            role=line.user,
            application=line.application_name,
            database=line.dbname,
            own=False,
        )
        if backend.group is None:
            return None
        if line.error_severity == "FATAL":
            self._ended.add(line.session_id)
            return SessionEnded(at=line.at, backend=backend, sqlstate=line.state_code)
        if line.error_severity != "LOG":
            return None
        left = DISCONNECTION.match(line.message)
        if left is not None:
            if line.session_id in self._ended:
                self._ended.discard(line.session_id)
                return None
            if int(left[1]) * 3600 + int(left[2]) * 60 + float(left[3]) < PROBE_SECONDS:
                return None
            return SessionEnded(at=line.at, backend=backend, sqlstate=None)
        return _of_write(line, backend)


def parse_line(raw: bytes) -> LogLine | None:
    """The line's fields; of a line whose end is missing, those that are there. None for no log line."""
    text = raw.decode(errors="replace")
    try:
        return LogLine.model_validate_json(text)
    except ValidationError:
        pass
    # Cut in the middle of a string, perhaps of an escape such as \u00e9.
    for cut in range(len(text), max(0, len(text) - 7), -1):
        try:
            return LogLine.model_validate(json.loads(f'{text[:cut]}"}}'))
        except (ValueError, ValidationError):
            continue
    return None


def _of_observer(line: LogLine) -> WatchdogActed | None:
    found = NOTE.fullmatch(line.message)
    if found is None:
        return None
    note = Note.model_validate_json(found[1])
    return WatchdogActed(at=line.at, person=note.person, pid=note.pid, why=note.why)


def _of_write(line: LogLine, backend: Backend) -> LockWaited | LockAcquired | WriteCommitted | None:
    lock = LOCK.fullmatch(line.message)
    if lock is not None:
        kind = LockAcquired if lock[1] == "acquired" else LockWaited
        return kind(at=line.at, backend=backend, mode=lock[2], waited_ms=float(lock[3]))
    # For a statement that is a transaction of its own PostgreSQL logs the duration after the commit.
    duration = DURATION.match(line.message)
    if duration is not None and duration[2].upper() in WRITES:
        return WriteCommitted(at=line.at, backend=backend, took_ms=float(duration[1]))
    return None


async def _end_of_line(read_log: ReadLog, offset: int) -> int | None:
    """The offset after the next line break; None if it has not been written yet."""
    while True:
        chunk = await read_log(offset, CHUNK)
        end = chunk.find(b"\n")
        if end >= 0:
            return offset + end + 1
        if len(chunk) < CHUNK:
            return None
        offset += CHUNK
