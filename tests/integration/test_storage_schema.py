"""The migrations make the tables that the models say, once, and leave newer databases alone."""

import asyncio
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Result, create_engine, inspect, text
from sqlalchemy.ext.asyncio import create_async_engine

from storage.database import Database, database_url
from storage.errors import DatabaseTooNewError, StorageError
from storage.schema import VERSION_TABLE
from storage.tables import Base
from tests.integration.storage_fixtures import Server

OPENERS = 4


def _pairs(result: Result[str, str]) -> dict[str, str]:
    return {name: definition for name, definition in result.all()}  # noqa: C416


async def test_migrations_make_what_the_models_say(storage_database: Database) -> None:
    def differences(connection: Connection) -> object:
        options = {"version_table": VERSION_TABLE, "compare_server_default": True}
        return compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata)

    async with storage_database.reading() as session:
        assert await (await session.connection()).run_sync(differences) == []


async def test_sqlite_definitions_are_those_of_the_models(tmp_path: object) -> None:
    """Alembic doesn't compare the conditions of partial indexes: SQLite's own words do."""
    definitions = text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
    made = create_engine("sqlite://")
    with made.connect() as connection:
        Base.metadata.create_all(connection)
        expected = _pairs(connection.execute(definitions))
    made.dispose()
    async with Database(f"sqlite:///{tmp_path}/r.sqlite3") as database, database.reading() as session:
        migrated = _pairs(await session.execute(definitions))
    assert len(expected) >= 4
    assert migrated == expected


async def test_postgresql_definitions_are_those_of_the_models(storage_server: Server) -> None:
    definitions = text("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")
    made = create_async_engine(database_url(storage_server.new_database()))
    async with made.connect() as connection:
        await connection.run_sync(Base.metadata.create_all)
        expected = _pairs(await connection.execute(definitions))
    await made.dispose()
    async with Database(storage_server.new_database()) as database, database.reading() as session:
        migrated = _pairs(await session.execute(definitions))
    assert {name: sql for name, sql in migrated.items() if VERSION_TABLE not in name} == expected


async def test_programs_may_open_an_empty_database_at_once(storage_url: str) -> None:
    program = (
        "import asyncio, sys\nfrom storage.database import Database\n"
        "async def main():\n"
        "    sys.stdin.readline()\n"
        "    async with Database(sys.argv[1]) as database:\n"
        "        async with database.reading(): print('open')\n"
        "asyncio.run(main())\n"
    )
    openers = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-W", "error", "-c", program, storage_url,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )
        for _ in range(OPENERS)
    ]  # fmt: skip
    said = await asyncio.gather(*(opener.communicate(b"go\n") for opener in openers))
    assert said == [(b"open\n", b"")] * OPENERS


async def test_tasks_may_open_an_empty_database_at_once(storage_url: str) -> None:
    databases = [Database(storage_url) for _ in range(OPENERS)]
    await asyncio.gather(*(database.open() for database in databases))
    for database in databases:
        async with database.reading() as session:
            assert await session.scalar(text("SELECT count(*) FROM rides")) == 0
        await database.close()


async def test_a_newer_database_is_left_alone(storage_url: str) -> None:
    async with Database(storage_url) as database, database.session() as session:
        await session.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    with pytest.raises(DatabaseTooNewError, match=r"newer version of Ride \(its tables are at 9999"):
        await Database(storage_url).open()


async def test_a_migration_that_fails_changes_nothing(storage_url: str) -> None:
    """Somebody's own table has a name of ours."""
    async with Database(storage_url) as database, database.session() as session:
        for table in reversed(Base.metadata.sorted_tables):
            await session.execute(text(f"DROP TABLE {table.name}"))
        await session.execute(text(f"DROP TABLE {VERSION_TABLE}"))
        await session.execute(text("CREATE TABLE timeline_steps (theirs int)"))
    with pytest.raises(StorageError, match="timeline_steps"):
        await Database(storage_url).open()

    engine = create_async_engine(database_url(storage_url))
    async with engine.connect() as connection:
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    await engine.dispose()
    assert names == ["timeline_steps"]
