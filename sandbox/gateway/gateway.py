"""A way for learners' own clients into a sandbox without a network: a TCP port that leads to its socket.

A port published by the engine would give the container a network, and with it a route to the machine it runs
on. This one is ours, and the container knows nothing of it. PostgreSQL's protocol is only understood as far
as a session's first messages (PostgreSQL's documentation, "Message Formats": SSLRequest, GSSENCRequest,
CancelRequest, StartupMessage): on other addresses than the loopback nobody gets in without TLS, and nowhere
anybody but those who ride. For the server trusts the actors and the observer who come by its socket, and by
that socket all come who are let in here.
"""

import asyncio
import contextlib
import ipaddress
import logging
import ssl
import struct
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.address import Address
from sandbox.errors import SandboxError

LOOPBACK = "127.0.0.1"
ALL = frozenset({"0.0.0.0", "::", "*"})  # noqa: S104
SSL_REQUEST = 80877103
GSSENC_REQUEST = 80877104
CANCEL_REQUEST = 80877102
PROTOCOL_MAJOR = 3
LONGEST_STARTUP = 10_000
"""Bytes; as PostgreSQL's own MAX_STARTUP_PACKET_LENGTH."""
STARTUP_SECONDS = 15.0
FAREWELL_SECONDS = 1.0
CONNECTIONS = 20
"""At once, for one sandbox. The server takes 40, and counts those who have yet to tell their password:
strangers who know a name must leave room for the actors, for us, and for what people run in Slack."""
TURNED_AWAY = 20
"""More who are heard out, to be told that there is no room; others are not answered."""
CHUNK = 1 << 16

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class GatewaySettings:
    """Where gateways listen."""

    ports: tuple[int, int] = (15432, 15531)
    """First and last port; each sandbox has one of its own."""
    listen: str | None = None
    """An address besides 127.0.0.1; `0.0.0.0` for all."""
    tls: ssl.SSLContext | None = None
    """The server's certificate; without one, only the loopback is of use."""


Admits = Callable[[str], bool]
"""Whether the role may come in from outside."""


