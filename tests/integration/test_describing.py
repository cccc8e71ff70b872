r"""`\d` and its kin in a person's session, beside psql's own answers in a terminal."""

import contextlib
import re
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from psycopg import AsyncConnection, sql
from psycopg.rows import TupleRow

from sandbox.answer import Failed, Finished, Lost, Refused, StillRunning
from sandbox.errors import SandboxError
from sandbox.server.account import Account
from sandbox.server.connection import connect_person
from sandbox.sql_session.conversation import Conversation, Limits
from sandbox.sql_session.person_session import PersonSession
from sandbox.sql_session.table_text import harmless
from tests.integration.described import COMMANDS, DATABASE, ONLY_18, script
from tests.integration.terminal import in_terminal
from tests.integration.throwaway_server import Backstage, Server, backstage, server

__all__ = ["backstage", "server"]

REFUSED = (
    r"\d `touch {mark}`", r"\d orders `touch {mark}`", r"\d orders|`touch {mark}`", r"\d 'a`touch {mark}`",
    r"\d orders \! touch {mark}", r"\d \! touch {mark}", r"\d orders\! touch {mark}",
    r"\d orders \o {mark}", r"\d orders \g {mark}", r"\d orders \g |touch {mark}", r"\d orders \w {mark}",
    r"\d orders \i {mark}", r"\d orders \copy orders to '{mark}'", "\\d orders\n\\! touch {mark}",
    "\\d orders\r\\! touch {mark}", "\\d orders\n\\o {mark}", "\\d 'orders\n\\! touch {mark}'",
    "\\d \"orders\n\\! touch {mark}\"", r"\d 'orders\n\! touch {mark}'", r"\d orders; select 1",
    r"\sf `touch {mark}`", r"\sf one \! touch {mark}", r"\h `touch {mark}`", r"\dt+ \\ \! touch {mark}",
)  # fmt: skip
ESCAPES = (
    r"\! /usr/bin/touch {mark}", r"\! >{mark}", r"\d `/usr/bin/touch {mark}`", r"\o {mark}",
    r"\o |/usr/bin/touch {mark}", r"\copy (select 1) to '{mark}'",
    r"\copy (select 1) to program '/usr/bin/touch {mark}'", r"\w {mark}", r"\g {mark}",
    r"\setenv A `/usr/bin/touch {mark}`", r"\s {mark}", r"\e {mark}", r"\lo_export 1 {mark}",
)  # fmt: skip
"""What psql would do if it were given these: the cage is for the day when our reading has a gap."""


