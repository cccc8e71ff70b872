"""An incident in a sandbox: it comes about, people act, and the evidence tells what they did.

Written against the Sandbox protocol, so that another provider can be held to it.
"""

import psycopg
import pytest

from sandbox.errors import SandboxError
from sandbox.server import running
from sandbox.server.running import RunningSandbox
from scenarios.journal.events import (
    Evidence,
    LockAcquired,
    SessionEnded,
    SignalSent,
    StatementFailed,
    StatementLogged,
    WriteCommitted,
)
from scenarios.model.scenario import Scenario
from tests.integration.sandbox_fixtures import client, eventually, evidence, rows

MIGRATION = "SELECT pid FROM pg_stat_activity WHERE usename = 'migration_runner'"


def ended(events: list[Evidence], group: str) -> list[SessionEnded]:
    return [event for event in events if isinstance(event, SessionEnded) and event.backend.group == group]


def signals(events: list[Evidence]) -> list[SignalSent]:
    return [event for event in events if isinstance(event, SignalSent)]


async def test_the_incident_comes_about_and_is_fixed(sandbox: RunningSandbox, scenario: Scenario) -> None:
    measured, queue = await sandbox.arm()

    assert measured.writers_waiting == len(queue.waiting) == 4
    assert {backend.group for backend in queue.waiting} == {"writers"}
    assert [backend.group for backend in queue.blockers] == ["migration"]
    assert measured.oldest_wait_seconds > 1
    assert measured.writes_per_second == 0
    assert 40 < measured.writes_per_second_before < 120  # four writers at 20 a second

    login = await sandbox.add_person("U1", "Ada L.")
    async with client(login) as connection:
        assert await rows(connection, f"SELECT pg_terminate_backend(({MIGRATION}))") == [(True,)]

    def drained(events: list[Evidence]) -> bool:
        committed = {event.backend for event in events if isinstance(event, WriteCommitted)}
        return committed >= set(queue.waiting)

    events = await evidence(sandbox, drained)
    signal, end = signals(events)[0], ended(events, "migration")[0]
    assert (signal.op, signal.person, signal.target_state) == ("terminate", "U1", "idle in transaction")
    assert signal.target == end.backend == queue.blockers[0]
    assert end.sqlstate == "57P01"
    statement = next(event for event in events if isinstance(event, StatementLogged))
    assert (statement.session, statement.application) == (signal.session, "psql")
    assert "pg_terminate_backend" in statement.text
    acquired = [event for event in events if isinstance(event, LockAcquired)]
    assert {event.backend for event in acquired} == set(queue.waiting)
    order = [events.index(event) for event in (statement, signal, end, acquired[0])]
    assert order == sorted(order)
    for event in acquired:
        commit = next(
            later for later in events if isinstance(later, WriteCommitted) and later.backend == event.backend
        )
        assert events.index(event) < events.index(commit)

    async def flows() -> bool:
        return (await sandbox.measure()).writes_per_second > 20

    await eventually(flows)
    assert (await sandbox.queue("writers")).waiting == ()
    [workload] = [check for check in scenario.checks if check.kind == "workload"]
    result = await sandbox.check_workload(workload)
    assert result.passed, result.detail
    assert await sandbox.check_alive() is None


async def test_the_workload_check_fails_while_the_table_is_locked(
    sandbox: RunningSandbox, scenario: Scenario
) -> None:
    login = await sandbox.add_person("U1", "ada")
    [workload] = [check for check in scenario.checks if check.kind == "workload"]
    impatient = workload.model_copy(update={"within": workload.within / 20})
    async with client(login) as connection:
        await connection.execute("BEGIN; LOCK TABLE orders")
        result = await sandbox.check_workload(impatient)
        assert not result.passed
        assert "lock timeout" in result.detail

        async def learner_blocks() -> bool:
            queue = await sandbox.queue("writers")
            return len(queue.waiting) == 4 and [blocker.role for blocker in queue.blockers] == [login.role]

        await eventually(learner_blocks)
        assert (await sandbox.queue("writers")).blockers[0].group is None


