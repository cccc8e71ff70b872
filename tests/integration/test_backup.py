"""Back-up and restore as docs/operations.md says, in its own words."""

import asyncio
import os
import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import psycopg

from storage.database import Database, sqlite_url
from storage.rides import RideStore
from tests.integration.storage_fixtures import Server, hint, postgres_programs, ride

DOCUMENT = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
SECTION = DOCUMENT.partition("## Back-up and restore")[2].partition("\n## ")[0]
IN_STORAGE = re.compile(r"^    docker-compose exec -T storage (.+)$", re.MULTILINE)
SQLITE = re.compile(r"^    sqlite3 ride.sqlite3 \"(.+)\"$", re.MULTILINE)


async def fill(database: Database) -> None:
    store = RideStore(database)
    await store.add(ride())
    await store.append("r1", [hint(1), hint(2)])


async def content(database: Database) -> tuple[object, ...]:
    store = RideStore(database)
    return (await store.get("r1"), await store.journal("r1"))


async def run(command: str, folder: Path, environment: Mapping[str, str]) -> None:
    """As typed in a shell in this folder."""
    shell = await asyncio.create_subprocess_shell(command, cwd=folder, env=environment)
    assert await shell.wait() == 0, command


async def test_with_postgresql(storage_server: Server, tmp_path: Path) -> None:
    with psycopg.connect(storage_server.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE ROLE ride SUPERUSER LOGIN")
        connection.execute("CREATE DATABASE ride OWNER ride")
    url = storage_server.url("ride").replace("postgres@", "ride@")
    commands = IN_STORAGE.findall(SECTION)
    assert [command.split()[0] for command in commands] == ["pg_dump", "dropdb", "createdb", "pg_restore"]
    environment = {
        "PATH": f"{postgres_programs()}:{os.environ['PATH']}",
        "PGHOST": str(storage_server.sockets),
    }
    async with Database(url) as database:
        await fill(database)
        before = await content(database)
        # The back-up is made while Ride runs.
        await run(commands[0], tmp_path, environment)
        await RideStore(database).append("r1", [hint(3)])
    for command in commands[1:]:
        await run(command, tmp_path, environment)
    async with Database(url, upgrades=False) as database:
        assert (await database.condition()).problems == ()
        assert await content(database) == before
        await RideStore(database).append("r1", [hint(3)])


async def test_with_sqlite(tmp_path: Path) -> None:
    file = tmp_path / "ride.sqlite3"
    (statement,) = SQLITE.findall(SECTION)
    copy = tmp_path / re.findall(r"'(.+)'", statement)[0]
    async with Database(sqlite_url(file)) as database:
        await fill(database)
        before = await content(database)
        with closing(sqlite3.connect(file)) as connection:
            connection.execute(statement.replace(copy.name, str(copy)))
        await RideStore(database).append("r1", [hint(3)])
    copy.replace(file)
    for left in ("ride.sqlite3-wal", "ride.sqlite3-shm"):
        assert left in SECTION
        (tmp_path / left).unlink(missing_ok=True)
    async with Database(sqlite_url(file), upgrades=False) as database:
        assert await content(database) == before
        await RideStore(database).append("r1", [hint(3)])