@pytest.fixture(scope="session")
def described(server: Server) -> Server:
    """The server, with something of every kind in one database."""
    with psycopg.connect(server.admin, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
    with psycopg.connect(server.admin, dbname=DATABASE, autocommit=True) as connection:
        names = ["described_first", "described", "described_last"]
        for name in names + ["described_18"] * (connection.info.server_version >= 180000):
            connection.execute(script(name))
    return server


@pytest.fixture
async def there(described: Server, backstage: Backstage) -> AsyncIterator[PersonSession]:
    """A session of somebody who has connected there."""
    opened = PersonSession(backstage)
    await opened.run(rf"\c {DATABASE}")
    yield opened
    await opened.close()


def dsn(server: Server, database: str = DATABASE) -> str:
    login = server.login
    return f"postgresql://{login.role}:{login.password}@{login.host}:{login.port}/{database}"


def terminal(server: Server, *commands: str) -> str:
    return harmless(in_terminal(server.programs / "psql", dsn(server), *commands))


async def answered(session: PersonSession, text: str) -> str:
    answer = await session.run(text)
    if isinstance(answer, StillRunning):
        answer = await answer.finished
    assert isinstance(answer, Finished | Failed), answer
    return answer.text


@pytest.mark.parametrize("command", COMMANDS)
async def test_it_says_what_psql_says(there: PersonSession, described: Server, command: str) -> None:
    assert await answered(there, command) == terminal(described, command.strip())


@pytest.mark.parametrize("command", ONLY_18)
async def test_it_knows_what_the_newest_has(there: PersonSession, described: Server, command: str) -> None:
    # In 15 these tables are not there, and both say so.
    assert await answered(there, command) == terminal(described, command)


@pytest.mark.parametrize("switch", ["on", "auto"])
async def test_it_follows_the_display(there: PersonSession, described: Server, switch: str) -> None:
    await answered(there, rf"\x {switch}")
    said = terminal(described, rf"\pset expanded {switch}", r"\pset columns 120", r"\d+ orders", r"\l")
    heading = said.split("\n", 2)[2]
    assert "\n".join([await answered(there, r"\d+ orders"), await answered(there, r"\l")]).replace(
        "\n\n", "\n"
    ) == heading.replace("\n\n", "\n")


async def test_it_sees_the_persons_own_transaction(there: PersonSession, described: Server) -> None:
    before = (
        "BEGIN",
        "ALTER TABLE ruled ADD COLUMN fresh text NOT NULL",
        "CREATE TEMP TABLE mine (a int)",
        "SET search_path = pg_temp, public",
        "SET LOCAL ROLE app_owner",
    )
    for statement in before:
        await answered(there, statement)
    ours = {command: await answered(there, command) for command in (r"\d ruled", r"\d mine", r"\dt")}
    answer = await there.run(r"\d ruled")
    assert isinstance(answer, Finished)
    assert answer.transaction == "*"
    assert "fresh" in answer.text
    await answered(there, "ROLLBACK")
    assert "fresh" not in await answered(there, r"\d ruled")
    # Only now: until then the other session would wait for this one.
    for command, text in ours.items():
        assert _anyones(terminal(described, *before, command)).endswith(_anyones(text))


def _anyones(text: str) -> str:
    """Without the number that a session's own schema has, and the blanks and dashes that depend on it."""
    return re.sub(r"[ \d-]", "", text)


async def test_a_failed_transaction_stays_one(there: PersonSession, described: Server) -> None:
    await there.run("BEGIN")
    await there.run("SELECT 1/0")
    answer = await there.run(r"\d orders")
    assert isinstance(answer, Failed)
    assert (answer.sqlstate, answer.transaction) == ("25P02", "!")
    assert answer.text == terminal(described, "BEGIN", "SELECT 1/0", r"\d orders").split("\n")[-1]


async def test_it_speaks_the_sessions_encoding(there: PersonSession, described: Server) -> None:
    before = await answered(there, r'\d "Odd Schema".*')
    await answered(there, "SET client_encoding = 'EUC_JP'")
    assert await answered(there, r'\d "Odd Schema".*') == before
    assert "日本" in before


async def test_it_waits_for_a_lock_and_goes_on(there: PersonSession, described: Server) -> None:
    expected = terminal(described, r"\d big_orders")
    async with _lock(described) as holder:
        answer = await there.run(r"\d+ orders")
        assert isinstance(answer, StillRunning)
        assert answer.waiting_for == "Lock/relation"
        assert [blocker.pid for blocker in answer.blocked_by] == [holder.info.backend_pid]
        (caged,) = _psqls()
        _assert_caged(caged)
        await holder.rollback()
        rest = await answer.finished
    assert isinstance(rest, Finished)
    assert rest.text == terminal(described, r"\d+ orders")
    assert await answered(there, r"\d big_orders") == expected
    assert not _psqls()
    assert _ends() == []


async def test_the_end_of_a_session_ends_it(described: Server, backstage: Backstage) -> None:
    session = PersonSession(backstage, patience=0.5)
    await session.run(rf"\c {DATABASE}")
    async with _lock(described):
        answer = await session.run(r"\d orders")
        assert isinstance(answer, StillRunning)
        await session.close()
        assert isinstance(await answer.finished, Lost)
    assert not _psqls()
    assert _ends() == []


async def test_a_session_that_is_ended_meanwhile_is_said_so(there: PersonSession, described: Server) -> None:
    async with _lock(described) as holder:
        answer = await there.run(r"\d orders")
        assert isinstance(answer, StillRunning)
        await holder.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where usename = 'lena' and state = 'active'"
        )
        rest = await answer.finished
    assert isinstance(rest, Lost)
    assert rest.sqlstate == "57P01"
    assert "orders_pkey" in await answered(there, r"\d orders")


