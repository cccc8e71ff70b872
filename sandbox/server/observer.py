"""The observer's connection: sees sessions, locks, sizes and the log, and never enters a user database."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg import AsyncConnection, sql
from psycopg.errors import ConnectionTimeout
from psycopg.rows import TupleRow, class_row, kwargs_row

from sandbox.address import KEEPALIVE_SECONDS, UNHEARD_MS, Address
from sandbox.errors import SandboxGoneError
from sandbox.server.groups import OBSERVER
from sandbox.server.queries import query

CONNECT_SECONDS = 10
ANSWER_SECONDS = 30.0
"""How long it waits for an answer: a server that is frozen keeps its connections, and says nothing."""
APPLICATION = "ride_observer"


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """A client session as pg_stat_activity and pg_locks show it now."""

    pid: int
    backend_start: datetime
    role: str | None
    application: str | None
    database: str | None
    state: str | None
    wait_event_type: str | None
    wait_event: str | None
    query_start: datetime | None
    writes: bool
    """Its transaction has written something."""
    waited: float | None
    """Seconds in the queue for a lock, if `waits`."""
    waits: bool
    blockers: list[int]
    """pg_blocking_pids: who stands directly in its way."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What one query shows."""

    sessions: list[Session]
    """Every client session, oldest first."""
    rows_written: int
    """Rows that the roles in question have inserted, updated or deleted since the server started."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sizes:
    """Bytes."""

    data: int
    log: int


class Observer:
    """A superuser's connection that is ours alone, made when first needed and again when it was lost."""

    def __init__(self, address: Address, password: str | None = None) -> None:
        self._address = address
        self._password = password
        self._connection: AsyncConnection[TupleRow] | None = None
        self._turn = asyncio.Lock()
        self._heard: tuple[float, datetime] | None = None
        """When it last told beside the log when it was started, on the monotonic clock, and what it told."""
        self._silences = 0
        """How often it was waited for in vain."""

    async def sessions(self) -> list[Session]:
        """Every client session, oldest first."""
        return (await self.look(None)).sessions

    async def look(self, writers: Sequence[str] | None) -> Look:
        """Every client session, and what these roles have written: many sandboxes are looked at several times
        a second, and one query is cheaper than two.
        """
        rows_written = 0

        def session(**columns: Any) -> Session:
            nonlocal rows_written
            rows_written = columns.pop("rows_written")
            return Session(**columns)

        async with self._answer():
            connection = await self._connected()
            roles = None if writers is None else list(writers)
            async with connection.cursor(row_factory=kwargs_row(session)) as cursor:
                await cursor.execute(query("observer", "look"), {"roles": roles})
                return Look(sessions=await cursor.fetchall(), rows_written=rows_written)

    async def sizes(self) -> Sizes:
        async with self._answer():
            connection = await self._connected()
            async with connection.cursor(row_factory=class_row(Sizes)) as cursor:
                await cursor.execute(query("observer", "sizes"))
                found = await cursor.fetchone()
        if found is None:
            raise SandboxGoneError("The sandbox has no log")
        return found

    async def roles(self) -> list[str]:
        """The names of all roles."""
        found = await self._value("roles")
        return [str(name) for name in found] if isinstance(found, list) else []

    async def read_log(self, offset: int, length: int) -> bytes:
        """Bytes of the log; fewer at its end, none beyond it."""
        async with self._answer():
            connection = await self._connected()
            arguments = {"offset": offset, "length": length}
            found = await connection.execute(query("observer", "read_log"), arguments, binary=True)
            started, log = await found.fetchone() or (None, None)
            self._heard = (time.monotonic(), started) if isinstance(started, datetime) else None
        return log if isinstance(log, bytes) else b""

    async def started(self, *, lately: float = 0.0) -> datetime:
        """When this server was started; it isn't asked if it has said so in the last `lately` seconds."""
        if self._heard is not None and time.monotonic() - self._heard[0] < lately:
            return self._heard[1]
        found = await self._value("started")
        if not isinstance(found, datetime):
            raise SandboxGoneError("The sandbox's server does not say when it started")
        return found

    async def note(self, text: str) -> None:
        """Write a line into the log that nobody else can."""
        await self._value("note", note=text)

    async def end_session(self, session: Session) -> None:
        """Terminate this very session, if it still lives."""
        await self._value("end_session", pid=session.pid, started=session.backend_start)

    async def execute(self, statement: sql.Composed) -> None:
        """A statement about roles. Raises psycopg.Error as it comes."""
        async with self._turn, _in_time():
            await (await self._connected()).execute(statement)

    async def encrypt(self, role: str, password: str) -> str:
        """The SCRAM verifier, so that no password is ever in a statement that others may see."""
        async with self._answer():
            connection = await self._connected()
            made = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
            return made.decode()

    async def keep(self, name: str, text: str) -> None:
        """Keep a text in a table that only we can read (kept.sql), in place of an older one of that name."""
        await self._value("keep", name=name, text=text)

    async def kept(self, name: str) -> str | None:
        """What was kept under that name."""
        found = await self._value("kept", name=name)
        return None if found is None else str(found)

    async def signal_key(self) -> str:
        """What the records of signals are signed with."""
        return str(await self._value("signal_key"))

    async def write_file(self, path: str, text: str) -> None:
        """Have the server write a line into a file beside it, which a superuser alone can do."""
        statement = sql.SQL("COPY (SELECT {}) TO {}").format(sql.Literal(text), sql.Literal(path))
        async with _lost_means_gone():
            await self.execute(statement)

    async def connect(self) -> AsyncConnection[TupleRow]:
        """A connection beside the kept one, for what takes long. Raises psycopg.OperationalError."""
        return await AsyncConnection.connect(
            host=self._address.host,
            port=self._address.port,
            user=OBSERVER,
            password=self._password,
            dbname="postgres",
            application_name=APPLICATION,
            autocommit=True,
            connect_timeout=CONNECT_SECONDS,
            keepalives_idle=KEEPALIVE_SECONDS,
            keepalives_interval=1,
            keepalives_count=3,
            tcp_user_timeout=UNHEARD_MS,
            options="-c search_path=pg_catalog -c client_min_messages=warning",
        )

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def _value(self, name: str, /, **arguments: object) -> object:
        async with self._answer():
            connection = await self._connected()
            row = await (await connection.execute(query("observer", name), arguments, binary=True)).fetchone()
            return None if row is None else row[0]

    @asynccontextmanager
    async def _answer(self) -> AsyncIterator[None]:
        silences = self._silences
        async with self._turn:
            if self._silences > silences:
                raise SandboxGoneError("The sandbox's server has not answered an earlier question")
            try:
                async with _lost_means_gone():
                    yield
            except SandboxGoneError as error:
                if isinstance(error.__cause__, TimeoutError | ConnectionTimeout):
                    self._silences += 1
                raise

    async def _connected(self) -> AsyncConnection[TupleRow]:
        if self._connection is None or self._connection.closed:
            self._connection = await self.connect()
        return self._connection


@asynccontextmanager
async def _lost_means_gone() -> AsyncIterator[None]:
    try:
        async with _in_time():
            yield
    except psycopg.OperationalError as error:
        raise SandboxGoneError(f"The sandbox's server does not answer: {str(error).strip()}") from error


@asynccontextmanager
async def _in_time() -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            yield
    except TimeoutError as error:
        raise SandboxGoneError(f"The sandbox's server has not answered in {ANSWER_SECONDS:.0f} s") from error
