"""The server that psql sees: it has one session, which is the person's own, and answers nobody but that psql.

psql speaks PostgreSQL's protocol (documentation, "Frontend/Backend Protocol", version 3.0) with this end of a
socket. Each query that it sends goes through the person's Conversation as if they had typed it, so it is
answered in their session: with their role, their search_path and what their open transaction has done, in
the same log, under the same limits, with the same wait for a lock and the same cancel. psql holds no
password and knows no way to the real server.
"""

import asyncio
import struct
from collections.abc import Iterable
from dataclasses import replace

from sandbox.errors import SandboxError
from sandbox.sql_session.conversation import Conversation, Fault, Limits, Notice, Part, Rows

PROTOCOL = 3 << 16
LONGEST_MESSAGE = 1 << 20
TALK_SECONDS = 20.0
"""psql has no reason to think longer between two queries."""
REPORTED = (
    "server_version",
    "server_encoding",
    "standard_conforming_strings",
    "integer_datetimes",
    "is_superuser",
    "session_authorization",
    "DateStyle",
    "IntervalStyle",
    "TimeZone",
)
"""What a server reports of itself and psql looks at; client_encoding is ours to say."""


class PsqlSilentError(SandboxError):
    """psql has gone, or says something that we do not know."""


class PsqlServer:
    """One psql's talk with the person's session."""

    def __init__(
        self,
        conversation: Conversation,
        limits: Limits,
        streams: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        self._conversation = conversation
        self._limits = limits
        self._reader, self._writer = streams
        self.fault: Fault | None = None
        """The last query that PostgreSQL refused."""
        self.notices: list[Notice] = []
        self.left_out = False
        """There were more rows, or longer values, than were read."""

    async def serve(self) -> None:
        """Answer until psql takes its leave, or the session is lost.

        Raises PsqlSilentError, and what Conversation.run raises.
        """
        await self._begin()
        while (query := await self._query()) is not None:
            parts = await self._conversation.run(query, limits=self._limits)
            if self._conversation.lost:
                self.fault = next((part for part in parts if isinstance(part, Fault)), None)
                return
            self._answer(parts)
            await self._sent()

    async def _begin(self) -> None:
        body = await self._read(struct.unpack("!I", await self._exactly(4))[0])
        if struct.unpack("!I", body[:4])[0] >> 16 != PROTOCOL >> 16:
            raise PsqlSilentError("psql asks for a protocol that is not PostgreSQL's third")
        self._send(b"R", struct.pack("!I", 0))
        info = self._conversation.connection.info
        self._report("client_encoding", "UTF8")
        for name in REPORTED:
            value = info.parameter_status(name)
            if value is not None:
                self._report(name, value)
        # A key that opens nothing: a cancel is the person's to ask for, and goes another way.
        self._send(b"K", struct.pack("!II", self._conversation.pid, 0))
        self._ready()
        await self._sent()

    async def _query(self) -> str | None:
        """The next query; None when psql takes its leave."""
        kind = await self._exactly(1, or_end=True)
        if kind in {b"", b"X"}:
            return None
        body = await self._read(struct.unpack("!I", await self._exactly(4))[0])
        if kind != b"Q":
            raise PsqlSilentError(f"psql sends a message {kind!r}, where only queries are known")
        return body.rstrip(b"\0").decode()

    def _answer(self, parts: Iterable[Part]) -> None:
        for part in parts:
            match part:
                case Rows():
                    self._rows(part)
                case Fault():
                    self.fault = part
                    self._send(b"E", _fields(part))
                case Notice():
                    self.notices.append(part)
                case _:
                    raise PsqlSilentError("a query of psql's copies data")
        self._ready()

    def _rows(self, rows: Rows) -> None:
        if rows.cancelled or rows.shortened or rows.count > len(rows.kept):
            self.left_out = True
        encoding = self._conversation.encoding
        if rows.columns:
            self._send(
                b"T",
                struct.pack("!H", len(rows.columns))
                + b"".join(
                    name.encode() + b"\0" + struct.pack("!IhIhih", 0, 0, oid, -1, -1, 0)
                    for name, oid in zip(rows.columns, rows.types, strict=True)
                ),
            )
        for row in rows.kept:
            self._send(b"D", struct.pack("!H", len(row)) + b"".join(_value(value, encoding) for value in row))
        self._send(b"C", rows.status.encode() + b"\0")

    def _report(self, name: str, value: str) -> None:
        self._send(b"S", name.encode() + b"\0" + value.encode() + b"\0")

    def _ready(self) -> None:
        mark = {"*": b"T", "!": b"E"}.get(self._conversation.transaction, b"I")
        self._send(b"Z", mark)

    def _send(self, kind: bytes, body: bytes) -> None:
        self._writer.write(kind + struct.pack("!I", len(body) + 4) + body)

    async def _sent(self) -> None:
        try:
            async with asyncio.timeout(TALK_SECONDS):
                await self._writer.drain()
        except (OSError, TimeoutError) as error:
            raise PsqlSilentError("psql went away in the middle of an answer") from error

    async def _read(self, length: int) -> bytes:
        if not 4 <= length <= LONGEST_MESSAGE:
            raise PsqlSilentError(f"psql announces a message of {length} bytes")
        return await self._exactly(length - 4)

    async def _exactly(self, size: int, *, or_end: bool = False) -> bytes:
        try:
            async with asyncio.timeout(TALK_SECONDS):
                return await self._reader.readexactly(size)
        except asyncio.IncompleteReadError as error:
            if or_end and not error.partial:
                return b""
            raise PsqlSilentError("psql went away in the middle of a message") from error
        except (OSError, TimeoutError) as error:
            raise PsqlSilentError("psql does not go on") from error


def reading(limits: Limits) -> Limits:
    """What of a catalog is read for psql: it counts and lays out whatever it has, so it gets much."""
    return replace(limits, rows=20_000, kept_bytes=8 << 20, cell_bytes=256 << 10)


def _value(value: bytes | None, encoding: str) -> bytes:
    if value is None:
        return struct.pack("!i", -1)
    text = value if encoding == "utf-8" else value.decode(encoding, "replace").encode()
    return struct.pack("!i", len(text)) + text


def _fields(fault: Fault) -> bytes:
    fields = fault.fields or (("S", "ERROR"), ("V", "ERROR"), ("M", fault.text))
    return b"".join(code.encode() + value.encode() + b"\0" for code, value in fields) + b"\0"