async def test_the_whole_of_a_long_list_is_counted(there: PersonSession, described: Server) -> None:
    count = terminal(described, r"\df *.*").rsplit("\n", 1)[-1]
    text = await answered(there, r"\df *.*")
    assert f"\n{count}" in text
    assert "lines are shown" in text
    assert len(text) < 600_000


@pytest.mark.parametrize("typed", REFUSED)
async def test_what_would_do_more_is_refused(there: PersonSession, typed: str, mark: Path) -> None:
    answer = await there.run(typed.format(mark=mark))
    assert isinstance(answer, Refused), answer


@pytest.mark.parametrize("line", ESCAPES)
async def test_a_line_that_got_through_would_do_nothing(described: Server, line: str, mark: Path) -> None:
    connection = await connect_person(described.login, database=DATABASE)
    conversation = Conversation(connection, Limits())
    try:
        with contextlib.suppress(SandboxError):
            await described.psql._run(conversation, line.format(mark=mark), expanded=False)
    finally:
        await conversation.close()


async def test_one_session_is_all_it_takes(
    there: PersonSession, backstage: Backstage, server: Server
) -> None:
    connects = backstage.connects
    await answered(there, r"\d orders")
    assert backstage.connects == connects
    assert any("pg_catalog.pg_class" in statement for statement in server.statements())


@pytest.fixture
def mark() -> Iterator[Path]:
    """A path that anybody could write; it must not be there in the end."""
    with tempfile.TemporaryDirectory(prefix="ride-test-") as folder:
        Path(folder).chmod(0o777)
        yield Path(folder) / "mark"
        assert not list(Path(folder).iterdir())


def _lock(server: Server) -> "_Lock":
    return _Lock(server)


class _Lock:
    """Somebody who holds a table that \\d wants."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._holder: AsyncConnection[TupleRow] | None = None

    async def __aenter__(self) -> AsyncConnection[TupleRow]:
        self._holder = await AsyncConnection.connect(self._server.admin, dbname=DATABASE)
        await self._holder.execute("lock table orders in access exclusive mode")
        return self._holder

    async def __aexit__(self, *_: object) -> None:
        assert self._holder is not None
        await self._holder.rollback()
        await self._holder.close()


def _psqls() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if child.name() == "psql"]


def _ends() -> list[str]:
    """Sockets of ours in the temp folder that lead to a psql."""
    addresses = (str(one.laddr) for one in psutil.Process().net_connections("unix"))
    return [address for address in addresses if ".s.PGSQL.5432" in address]


def _assert_caged(process: psutil.Process) -> None:
    environment = process.environ()
    # None of ours, where secrets are, and no password.
    assert not [name for name in environment if name.startswith("RIDE") or "PASSWORD" in name]
    assert environment["HOME"].startswith(environment["PGHOST"])
    assert environment["PATH"] == environment["HOME"]
    assert process.uids().real == Account.current().uid
    limits = Path(f"/proc/{process.pid}/limits").read_text()
    for name, most in (("processes", 0), ("file size", 0), ("core file size", 0), ("open files", 4)):
        assert re.search(rf"^Max {name} +{most} +{most} ", limits, re.MULTILINE), limits
    assert process.cwd() == "/"
    # Its server is ours: it knows no address of PostgreSQL.
    assert {one.family for one in process.net_connections("all")} <= {socket.AF_UNIX}
