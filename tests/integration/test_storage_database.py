"""A database that can't be used: the message names it and says what to do, and nothing is lost."""

# Loaded when asyncio first needs a thread: as an ordinary user that is too late, if Python is root's alone.
import concurrent.futures.thread  # noqa: F401
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from storage.database import Database, sqlite_url
from storage.errors import DatabaseBusyError, DatabaseDamagedError, DatabaseUnavailableError
from storage.rides import RideStore
from tests.integration.storage_fixtures import NOBODY, Server, ride


@contextmanager
def as_ordinary_user() -> Iterator[None]:
    """Root may write everywhere; permissions only show to others."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def _read(file: Path) -> bytes:
    return file.read_bytes()


def _write(file: Path, content: bytes) -> None:
    file.write_bytes(content)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ride.sqlite3"


async def test_sqlite_runs_as_it_should(file: Path) -> None:
    async with Database(sqlite_url(file)) as database, database.session() as session:
        pragmas = {
            name: await session.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        }
        assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 10_000}


async def test_a_row_of_no_ride_is_refused(storage_database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with storage_database.session() as session:
            await session.execute(text("INSERT INTO scorecards (ride_id, document) VALUES ('r9', '{}')"))


async def test_what_was_stored_is_there_after_a_restart(storage_url: str) -> None:
    async with Database(storage_url) as database:
        await RideStore(database).add(ride())
    async with Database(storage_url) as database:
        assert await RideStore(database).get("r1") == ride()


async def test_a_reader_does_not_wait_for_a_writer(storage_database: Database) -> None:
    store = RideStore(storage_database)
    await store.add(ride())
    async with storage_database.session() as writing:
        await writing.execute(text("UPDATE rides SET card_ts = '1.0'"))
        assert await store.get("r1") == ride()


async def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(
        DatabaseUnavailableError, match=r"can't make the folder .*/data/ride .*RIDE_DATA_FOLDER"
    ):
        await Database(sqlite_url(tmp_path / "data" / "ride" / "r.sqlite3")).open()


async def test_a_folder_that_may_not_be_written(tmp_cache: Path) -> None:
    folder = tmp_cache / "data"
    folder.mkdir(mode=0o555)
    with (
        as_ordinary_user(),
        pytest.raises(DatabaseUnavailableError, match=f"can't open the database {folder}/r.db"),
    ):
        await Database(sqlite_url(folder / "r.db")).open()


async def test_a_file_that_may_not_be_written(tmp_cache: Path) -> None:
    folder = tmp_cache / "data"
    file = folder / "r.db"
    async with Database(sqlite_url(file)) as database:
        await RideStore(database).add(ride())
    file.chmod(0o444)
    folder.chmod(0o555)
    with as_ordinary_user(), pytest.raises(DatabaseUnavailableError, match=f"can't open the database {file}"):
        await Database(sqlite_url(file)).open()
    folder.chmod(0o755)
    file.chmod(0o644)
    async with Database(sqlite_url(file)) as database:
        assert await RideStore(database).get("r1") == ride()


async def test_a_file_that_is_no_database(file: Path) -> None:
    _write(file, b"Dear diary, " * 1000)
    with pytest.raises(DatabaseDamagedError, match=f"{file} is not a SQLite database"):
        await Database(sqlite_url(file)).open()
    assert _read(file) == b"Dear diary, " * 1000


async def test_a_damaged_file(file: Path) -> None:
    async with Database(sqlite_url(file)) as database:
        await RideStore(database).add(ride(document="x" * 100_000))
    content = bytearray(_read(file))
    content[100:] = b"\xff" * (len(content) - 100)
    _write(file, bytes(content))
    with pytest.raises(DatabaseDamagedError, match="Move it away"):
        await Database(sqlite_url(file)).open()
    assert _read(file) == content


async def test_a_file_that_another_program_holds(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(DatabaseBusyError, match=f"{file} is locked by another program"):
            await Database(sqlite_url(file), busy_timeout=0.1).open()
        other.execute("ROLLBACK")
    async with Database(sqlite_url(file), busy_timeout=0.1) as database:
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(DatabaseBusyError, match="locked by another program"):
                await RideStore(database).add(ride())
            other.execute("ROLLBACK")
        await RideStore(database).add(ride())


async def test_a_full_disk(file: Path) -> None:
    async with Database(sqlite_url(file)) as database:

        async def write_much() -> None:
            async with database.session() as session:
                await session.execute(text("PRAGMA max_page_count = 1"))
                await session.execute(text("CREATE TABLE much AS SELECT zeroblob(1000000) AS x"))

        with pytest.raises(DatabaseUnavailableError, match="is full"):
            await write_much()
        await RideStore(database).add(ride())


async def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    url = f"postgresql://ada:secret@/ride?host={tmp_path}"
    with pytest.raises(DatabaseUnavailableError, match="Check that the server is running") as refused:
        await Database(url).open()
    assert "secret" not in str(refused.value)


async def test_a_database_that_is_not_there(storage_server: Server) -> None:
    with pytest.raises(DatabaseUnavailableError, match="that the database exists"):
        await Database(storage_server.url("nowhere")).open()


async def test_a_user_who_may_not_make_tables(storage_server: Server) -> None:
    url = storage_server.new_database()
    async with Database(url) as database, database.session() as session:
        await session.execute(text("DROP TABLE ride_schema_version"))
        await session.execute(text("CREATE ROLE guest LOGIN"))
    with pytest.raises(DatabaseUnavailableError, match="Give it CREATE on the schema"):
        await Database(url.replace("postgres@", "guest@")).open()
