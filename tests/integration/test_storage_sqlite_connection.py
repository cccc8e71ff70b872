"""What goes to a thread on SQLite, and that nothing which waits holds up the loop."""

import asyncio
import contextlib
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.database import Database, sqlite_url
from storage.rides import RideStore
from tests.integration.storage_fixtures import hint, ride


@pytest.fixture
def in_threads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that SQLite got in another thread than this one, from now on."""
    seen: list[str] = []
    here, connect = threading.get_ident(), sqlite3.connect

    def traced(*args: object, **kwargs: object) -> sqlite3.Connection:
        connection = connect(*args, **kwargs)  # type: ignore[call-overload]
        connection.set_trace_callback(
            lambda statement: seen.append(statement.split()[0]) if threading.get_ident() != here else None
        )
        assert isinstance(connection, sqlite3.Connection)
        return connection

    monkeypatch.setattr(sqlite3, "connect", traced)
    return seen


async def test_a_write_takes_no_thread(tmp_path: Path, in_threads: list[str]) -> None:
    async with Database(sqlite_url(tmp_path / "ride.sqlite3")) as database:
        rides = RideStore(database)
        await rides.add(ride())
        in_threads.clear()
        await rides.append("r1", [hint(1)])
        assert in_threads == []


async def test_what_is_read_goes_to_a_thread(tmp_path: Path, in_threads: list[str]) -> None:
    async with Database(sqlite_url(tmp_path / "ride.sqlite3")) as database:
        in_threads.clear()
        async with database.reading() as session:
            await session.execute(text("SELECT 1"))
        assert in_threads == ["SELECT"]


async def test_another_programs_lock_does_not_hold_up_the_loop(tmp_path: Path) -> None:
    file = tmp_path / "ride.sqlite3"
    async with Database(sqlite_url(file)) as database:
        rides = RideStore(database)
        await rides.add(ride())
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(rides.append("r1", [hint(1)]))
        for _ in range(100):
            await asyncio.sleep(0)
        assert not writing.done()
        other.execute("ROLLBACK")
        other.close()
        assert await writing == [1]


async def test_a_write_that_fails_is_rolled_back_and_the_next_begins_anew(tmp_path: Path) -> None:
    async with Database(sqlite_url(tmp_path / "ride.sqlite3")) as database:
        rides = RideStore(database)
        await rides.add(ride())
        with contextlib.suppress(ZeroDivisionError):
            async with database.session() as session:
                await session.execute(text("DELETE FROM ride_learners"))
                raise ZeroDivisionError
        assert await rides.append("r1", [hint(1)]) == [1]
        stored = await rides.get("r1")
        assert stored is not None
        assert stored.learners == ride().learners


async def test_the_log_goes_to_the_file_beside(
    tmp_path: Path, in_threads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No commit waits for the disk, and the log doesn't grow for ever."""
    monkeypatch.setattr("storage.database.CHECKPOINT_EVERY", 10)
    file = tmp_path / "ride.sqlite3"
    async with Database(sqlite_url(file)) as database:
        rides = RideStore(database)
        await rides.add(ride())
        in_threads.clear()
        for number in range(400):
            await rides.append("r1", [hint(number)])
            # It is made beside, and so it needs a moment.
            await asyncio.sleep(0.001)
        log = file.with_name(f"{file.name}-wal").stat().st_size
    assert in_threads.count("PRAGMA") >= 2
    assert log < 1_000_000, "some 2.5 MB without"