class Gateway:
    """One sandbox's port."""

    def __init__(self, settings: GatewaySettings, target: Address, admits: Admits) -> None:
        self._settings = settings
        self._target = target
        self._admits = admits
        self._server: asyncio.Server | None = None
        self._sessions: set[asyncio.Task[None]] = set()
        self._port = 0

    @property
    def address(self) -> Address:
        """Where clients connect."""
        return Address(host=LOOPBACK, port=self._port, tls=self._settings.tls is not None)

    async def open(self, wanted: int | None = None) -> None:
        """Listen on the wanted port, or on the first that is free. Raises SandboxError when none is."""
        first, last = self._settings.ports
        ports = [port for port in range(first, last + 1) if port != wanted]
        for port in ports if wanted is None else [wanted, *ports]:
            # Taken, by another sandbox or anybody else, is what we look for; the last error is told.
            with contextlib.suppress(OSError):
                self._server = await asyncio.start_server(self._accept, host=self._hosts(), port=port)
                self._port = port
                return
        raise SandboxError(
            f"No port for learners' own clients: none between {first} and {last} can be opened on "
            f"{' and '.join(self._hosts())}. End a ride, or set a wider range in RIDE_CONNECT_PORTS."
        )

    async def close(self) -> None:
        """Stop listening and end the sessions that go through here."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        for session in self._sessions:
            session.cancel()
        await asyncio.gather(*self._sessions, return_exceptions=True)
        if server is not None:
            await server.wait_closed()

    # -- inside

    def _hosts(self) -> list[str]:
        listen = self._settings.listen
        if listen is None:
            return [LOOPBACK]
        # All addresses have the loopback among them.
        return [listen] if listen in ALL or _is_loopback(listen) else [LOOPBACK, listen]

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:
            return
        self._sessions.add(task)
        client = _Client(reader, writer, self._settings.tls, self._admits)
        try:
            if len(self._sessions) <= CONNECTIONS + TURNED_AWAY:
                await self._serve(client, full=len(self._sessions) > CONNECTIONS)
        except (OSError, EOFError, TimeoutError) as error:  # ssl.SSLError is an OSError
            _log.debug("A client of a sandbox's port went away: %r", error)
        finally:
            self._sessions.discard(task)
            await client.close()

    async def _serve(self, client: "_Client", *, full: bool) -> None:
        async with asyncio.timeout(STARTUP_SECONDS):
            first = await client.first_message()
            if first is None:
                return
            is_cancel = struct.unpack("!II", first[:8])[1] == CANCEL_REQUEST
            if full and not is_cancel:  # said only now: a client understands no error before
                client.refuse("53300", "sorry, too many clients already")
                return
            server = await _connect(self._target)
        try:
            server[1].write(first)
            await _join((client.reader, client.writer), server)
        finally:
            await _close(server[1])


class _Client:
    """A connection from outside, until its session begins."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        tls: ssl.SSLContext | None,
        admits: Admits,
    ) -> None:
        self.reader = reader
        self.writer = writer
        self._tls = tls
        self._admits = admits
        self._secure = False
        self._shaking_hands = False

    async def first_message(self) -> bytes | None:
        """The message that the session, or a cancel, begins with; None when it was refused."""
        while True:
            head = await self.reader.readexactly(8)
            length, code = struct.unpack("!II", head)
            if not 8 <= length <= LONGEST_STARTUP:
                return None
            body = await self.reader.readexactly(length - 8)
            if code == SSL_REQUEST and self._tls is not None and not self._secure:
                self.writer.write(b"S")
                await self.writer.drain()
                await self._encrypt(self._tls)
            elif code in {SSL_REQUEST, GSSENC_REQUEST}:
                self.writer.write(b"N")
                await self.writer.drain()
            elif code == CANCEL_REQUEST:
                # Clients before PostgreSQL 17 send it without TLS; it carries a secret of one session alone.
                return head + body
            elif code >> 16 != PROTOCOL_MAJOR:
                return None
            elif not self._secure and not self._is_near():
                self.refuse(
                    "28000", "this server requires TLS: add sslmode=require to your connection string"
                )
                return None
            else:
                return self._startup(code, body)

    def _startup(self, code: int, body: bytes) -> bytes | None:
        """The StartupMessage, made anew from what we understood of it: the server can't see another role."""
        *pairs, last, end = body.split(b"\0") if body.endswith(b"\0\0") else [b"", b""]
        names, values = pairs[::2], pairs[1::2]
        if last or end or len(names) != len(values) or len(set(names)) != len(names) or b"" in names:
            return None
        role = dict(zip(names, values, strict=True)).get(b"user", b"").decode(errors="replace")
        if not self._admits(role):
            self.refuse(
                "28000", f'no pg_hba.conf entry for user "{role}": only people in this ride can connect'
            )
            return None
        text = b"".join(part + b"\0" for part in pairs) + b"\0"
        return struct.pack("!II", len(text) + 8, code) + text

    def refuse(self, sqlstate: str, text: str) -> None:
        """Answer with an ErrorResponse, as the server would."""
        fields = f"SFATAL\0VFATAL\0C{sqlstate}\0M{text}\0\0".encode()
        self.writer.write(b"E" + struct.pack("!I", len(fields) + 4) + fields)

    async def close(self) -> None:
        if self._shaking_hands:
            self.writer.transport.abort()  # it is not our protocol any more that would hear of its end
        else:
            await _close(self.writer)

    async def _encrypt(self, tls: ssl.SSLContext) -> None:
        # With a reader of its own: what was sent in clear text must not be taken for encrypted.
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        self._shaking_hands = True
        transport = await loop.start_tls(self.writer.transport, protocol, tls, server_side=True)
        if transport is None:
            raise ConnectionResetError("the client went away during the handshake")
        protocol.connection_made(transport)
        self.reader = reader
        self.writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        self._shaking_hands = False
        self._secure = True

    def _is_near(self) -> bool:
        """Whether it came by the loopback, where nobody can listen in."""
        name = self.writer.get_extra_info("sockname")
        return bool(name) and _is_loopback(str(name[0]))


async def _connect(target: Address) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if target.host.startswith("/"):
        return await asyncio.open_unix_connection(f"{target.host}/.s.PGSQL.{target.port}")
    return await asyncio.open_connection(target.host, target.port)


async def _join(
    one: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    other: tuple[asyncio.StreamReader, asyncio.StreamWriter],
) -> None:
    """Carry bytes both ways until one side ends."""
    ways = [
        asyncio.ensure_future(_carry(one[0], other[1])),
        asyncio.ensure_future(_carry(other[0], one[1])),
    ]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(CHUNK):
            writer.write(chunk)
            await writer.drain()


async def _close(writer: asyncio.StreamWriter) -> None:
    """What was written has a moment to arrive: a client that reads nothing must not hold up the end."""
    if not writer.is_closing():
        writer.close()
    try:
        await asyncio.wait_for(writer.wait_closed(), FAREWELL_SECONDS)
    except (TimeoutError, asyncio.CancelledError) as error:
        # Not after a good end: where TLS was closed from both sides, Python 3.11.2 has nothing left to abort.
        writer.transport.abort()
        if isinstance(error, asyncio.CancelledError):
            raise
    except OSError:
        return  # it has ended with an error, and has ended


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback
