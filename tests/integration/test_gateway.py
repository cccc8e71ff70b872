"""The way in for learners' own clients: who gets as far as the server, and what the server gets to see."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import psutil
import pytest

from sandbox.address import Address
from sandbox.errors import SandboxError
from sandbox.gateway.certificate import self_signed, server_context
from sandbox.gateway.gateway import CONNECTIONS, TURNED_AWAY, Gateway, GatewaySettings

SETTINGS = GatewaySettings(ports=(26432, 26531))
SSL_REQUEST = struct.pack("!II", 8, 80877103)
GSSENC_REQUEST = struct.pack("!II", 8, 80877104)
CANCEL_REQUEST = struct.pack("!IIII", 16, 80877102, 4711, 42)


def startup(*parts: bytes, version: int = 196608) -> bytes:
    body = b"".join(part + b"\0" for part in parts) + b"\0"
    return struct.pack("!II", len(body) + 8, version) + body


ADA = startup(b"user", b"ada", b"database", b"app_db", b"options", b"")


@dataclass
class Server:
    """Answers whatever comes with `hello`, and keeps what came."""

    heard: list[bytes] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(65536):
            self.heard.append(chunk)
            writer.write(b"hello")
            await writer.drain()
            self.news.set()
        writer.close()


@asynccontextmanager
async def gateway(
    folder: Path, settings: GatewaySettings = SETTINGS
) -> AsyncIterator[tuple[Gateway, Server]]:
    """A gateway to a server that listens as a sandbox's does; `ada` rides."""
    server = Server()
    listener = await asyncio.start_unix_server(server.accept, folder / ".s.PGSQL.5432")
    opened = Gateway(settings, Address(host=str(folder), port=5432), lambda role: role == "ada")
    await opened.open()
    try:
        yield opened, server
    finally:
        await opened.close()
        listener.close()
        await listener.wait_closed()


async def said(port: int, sent: bytes, host: str = "127.0.0.1") -> bytes:
    """All that comes back until the first pause for thought, or the end."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(sent)
        return await asyncio.wait_for(reader.read(65536), 10)
    finally:
        writer.close()
        await writer.wait_closed()


async def test_who_rides_gets_in_and_the_server_sees_what_was_sent(tmp_path: Path) -> None:
    async with gateway(tmp_path) as (opened, server):
        assert await said(opened.address.port, ADA) == b"hello"
        assert server.heard == [ADA]


async def test_bytes_go_both_ways_until_one_side_ends(tmp_path: Path) -> None:
    async with gateway(tmp_path) as (opened, server):
        reader, writer = await asyncio.open_connection("127.0.0.1", opened.address.port)
        writer.write(ADA)
        assert await reader.readexactly(5) == b"hello"
        for word in (b"one", b"two" * 100_000):
            server.news.clear()
            writer.write(word)
            await writer.drain()
            await asyncio.wait_for(server.news.wait(), 10)
            assert (await reader.read(65536)).startswith(b"hello")
        await opened.close()
        assert set((await reader.read()).split(b"hello")) <= {b""}, "the session ended with the gateway"
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize(
    "sent",
    [
        startup(b"user", b"observer", b"database", b"postgres"),
        startup(b"user", b"app_writer"),
        startup(b"database", b"app_db"),
        startup(b"user", b""),
        startup(b"user", b"ada", b"user", b"observer"),
        startup(b"user", b"observer", b"user", b"ada"),
        startup(b"user", b"ada", b"", b"", b"user", b"observer"),
        startup(b"user", b"ada\0user\0observer"),
        startup(b"user", b"ada", b"database"),
        startup(b"user", b"ada")[:-1] + b"x",
        startup(b"user", b"ada", version=131072),
        struct.pack("!II", 4, 196608),
        struct.pack("!II", 20_000, 196608) + b"x" * 100,
        b"GET / HTTP/1.1\r\n\r\n",
    ],
    ids=[
        *("observer", "actor", "nobody", "empty", "twice", "twice the other way", "after the end"),
        *("hidden", "odd", "no end", "protocol 2", "short", "long", "http"),
    ],
)
async def test_nothing_of_anybody_else_reaches_the_server(tmp_path: Path, sent: bytes) -> None:
    async with gateway(tmp_path) as (opened, server):
        answer = await said(opened.address.port, sent)
        assert answer == b"" or (answer[:1] == b"E" and b"C28000" in answer)
        # What comes later is served, and only that has been heard.
        assert await said(opened.address.port, ADA) == b"hello"
        assert server.heard == [ADA]


async def test_a_client_that_reads_nothing_does_not_hold_up_the_end(tmp_path: Path) -> None:
    full = asyncio.Event()

    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65536)
        writer.transport.set_write_buffer_limits(high=0)
        try:
            while True:
                writer.write(b"x" * 1_000_000)
                try:
                    await asyncio.wait_for(writer.drain(), 0.5)
                except TimeoutError:  # nobody takes anything any more
                    full.set()
        except OSError:
            writer.close()

    listener = await asyncio.start_unix_server(pour, tmp_path / ".s.PGSQL.5432")
    opened = Gateway(SETTINGS, Address(host=str(tmp_path), port=5432), lambda role: role == "ada")
    await opened.open()
    with socket.socket() as deaf:
        await asyncio.to_thread(deaf.connect, ("127.0.0.1", opened.address.port))
        deaf.sendall(ADA)
        await asyncio.wait_for(full.wait(), 30)
        await asyncio.wait_for(opened.close(), 10)
    listener.close()
    await listener.wait_closed()


async def test_who_finds_no_room_is_told_and_crowds_are_not_answered(tmp_path: Path) -> None:
    async with gateway(tmp_path) as (opened, _), AsyncExitStack() as crowd:

        async def come() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
            reader, writer = await asyncio.open_connection("127.0.0.1", opened.address.port)
            crowd.callback(writer.close)
            return reader, writer

        for _ in range(CONNECTIONS):
            reader, writer = await come()
            writer.write(ADA)
            assert await reader.readexactly(5) == b"hello"
        reader, writer = await come()
        writer.write(SSL_REQUEST)
        assert await reader.readexactly(1) == b"N"
        writer.write(ADA)
        assert b"C53300\0" in await asyncio.wait_for(reader.read(), 10)
        assert await said(opened.address.port, CANCEL_REQUEST) == b"hello", "Ctrl-C works all the same"
        silent = [await come() for _ in range(TURNED_AWAY)]
        reader, writer = await come()
        assert await asyncio.wait_for(reader.read(), 10) == b""
        assert not any(other.at_eof() for other, _ in silent)


async def test_a_cancel_is_passed_on(tmp_path: Path) -> None:
    async with gateway(tmp_path) as (opened, server):
        assert await said(opened.address.port, CANCEL_REQUEST) == b"hello"
        assert server.heard == [CANCEL_REQUEST]


async def test_without_a_certificate_encryption_is_declined(tmp_path: Path) -> None:
    async with gateway(tmp_path) as (opened, server):
        reader, writer = await asyncio.open_connection("127.0.0.1", opened.address.port)
        for request in (GSSENC_REQUEST, SSL_REQUEST):
            writer.write(request)
            assert await reader.readexactly(1) == b"N"
        writer.write(ADA)
        assert await reader.readexactly(5) == b"hello"
        writer.close()
        await writer.wait_closed()
        assert server.heard == [ADA]


def outer_address() -> str:
    """An address of this machine that is not the loopback's."""
    for addresses in psutil.net_if_addrs().values():
        for address in addresses:
            if address.family == socket.AF_INET and not address.address.startswith("127."):
                return address.address
    pytest.skip("this machine has only the loopback")


