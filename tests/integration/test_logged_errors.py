"""What PostgreSQL's own errors say of rows and passwords is not in the log."""

import logging

import psycopg
import pytest

from bot.operations.log_lines import JsonLines, PlainLines
from bot.operations.redaction import Redactor
from storage.database import Database
from tests.integration.storage_fixtures import Server

ROW = "ines.planted@example.org"
log = logging.getLogger("tests.logged_errors")


@pytest.fixture(params=["text", "json"])
def logged(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """The log, as it is written."""
    redact = Redactor()
    caplog.handler.setFormatter(JsonLines(redact) if request.param == "json" else PlainLines(redact))
    caplog.set_level(logging.DEBUG)
    return caplog


STATEMENTS = [
    f"INSERT INTO pg_temp.people VALUES ('{ROW}')",
    f"INSERT INTO pg_temp.people VALUES ('{ROW}', -1)",
    f"SELECT '{ROW}'::int",
    f"SELECT '{ROW}'::jsonb",
    f"DO $$ BEGIN RAISE EXCEPTION 'saw {ROW}'; END $$",
    f"SELECT * FROM pg_temp.people WHERE '{ROW}' = nothing",
    f"SELEC '{ROW}'",
]


@pytest.mark.parametrize("statement", STATEMENTS)
async def test_a_statement_that_quotes_a_row(
    storage_server: Server, logged: pytest.LogCaptureFixture, statement: str
) -> None:
    async with await psycopg.AsyncConnection.connect(
        storage_server.url("postgres"), autocommit=True
    ) as connection:
        await connection.execute(
            "CREATE TEMP TABLE people (email text PRIMARY KEY, n int CHECK (n > 0) DEFAULT 1)"
        )
        await connection.execute(f"INSERT INTO people VALUES ('{ROW}')")
        with pytest.raises(psycopg.Error) as caught:
            await connection.execute(statement)
    error = caught.value
    assert ROW in str(error)
    log.warning("as text: %s", error)
    log.warning("as repr: %r", error)
    log.error("as a traceback", exc_info=error)
    group = ExceptionGroup("several", [error])
    log.error("in a group", exc_info=group)
    other = RuntimeError("something else")
    other.__cause__ = error
    log.error("as a cause", exc_info=other)
    assert str(error.sqlstate) in logged.text
    assert ROW not in logged.text
    assert "planted" not in logged.text


async def test_a_connection_that_fails(logged: pytest.LogCaptureFixture) -> None:
    for dsn in (
        "postgresql://ride:hunter2-secret@127.0.0.1:1/ride",
        "host=127.0.0.1 port=1 password=hunter2-secret",
        "postgresql://ride:hunter2-secret@127.0.0.1:port/ride",
    ):
        with pytest.raises(psycopg.Error) as caught:
            await psycopg.AsyncConnection.connect(dsn)
        log.error("could not connect with %s", dsn, exc_info=caught.value)
    database = Database("postgresql://ride:hunter2-secret@127.0.0.1:1/ride")
    with pytest.raises(Exception, match="can't use the database") as refused:
        await database.open()
    assert "\n" not in str(refused.value)
    assert "?." not in str(refused.value)
    log.error("%s", refused.value, exc_info=refused.value)
    assert "could not connect" in logged.text
    assert "hunter2" not in logged.text
