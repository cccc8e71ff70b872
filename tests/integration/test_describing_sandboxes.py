r"""`\d` and its kin in sandboxes of every kind, beside psql over the own connection of somebody who rides."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from psycopg import sql

from sandbox.answer import Failed, Finished, StillRunning
from sandbox.provider import Login
from sandbox.server.running import RunningSandbox
from sandbox.sql_session.person_session import PersonSession
from sandbox.sql_session.table_text import harmless
from scenarios.journal.events import StatementFailed, StatementLogged
from scenarios.model.scenario import Scenario
from tests.integration.described import COMMANDS, DATABASE, script
from tests.integration.sandbox_fixtures import any_settings, cache_folder, client, evidence, sandbox, scenario
from tests.integration.terminal import in_terminal

__all__ = ["any_settings", "cache_folder", "sandbox", "scenario"]


@pytest.fixture
async def login(sandbox: RunningSandbox) -> Login:
    """Lena, who rides, and a database with something of every kind that she may make."""
    found = await sandbox.add_person("U1", "lena")
    async with await sandbox.housing.observer.connect() as observer:
        name = sql.Identifier(DATABASE)
        await observer.execute(sql.SQL("CREATE DATABASE {} OWNER app_owner").format(name))
        await observer.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO ride_people").format(name))
    async with client(found, DATABASE) as lena:
        await lena.execute(script("described"))
    return found


@pytest.fixture
async def session(sandbox: RunningSandbox, login: Login) -> AsyncIterator[PersonSession]:
    """Her /sql."""
    opened = PersonSession(sandbox.backstage("U1"))
    yield opened
    await opened.close()


async def answered(session: PersonSession, text: str) -> str:
    answer = await session.run(text)
    if isinstance(answer, StillRunning):
        answer = await answer.finished
    assert isinstance(answer, Finished | Failed), answer
    return answer.text


async def test_it_says_what_psql_says(sandbox: RunningSandbox, session: PersonSession, login: Login) -> None:
    await answered(session, rf"\c {DATABASE}")
    program = await sandbox.psql.program()
    dsn = login.dsn().replace(f"/{login.database}", f"/{DATABASE}")
    different = {}
    for command in COMMANDS:
        ours = await answered(session, command)
        # In a thread: a container's port is ours to serve meanwhile.
        its = harmless(await asyncio.to_thread(in_terminal, program, dsn, command.strip()))
        if ours != its:
            different[command] = (ours, its)
    assert different == {}


async def test_it_is_in_the_log_as_before(
    sandbox: RunningSandbox, session: PersonSession, scenario: Scenario
) -> None:
    """What a person looks at with it is logged as theirs, in their session, and reads catalogs only."""
    await answered(session, r"\d orders")
    await answered(session, "SELECT 'the end'")
    events = await evidence(
        sandbox,
        lambda found: any(isinstance(one, StatementLogged) and "the end" in one.text for one in found),
    )
    statements = [one for one in events if isinstance(one, StatementLogged) and one.application == "ride"]
    assert len({one.session for one in statements}) == 1
    assert not [one for one in events if isinstance(one, StatementFailed)]
    assert len(statements) > 3
    assert not [one for one in statements[:-1] if "pg_stat_activity" in one.text or "pg_locks" in one.text]
