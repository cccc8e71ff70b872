"""Reading the log: whole lines only, from any offset, whatever people write into it."""

import asyncio
import socket
import struct

from sandbox.server.running import RunningSandbox
from scenarios.journal.events import Evidence, StatementLogged
from tests.integration.sandbox_fixtures import client, evidence, rows


def texts(events: list[Evidence]) -> list[str]:
    return [event.text for event in events if isinstance(event, StatementLogged)]


async def test_an_offset_goes_on_where_it_stopped(sandbox: RunningSandbox) -> None:
    login = await sandbox.add_person("U1", "ada")
    async with client(login) as connection:
        await connection.execute("SELECT 1")
        await evidence(sandbox, lambda events: "SELECT 1" in texts(events))
        first = await sandbox.read_evidence(0, {})
        await connection.execute("SELECT 2")
        await evidence(sandbox, lambda events: "SELECT 2" in texts(events))
    again = await sandbox.read_evidence(0, {})
    rest = await sandbox.read_evidence(first.offset, {})
    assert texts(list(rest.events)) == ["SELECT 2"]
    assert (*first.events, *rest.events) == again.events
    # A line of no interest, such as the end of the connection, may have come between the two.
    assert rest.offset >= again.offset


async def test_a_very_long_statement_is_read_by_its_head(sandbox: RunningSandbox) -> None:
    login = await sandbox.add_person("U1", "ada")
    async with client(login) as connection:
        await rows(connection, "SELECT 1 /* " + "long é " * 400_000 + "*/")
        await rows(connection, "SELECT 2")
    events = await evidence(sandbox, lambda events: "SELECT 2" in texts(events))
    assert len(texts(events)) == 2
    assert texts(events)[0].startswith("SELECT 1 /* long é long")
    assert len(texts(events)[0]) < 100_000


def knock(port: int, user: bytes, application: bytes) -> None:
    """A startup packet as no well-meaning client sends it."""
    fields = b"user\0" + user + b"\0database\0app_db\0application_name\0" + application + b"\0\0"
    packet = struct.pack("!ii", 8 + len(fields), 196608) + fields
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(packet)
        connection.recv(1024)


async def test_bytes_that_are_no_text_stop_nothing(sandbox: RunningSandbox) -> None:
    login = await sandbox.add_person("U1", "ada")
    await asyncio.to_thread(knock, login.port, b"\xff\xfe\x80", b"\xc3\x28")
    await asyncio.to_thread(knock, login.port, login.role.encode(), b'"\xff\n{"')
    async with client(login) as connection:
        await connection.execute("SELECT 'naïve ☃'")
        await connection.execute("SELECT 'still here'")
    events = await evidence(sandbox, lambda events: "SELECT 'still here'" in texts(events))
    assert texts(events) == ["SELECT 'naïve ☃'", "SELECT 'still here'"]
