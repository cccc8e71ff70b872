"""`ride db`: what it says of a database, and what it does to it."""

import asyncio
import os
from pathlib import Path

import psycopg
import pytest
from alembic import command
from sqlalchemy import create_engine

from storage.database import database_url, sqlite_url
from storage.leadership import LeaderLock
from storage.schema import migrations
from tests.acceptance.ride_program import Launcher
from tests.acceptance.test_cli_circumstances import is_refused
from tests.integration.storage_fixtures import Server

FIRST = "0001"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database's URL, of each kind."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "ride.sqlite3")
    server = request.getfixturevalue("storage_server")
    assert isinstance(server, Server)
    return server.new_database()


def at_the_first_version(url: str) -> None:
    sync = database_url(url)
    if sync.get_backend_name() == "sqlite":
        sync = sync.set(drivername="sqlite")
    engine = create_engine(sync)
    with migrations() as config, engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, FIRST)
    engine.dispose()


async def test_a_database_is_upgraded_once(ride: Launcher, url: str) -> None:
    at_the_first_version(url)
    settings = {"RIDE_DATABASE_URL": url}
    code, checked = await ride.run("db", "check", settings=settings)
    assert (code, checked.err) == (1, "")
    assert f"Its tables are at {FIRST}. Run `ride db upgrade`." in checked.out
    at_once = [ride.run("db", "upgrade", settings=settings) for _ in range(3)]
    said = [(code, upgraded.err, upgraded.out) for code, upgraded in await asyncio.gather(*at_once)]
    assert [(code, err) for code, err, _ in said] == [(0, "")] * 3
    assert sorted(f"were at {FIRST}, and are now at" in out for *_, out in said) == [False, False, True]
    code, checked = await ride.run("db", "check", settings=settings)
    assert (code, checked.err) == (0, "")
    assert "reads and writes" in checked.out


async def test_a_bot_that_may_not_upgrade_says_who_does(ride: Launcher, url: str) -> None:
    at_the_first_version(url)
    tokens = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
    settings = {"RIDE_DATABASE_URL": url, "RIDE_DATABASE_UPGRADE": "no", **tokens}
    code, serving = await ride.run("serve", settings=settings)
    is_refused(code, serving, f"its tables are at {FIRST}", "Run `ride db upgrade`")


async def test_there_is_none(ride: Launcher, tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "none.sqlite3")
    code, checked = await ride.run("db", "check", settings={"RIDE_DATABASE_URL": url})
    is_refused(code, checked, "There is no database", "`ride db upgrade`")
    assert os.listdir(tmp_path) == []  # noqa: PTH208
    nowhere = f"postgresql://ada:secret@/ride?host={tmp_path}"
    for words in ("check", "upgrade"):
        code, checked = await ride.run("db", words, settings={"RIDE_DATABASE_URL": nowhere})
        is_refused(code, checked, "Check that the server is running")
        assert "secret" not in checked.said


async def test_a_newer_one(ride: Launcher, url: str) -> None:
    settings = {"RIDE_DATABASE_URL": url}
    assert (await ride.run("db", "upgrade", settings=settings))[0] == 0
    engine = create_engine(
        database_url(url).set(drivername=database_url(url).drivername.replace("+aiosqlite", ""))
    )
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE ride_schema_version SET version_num = '9999'")
    engine.dispose()
    for words in ("check", "upgrade"):
        code, refused = await ride.run("db", words, settings=settings)
        is_refused(code, refused, "newer version of Ride (its tables are at 9999", "Update Ride")


async def test_who_leads_and_who_may_not(ride: Launcher, storage_server: Server) -> None:
    url = storage_server.new_database()
    settings = {"RIDE_DATABASE_URL": url}
    assert (await ride.run("db", "upgrade", settings=settings))[0] == 0
    async with LeaderLock(url) as lock:
        assert await lock.take()
        code, checked = await ride.run("db", "check", settings=settings)
        assert code == 0
        assert "Led by    a Ride on the same machine" in checked.out
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("CREATE ROLE reader LOGIN")
        admin.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
    reading = {"RIDE_DATABASE_URL": url.replace("postgres@", "reader@")}
    code, checked = await ride.run("db", "check", settings=reading)
    assert (code, checked.err) == (1, "")
    assert "Its user is not allowed to read and write" in checked.out
    assert "journal_events" in checked.out