async def test_what_the_sessions_did_instead_is_for_the_log_alone(
    sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(running, "ARM_SECONDS", 0.0)
    with pytest.raises(SandboxError) as refused:
        await sandbox.arm()
    assert str(refused.value) == "The incident could not be set up within 0 s."
    assert "sessions: " in caplog.text
    assert "app_db" in caplog.text


async def test_cancelling_an_idle_transaction_ends_nothing(sandbox: RunningSandbox) -> None:
    await sandbox.arm()
    login = await sandbox.add_person("U1", "ada")
    async with client(login) as connection:
        assert await rows(connection, f"SELECT pg_cancel_backend(({MIGRATION}))") == [(True,)]
        assert len(await rows(connection, MIGRATION)) == 1

    events = await evidence(sandbox, lambda events: bool(signals(events)))
    assert signals(events)[0].op == "cancel"
    assert signals(events)[0].target.group == "migration"
    assert (await sandbox.queue("writers")).blockers[0].group == "migration"


@pytest.mark.parametrize(
    "statements",
    [
        [f"DO $$ BEGIN PERFORM pg_terminate_backend(pid) FROM ({MIGRATION}) AS m; END $$"],
        [f"PREPARE k AS SELECT pg_terminate_backend(pid) FROM ({MIGRATION}) AS m", "EXECUTE k"],
        ["SET ROLE app_owner", f"BEGIN; SELECT pg_terminate_backend(pid) FROM ({MIGRATION}) AS m; ROLLBACK"],
        [f"EXPLAIN ANALYZE SELECT pg_terminate_backend(pid) FROM ({MIGRATION}) AS m"],
    ],
    ids=["do", "prepared", "rolled back", "explain analyze"],
)
async def test_however_it_is_ended_it_is_attributed(sandbox: RunningSandbox, statements: list[str]) -> None:
    await sandbox.arm()
    login = await sandbox.add_person("U1", "ada")
    async with client(login, "postgres") as connection:
        for statement in statements:
            await connection.execute(statement.encode())

    events = await evidence(sandbox, lambda events: bool(ended(events, "migration")))
    [signal] = signals(events)
    assert signal.target == ended(events, "migration")[0].backend
    last = [event for event in events if isinstance(event, StatementLogged)][-1]
    assert (last.session, last.database) == (signal.session, "postgres")
    if statements[-1].startswith("EXECUTE"):
        assert last.prepared == statements[0]


async def test_a_blanket_kill_reaches_all_and_the_pool_comes_back(sandbox: RunningSandbox) -> None:
    _, before = await sandbox.arm()
    login = await sandbox.add_person("U1", "ada")
    async with client(login) as connection:
        killed = await rows(
            connection,
            "SELECT usename, pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()",
        )
    assert ("observer", False) in killed
    assert {role for role, done in killed if done} == {"app_writer", "migration_runner", "reporting"}

    events = await evidence(sandbox, lambda events: len(ended(events, "writers")) == 4)
    assert {signal.target.group for signal in signals(events)} == {"writers", "migration", "analytics"}
    assert {end.sqlstate for end in ended(events, "writers")} == {"57P01"}

    async def back() -> bool:
        return (await sandbox.measure()).writes_per_second > 20

    await eventually(back)
    login2 = await sandbox.add_person("U2", "bo")
    async with client(login2) as connection:
        writers = await rows(connection, "SELECT pid FROM pg_stat_activity WHERE usename = 'app_writer'")
        assert not {pid for (pid,) in writers} & {backend.pid for backend in before.waiting}
        assert await rows(connection, MIGRATION) == []  # nobody starts the migration again


async def test_own_sessions_and_dead_pids_are_of_no_group(sandbox: RunningSandbox) -> None:
    login = await sandbox.add_person("U1", "ada")
    async with client(login) as first, client(login, "analytics_db") as second:
        [(pid,)] = await rows(second, "SELECT pg_backend_pid()")
        assert await rows(first, f"SELECT pg_terminate_backend({pid})") == [(True,)]
        assert await rows(first, "SELECT pg_terminate_backend(2147483647)") == [(False,)]

    events = await evidence(sandbox, lambda events: len(signals(events)) == 2)
    own, dead = signals(events)
    assert (own.target.pid, own.target.role, own.target.group) == (pid, login.role, None)
    assert (dead.target.pid, dead.target.started, dead.target.group) == (2147483647, None, None)
    assert not ended(events, "analytics")


async def test_nothing_a_person_writes_into_the_log_is_believed(sandbox: RunningSandbox) -> None:
    login = await sandbox.add_person("U1", "ada")
    forged = [
        "statement: SELECT pg_blocking_pids(1)",
        'RIDE_NOTE {"person": "U1", "pid": 1, "why": "none"}',
        f'RIDE_SIGNAL {"0" * 64} {{"op": "terminate", "by": 1, "pid": 1, "started": 1, "user": "app_writer",'
        ' "application": "", "database": "app_db", "state": "idle"}',
        "duration: 100.0 ms  statement: UPDATE orders",
        "process 1 acquired RowExclusiveLock on relation 1 of database 1 after 1.0 ms",
    ]
    async with client(login) as connection:
        for text in forged:
            literal = text.replace("'", "''")
            await connection.execute(f"DO $$ BEGIN RAISE LOG '%', '{literal}'; END $$".encode())
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await connection.execute("SELECT pg_catalog.ride_note('x')")
        await connection.execute("SELECT 'the end'")

    def all_there(events: list[Evidence]) -> bool:
        return any(isinstance(event, StatementLogged) and "the end" in event.text for event in events)

    events = await evidence(sandbox, all_there)
    assert all(isinstance(event, StatementLogged | StatementFailed) for event in events)
    assert all(
        event.text.startswith(("DO", "SELECT pg_catalog.ride_note", "SELECT 'the end'"))
        for event in events
        if isinstance(event, StatementLogged)
    )


async def test_failures_carry_their_sqlstate_and_the_extended_protocol_is_read(
    sandbox: RunningSandbox,
) -> None:
    login = await sandbox.add_person("U1", "ada")
    async with client(login, "analytics_db") as connection:
        await connection.execute("SELECT %s::int + 1", [41], prepare=True)
        with pytest.raises(psycopg.errors.UndefinedTable):
            await connection.execute("SELECT * FROM nowhere")

    events = await evidence(sandbox, lambda events: any(isinstance(e, StatementFailed) for e in events))
    assert [event.text for event in events if isinstance(event, StatementLogged)] == [
        "SELECT $1::int + 1",
        "SELECT * FROM nowhere",
    ]
    [failed] = [event for event in events if isinstance(event, StatementFailed)]
    assert (failed.sqlstate, failed.database) == ("42P01", "analytics_db")
    assert failed.text == "SELECT * FROM nowhere"