async def test_from_elsewhere_nobody_gets_in_without_tls(tmp_path: Path) -> None:
    host = outer_address()
    certificate, key = self_signed(tmp_path / "tls", host)
    settings = replace(SETTINGS, listen=host, tls=server_context(certificate, key))
    async with gateway(tmp_path, settings) as (opened, server):
        port = opened.address.port
        assert opened.address.tls
        assert b"sslmode=require" in await said(port, ADA, host)
        assert server.heard == []
        assert await said(port, ADA) == b"hello", "nobody can listen in on the loopback"
        server.heard.clear()

        reader, writer = await asyncio.open_connection(host, port)
        writer.write(SSL_REQUEST)
        assert await reader.readexactly(1) == b"S"
        await writer.start_tls(ssl.create_default_context(cafile=str(certificate)), server_hostname=host)
        writer.write(ADA)
        assert await reader.readexactly(5) == b"hello"
        writer.close()
        await writer.wait_closed()
        assert server.heard == [ADA]


async def test_what_was_sent_in_clear_text_is_not_taken_for_encrypted(tmp_path: Path) -> None:
    host = outer_address()
    settings = replace(SETTINGS, listen=host, tls=server_context(*self_signed(tmp_path / "tls", host)))
    async with gateway(tmp_path, settings) as (opened, server):
        # Somebody on the way puts a session's beginning behind the client's request for encryption.
        answer = await said(opened.address.port, SSL_REQUEST + ADA, host)
        assert answer[:1] == b"S"
        assert server.heard == []


async def test_ports_are_taken_in_turn_and_the_known_one_again(tmp_path: Path) -> None:
    settings = replace(SETTINGS, ports=(26540, 26541))
    target = Address(host=str(tmp_path), port=5432)
    one, two, three = (Gateway(settings, target, lambda _: False) for _ in range(3))
    await one.open()
    await two.open()
    try:
        assert (one.address.port, two.address.port) == (26540, 26541)
        with pytest.raises(SandboxError, match=r"none between 26540 and 26541 .* RIDE_CONNECT_PORTS"):
            await three.open()
        await one.close()
        await two.close()
        await three.open(26541)
        assert three.address.port == 26541
    finally:
        for opened in (one, two, three):
            await opened.close()


def test_a_certificate_is_kept_as_long_as_it_serves(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path, "db.example.org")
    first = certificate.read_bytes()
    assert key.stat().st_mode & 0o777 == 0o600
    assert self_signed(tmp_path, "db.example.org") == (certificate, key)
    assert certificate.read_bytes() == first
    self_signed(tmp_path, "10.0.0.7")
    assert certificate.read_bytes() != first
    server_context(certificate, key)
    key.write_text("nonsense")
    with pytest.raises(SandboxError, match="RIDE_CONNECT_TLS_KEY"):
        server_context(certificate, key)
