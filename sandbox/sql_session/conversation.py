"""One connection, and statements sent over it one at a time, their results read as they arrive.

Each text goes out once, as it was typed, in one simple query, so the log shows it so. Results come a row at
a time; what is over the limits is read and dropped, so that the statement still does what it says, and far
over them it is cancelled. One row is never held beyond `Limits.row_bytes`: PostgreSQL can't stop in the
middle of a row, so the connection is closed instead.
"""

import asyncio
import contextlib
import time
from dataclasses import dataclass, field

import psycopg
from psycopg import AsyncConnection, pq
from psycopg.rows import TupleRow

from sandbox.sql_session.bounded_read import Valve

CANCEL_SECONDS = 5
NO_COPY_DATA = "Ride has no data to send; use INSERT ... VALUES instead"


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """How much of an answer is kept, and how much more is read before the statement is cancelled."""

    rows: int = 500
    """Rows kept of one statement."""
    kept_bytes: int = 256 * 1024
    """Bytes kept of everything one text brings."""
    cell_bytes: int = 16 * 1024
    """Bytes kept of one value."""
    read_bytes: int = 64 * 1024 * 1024
    """Bytes read and dropped before the statement is cancelled."""
    read_seconds: float = 5
    """Seconds spent reading and dropping before the statement is cancelled."""
    row_bytes: int = 32 * 1024 * 1024
    """Bytes of one row (or message) before the connection is closed."""
    notices: int = 50
    notice_characters: int = 4000


@dataclass(kw_only=True, slots=True)
class Rows:
    """A result as it arrives: text values in the session's encoding, None for NULL."""

    columns: tuple[str, ...]
    types: tuple[int, ...]
    kept: list[tuple[bytes | None, ...]] = field(default_factory=list)
    count: int = 0
    """Rows that came, kept or not."""
    shortened: bool = False
    """A value was longer than what is kept of it."""
    cancelled: bool = False
    """There was far more, and the statement was cancelled."""
    status: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Copied:
    """What COPY … TO STDOUT wrote, as far as it is kept."""

    data: bytes
    cancelled: bool
    complete: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """A NOTICE, WARNING or asynchronous notification, as psql prints it."""

    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """PostgreSQL's error, as psql prints it."""

    sqlstate: str | None
    text: str
    fields: tuple[tuple[str, str], ...] = ()
    """Its fields by their letters in the protocol (documentation, "Error and Notice Message Fields")."""


Part = Rows | Copied | Notice | Fault


class RowTooLargeError(Exception):
    """A row was larger than what is held of one; the connection is closed."""


class Conversation:
    """Statements over one connection. After `lost`, a new one is needed."""

    def __init__(self, connection: AsyncConnection[TupleRow], limits: Limits) -> None:
        self.connection = connection
        self.limits = limits
        self._limits = limits
        self._valve = Valve(connection.pgconn.socket)
        self._parts: list[Part] = []
        self._notices = 0
        self._kept_bytes = 0
        self._read_bytes = 0
        self._message_bytes = 0
        self._dropping_since: float | None = None
        self._cancelled = False
        self.began_in = ""
        """psql's prompt mark when the statement that runs now (or the last one) was sent."""
        self.last_fatal: str | None = None
        """The SQLSTATE of a FATAL message outside of a statement: the end of the connection follows."""
        # Not psycopg's own handler, which gives up where Python lacks the session's client_encoding.
        connection.pgconn.notice_handler = self._on_notice

    @property
    def pid(self) -> int:
        return self.connection.pgconn.backend_pid

    @property
    def lost(self) -> bool:
        return self.connection.pgconn.status == pq.ConnStatus.BAD

    @property
    def transaction(self) -> str:
        """psql's prompt mark."""
        match self.connection.pgconn.transaction_status:
            case pq.TransactionStatus.INTRANS | pq.TransactionStatus.ACTIVE:
                return "*"
            case pq.TransactionStatus.INERROR:
                return "!"
            case _:
                return ""

    @property
    def in_transaction(self) -> bool:
        """A transaction is open, or was when what runs now was sent."""
        active = self.connection.pgconn.transaction_status == pq.TransactionStatus.ACTIVE
        return bool(self.began_in if active else self.transaction)

    @property
    def encoding(self) -> str:
        """Python's name of the session's client_encoding, which a person can SET.

        SQL_ASCII converts nothing: bytes go through as they are, and what is typed here is UTF-8. Of an
        encoding that Python lacks (EUC_TW, MULE_INTERNAL) only what is in ASCII can be told.
        """
        try:
            found = self.connection.info.encoding
        except psycopg.NotSupportedError:
            return "ascii"
        except psycopg.Error:
            return "utf-8"
        return "utf-8" if found == "ascii" else found

    @property
    def client_encoding(self) -> str:
        """PostgreSQL's name of it."""
        return (self._pgconn.parameter_status(b"client_encoding") or b"UTF8").decode("ascii", "replace")

    @property
    def database(self) -> str:
        """Where it is connected."""
        return self._pgconn.db.decode(self.encoding, "replace")

    @property
    def user(self) -> str:
        """As whom."""
        return self._pgconn.user.decode(self.encoding, "replace")

    async def look(self) -> bool:
        """Take in what came while nothing ran; False if the connection has ended meanwhile."""
        if not self.lost:
            await self._valve.catch_up()
            with contextlib.suppress(psycopg.OperationalError):
                self._pgconn.consume_input()
                # The server's last words and the end of the connection may come one after the other.
                self._pgconn.is_busy()
                self._pgconn.consume_input()
            self._pgconn.is_busy()
        return not self.lost and self.last_fatal is None

    async def run(
        self, query: str, *, limits: Limits | None = None, goes_on: bool = False
    ) -> tuple[Part, ...]:
        """Send the text and read all it brings, in PostgreSQL's order; a lost connection shows in `lost`.

        `limits` are for this text alone, instead of the conversation's. With `goes_on` it belongs to the text
        before it: what is kept of both is within one limit.

        Raises RowTooLargeError, UnicodeEncodeError (the session's client_encoding lacks a character; nothing
        was sent) and psycopg.OperationalError (the connection ended without a word).
        """
        encoded = query.encode(self.encoding)
        self._limits = limits or self.limits
        self._parts = []
        if not goes_on:
            self._notices = self._kept_bytes = 0
        self._read_bytes = self._message_bytes = 0
        self._dropping_since, self._cancelled = None, False
        self.began_in = self.transaction
        self._pgconn.send_query(encoded)
        self._pgconn.set_single_row_mode()
        await self._flush()
        try:
            while (result := await self._result()) is not None:
                await self._take(result)
        except psycopg.OperationalError:
            if not any(isinstance(part, Fault) for part in self._parts):
                raise
        self._take_notifications()
        return tuple(self._parts)

    async def cancel(self) -> None:
        """Ask the server to cancel what runs. Raises psycopg.Error if it can't be asked."""
        await self.connection.cancel_safe(timeout=CANCEL_SECONDS)

    async def close(self) -> None:
        await self.connection.close()
        await self._valve.closed()

    @property
    def _pgconn(self) -> pq.abc.PGconn:
        return self.connection.pgconn

    async def _flush(self) -> None:
        while self._pgconn.flush() != 0:
            await self._ready(write=True)
            self._pgconn.consume_input()

    async def _result(self) -> pq.abc.PGresult | None:
        while self._pgconn.is_busy():
            await self._receive()
        self._message_bytes = 0
        return self._pgconn.get_result()

    async def _receive(self) -> None:
        await self._ready()
        before = self._valve.readable()
        self._pgconn.consume_input()
        read = before - self._valve.readable()
        self._message_bytes += read
        self._read_bytes += read
        if self._message_bytes > self._limits.row_bytes:
            await self.close()
            raise RowTooLargeError
        await self._cancel_if_endless()

    async def _ready(self, *, write: bool = False) -> None:
        """Wait until the socket can be read, or either when there is something to write."""
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[None] = loop.create_future()

        def on_ready() -> None:
            if not ready.done():
                ready.set_result(None)

        socket = self._pgconn.socket
        loop.add_reader(socket, on_ready)
        if write:
            loop.add_writer(socket, on_ready)
        try:
            await ready
        finally:
            loop.remove_reader(socket)
            if write:
                loop.remove_writer(socket)

    async def _take(self, result: pq.abc.PGresult) -> None:
        match result.status:
            case pq.ExecStatus.SINGLE_TUPLE:
                self._take_row(result)
            case pq.ExecStatus.TUPLES_OK:
                self._rows(result).status = _status(result)
            case pq.ExecStatus.COMMAND_OK:
                copied = bool(self._parts) and isinstance(self._parts[-1], Copied)
                # psql doesn't name the command after what COPY … TO STDOUT wrote.
                if not (copied and _status(result).startswith("COPY")):
                    self._parts.append(Rows(columns=(), types=(), status=_status(result)))
            case pq.ExecStatus.COPY_IN:
                self._pgconn.put_copy_end(NO_COPY_DATA.encode())
                await self._flush()
            case pq.ExecStatus.COPY_OUT:
                await self._take_copy()
            case pq.ExecStatus.EMPTY_QUERY:
                pass
            case _:
                self._take_fault(result)

    def _rows(self, result: pq.abc.PGresult) -> Rows:
        """The result that is under way, or a new one."""
        last = self._parts[-1] if self._parts else None
        if isinstance(last, Rows) and not last.status:
            return last
        for part in reversed(self._parts):
            # A NOTICE between two rows doesn't end the result.
            if isinstance(part, Rows) and not part.status:
                return part
            if not isinstance(part, Notice):
                break
        indexes = range(result.nfields)
        columns = tuple((result.fname(index) or b"").decode(self.encoding, "replace") for index in indexes)
        rows = Rows(columns=columns, types=tuple(result.ftype(index) for index in indexes))
        self._parts.append(rows)
        return rows

    def _take_row(self, result: pq.abc.PGresult) -> None:
        rows = self._rows(result)
        rows.count += 1
        if len(rows.kept) >= self._limits.rows or self._kept_bytes >= self._limits.kept_bytes:
            self._drop()
            return
        row: list[bytes | None] = []
        for index in range(result.nfields):
            value = result.get_value(0, index)
            if value is not None and len(value) > self._limits.cell_bytes:
                value, rows.shortened = value[: self._limits.cell_bytes], True
            row.append(value)
        self._kept_bytes += sum(len(value) for value in row if value is not None) + len(row)
        rows.kept.append(tuple(row))

    async def _take_copy(self) -> None:
        data = bytearray()
        complete = True
        while True:
            size, chunk = self._pgconn.get_copy_data(1)
            if size > 0:
                self._message_bytes = 0
                room = self._limits.kept_bytes - self._kept_bytes
                data += chunk[: max(room, 0)]
                self._kept_bytes += min(len(chunk), max(room, 0))
                if len(chunk) > room:
                    complete = False
                    self._drop()
            elif size == 0:
                await self._receive()
            else:
                break
        self._parts.append(Copied(data=bytes(data), cancelled=self._cancelled, complete=complete))

    def _take_fault(self, result: pq.abc.PGresult) -> None:
        sqlstate = result.error_field(pq.DiagnosticField.SQLSTATE)
        code = sqlstate.decode("ascii", "replace") if sqlstate else None
        unfinished = next((part for part in self._parts if isinstance(part, Rows) and not part.status), None)
        if self._cancelled and code == "57014":
            if unfinished is not None:
                unfinished.cancelled, unfinished.status = True, f"SELECT {unfinished.count}"
            return
        if unfinished is not None:
            self._parts.remove(unfinished)
        text = (result.error_message or b"")[: self._limits.kept_bytes].decode(self.encoding, "replace")
        self._parts.append(
            Fault(sqlstate=code, text=text.rstrip("\n"), fields=_fields(result, self.encoding))
        )

    def _drop(self) -> None:
        if self._dropping_since is None:
            self._dropping_since = time.monotonic()

    async def _cancel_if_endless(self) -> None:
        since = self._dropping_since
        if self._cancelled or since is None:
            return
        too_long = time.monotonic() - since > self._limits.read_seconds
        if too_long or self._read_bytes > self._limits.read_bytes:
            self._cancelled = True
            await self.cancel()

    def _on_notice(self, result: pq.abc.PGresult) -> None:
        diagnostic = psycopg.errors.Diagnostic(result, self.encoding)
        if diagnostic.severity_nonlocalized in {"FATAL", "PANIC"}:
            self.last_fatal = diagnostic.sqlstate
            return
        lines = [f"{diagnostic.severity}:  {diagnostic.message_primary}"]
        if diagnostic.message_detail:
            lines.append(f"DETAIL:  {diagnostic.message_detail}")
        if diagnostic.message_hint:
            lines.append(f"HINT:  {diagnostic.message_hint}")
        self._add_notice("\n".join(lines))

    def _add_notice(self, text: str) -> None:
        self._notices += 1
        if self._notices <= self._limits.notices:
            limit = self._limits.notice_characters
            self._parts.append(Notice(text=text if len(text) <= limit else text[:limit] + "…"))
        elif self._notices == self._limits.notices + 1:
            self._parts.append(Notice(text="(There were more messages; they are not shown.)"))

    def _take_notifications(self) -> None:
        """libpq keeps them until somebody asks, so somebody must."""
        while (notify := self._pgconn.notifies()) is not None:
            channel = notify.relname.decode(self.encoding, "replace")
            payload = notify.extra.decode(self.encoding, "replace")
            with_payload = f' with payload "{payload}"' if payload else ""
            self._add_notice(
                f'Asynchronous notification "{channel}"{with_payload} received '
                f"from server process with PID {notify.be_pid}."
            )


def _status(result: pq.abc.PGresult) -> str:
    return (result.command_status or b"").decode("ascii", "replace")


def _fields(result: pq.abc.PGresult, encoding: str) -> tuple[tuple[str, str], ...]:
    found = ((chr(field), result.error_field(field)) for field in pq.DiagnosticField)
    return tuple((letter, value.decode(encoding, "replace")) for letter, value in found if value is not None)
