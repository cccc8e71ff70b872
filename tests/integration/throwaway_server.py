"""A PostgreSQL of its own for the tests of the SQL session, one a worker and version.

No scenario and no actors: what is tested here is the session, and every statement of it is real.
"""

import asyncio
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from sandbox.provider import Login
from sandbox.server.account import Account
from sandbox.server.binaries import Binaries, find_binaries, within_reach
from sandbox.server.connection import Waiting, connect_person
from sandbox.sql_session.person_session import PersonSession
from sandbox.sql_session.psql import Psql, PsqlSettings
from scenarios.journal.events import Backend

DEBIAN = Path("/usr/lib/postgresql/15/bin")
START_SECONDS = 30


@dataclass(frozen=True, kw_only=True)
class Server:
    login: Login
    log: Path
    admin: str
    """A conninfo of the superuser."""
    programs: Path
    """The bin folder of its PostgreSQL."""
    psql: Psql

    def statements(self) -> list[str]:
        """What the log says was run, whole statements in order."""
        found = []
        for entry in self.log.read_text(errors="replace").split("\n@@"):
            _, mark, statement = entry.partition("LOG:  statement: ")
            if mark:
                found.append(statement.replace("\n\t", "\n").rstrip("\n"))
        return found


class Backstage:
    """What a sandbox gives to a session, over a throwaway server."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.psql = server.psql
        self.ended = 0
        self.connects = 0

    async def connect(self, database: str | None = None, options: str = "") -> AsyncConnection[TupleRow]:
        self.connects += 1
        return await connect_person(self.server.login, database=database, options=options)

    async def waiting(self, pid: int) -> Waiting:
        async with await AsyncConnection.connect(self.server.admin, autocommit=True) as observer:
            rows = await (
                await observer.execute(
                    "select a.wait_event_type || '/' || a.wait_event, b.pid, b.usename, b.application_name"
                    " from pg_stat_activity a"
                    " left join pg_stat_activity b on b.pid = any(pg_blocking_pids(a.pid))"
                    " where a.pid = %s",
                    [pid],
                )
            ).fetchall()
        return Waiting(
            waiting_for=rows[0][0] if rows else None,
            blocked_by=tuple(Backend(pid=row[1], role=row[2], application=row[3]) for row in rows if row[1]),
        )

    def statement_ended(self) -> None:
        self.ended += 1


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _start(folder: Path, bin_folder: Path | None) -> tuple[subprocess.Popen[bytes], Server]:
    account = Account.current()
    binaries = asyncio.run(_within_reach(bin_folder, account, folder))
    as_account = {"user": account.uid, "group": account.gid, "extra_groups": []} if account.lent else {}
    named = account.named()
    as_named = {"user": named.uid, "group": named.gid, "extra_groups": []} if named.lent else {}
    data = folder / "data"
    data.mkdir(mode=0o700)
    named.give(data)
    password = folder / "password"
    password.write_text("secret")
    named.give(password)
    subprocess.run(
        [binaries.initdb, "-D", data, "-U", "postgres", "-A", "scram-sha-256", f"--pwfile={password}",
         "-E", "UTF8", "--locale=C", "-N"],
        check=True, capture_output=True, timeout=60, preexec_fn=account.naming(), **as_named,  # type: ignore[call-overload]
    )  # fmt: skip
    account.give_all(data)
    port = _free_port()
    log = folder / "log"
    account.give(folder)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [binaries.postgres, "-D", data, "-p", str(port), "-h", "127.0.0.1",
             "-c", "unix_socket_directories=", "-c", "log_statement=all", "-c", "log_line_prefix=@@",
             "-c", "fsync=off", "-c", "max_connections=40", "-c", "shared_buffers=8MB",
             "-c", "lc_messages=C"],
            stdout=output, stderr=output, **as_account,  # type: ignore[call-overload]
        )  # fmt: skip
    admin = f"host=127.0.0.1 port={port} user=postgres password=secret dbname=postgres"
    _wait(admin, process, log)
    _fill(admin)
    psql = Psql(PsqlSettings(binaries=binaries.folder))
    login = Login(role="lena", password="lena", host="127.0.0.1", port=port, database="app_db")
    return process, Server(login=login, log=log, admin=admin, programs=binaries.folder, psql=psql)


async def _within_reach(bin_folder: Path | None, account: Account, folder: Path) -> Binaries:
    return await within_reach(await find_binaries(bin_folder), account, folder / "cache")


def _wait(admin: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(admin, connect_timeout=2).close()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(log.read_text()) from None
            time.sleep(0.05)
        else:
            return


def _fill(admin: str) -> None:
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("create role app_owner")
        connection.execute("create role lena login password 'lena' in role app_owner, pg_read_all_stats")
        for database in ("app_db", "analytics_db"):
            connection.execute(f"create database {database} owner app_owner")
    with psycopg.connect(admin, dbname="app_db", autocommit=True) as connection:
        connection.execute("set role app_owner")
        connection.execute(
            "create table orders (id bigint primary key, note text, total numeric(10,2) default 0)"
        )
        connection.execute("insert into orders select n, 'order ' || n, n from generate_series(1, 50000) n")
        connection.execute("create function one() returns int language sql as 'select 1'")


@pytest.fixture(
    scope="session",
    params=[
        None,
        pytest.param(DEBIAN, marks=pytest.mark.skipif(not DEBIAN.exists(), reason="no PostgreSQL 15")),
    ],
    ids=["embedded", "debian15"],
)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="ride-test-"))
    folder.chmod(0o755)
    process, started = _start(folder, request.param)
    try:
        yield started
    finally:
        _stop(process)
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True, kw_only=True)
class OwnServer:
    """A server that a test may stop."""

    server: Server
    process: subprocess.Popen[bytes]

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        _stop(self.process, how)


@pytest.fixture
def own_server() -> Iterator[OwnServer]:
    folder = Path(tempfile.mkdtemp(prefix="ride-test-"))
    folder.chmod(0o755)
    process, started = _start(folder, None)
    try:
        yield OwnServer(server=started, process=process)
    finally:
        _stop(process)
        shutil.rmtree(folder, ignore_errors=True)


def _stop(process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGINT) -> None:
    if process.poll() is not None:
        return
    process.send_signal(how)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)
        process.wait(20)


@pytest.fixture
def backstage(server: Server) -> Backstage:
    return Backstage(server)


@pytest.fixture
async def session(backstage: Backstage) -> AsyncIterator[PersonSession]:
    opened = PersonSession(backstage)
    yield opened
    await opened.close()


@pytest.fixture
async def holder(server: Server) -> AsyncIterator[AsyncConnection[TupleRow]]:
    """Another session, to stand in the way."""
    async with await AsyncConnection.connect(server.admin, dbname="app_db", autocommit=True) as connection:
        yield connection
