"""What a person can't do in a sandbox, and what comes of it when they use up more than is good for it."""

from dataclasses import replace

import psycopg
import pytest
from psycopg import errors

from sandbox.server.running import RunningSandbox
from sandbox.server.watchdog import Limits
from scenarios.journal.events import Evidence, WatchdogActed
from scenarios.model.scenario import Scenario
from tests.integration.sandbox_fixtures import Settings, client, evidence, limited, rows, running

DENIED = [
    "COPY (SELECT 1) TO PROGRAM 'id'",
    "COPY orders FROM PROGRAM 'id'",
    "COPY (SELECT 1) TO '/tmp/x'",
    "COPY orders FROM '/etc/passwd'",
    "ALTER SYSTEM SET log_statement = 'none'",
    "SELECT pg_reload_conf()",
    "SELECT pg_rotate_logfile()",
    "SELECT pg_read_file('postgresql.conf')",
    "SELECT pg_read_binary_file('global/pg_control')",
    "SELECT pg_ls_dir('.')",
    "SELECT pg_stat_file('log/pg.json')",
    "SELECT pg_ls_logdir()",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_create(0)",
    "SELECT lo_from_bytea(0, '\\x00')",
    "CREATE EXTENSION pg_trgm",
    "CREATE EXTENSION dblink",
    "CREATE EXTENSION file_fdw",
    "CREATE SCHEMA own",
    "CREATE DATABASE own",
    "CREATE ROLE own",
    "CREATE TEMPORARY TABLE own ()",
    "CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'x'",
    "CREATE FUNCTION pg_catalog.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE TABLE pg_catalog.own ()",
    "CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "SET ROLE migration_runner",
    "SET ROLE app_writer",
    "SET ROLE observer",
    "SET ROLE ride_signal",
    "SET SESSION AUTHORIZATION app_writer",
    "SET log_statement = 'none'",
    "SET log_min_messages = panic",
    "SET log_min_error_statement = panic",
    "SET session_preload_libraries = 'x'",
    "LOAD 'auto_explain'",
    "ALTER ROLE CURRENT_USER SET log_statement = 'none'",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "ALTER ROLE app_writer PASSWORD 'x'",
    "ALTER ROLE app_writer SET lock_timeout = '1s'",
    "ALTER DATABASE app_db SET log_statement = 'none'",
    "ALTER DATABASE app_db OWNER TO CURRENT_USER",
    "GRANT pg_signal_backend TO CURRENT_USER",
    "SELECT pg_catalog.ride_terminate_native(1, 0)",
    "SELECT pg_catalog.ride_cancel_native(1)",
    "SELECT pg_catalog.ride_record_signal('terminate', 1)",
    "SELECT pg_catalog.ride_note('x')",
    "SELECT key FROM pg_catalog.ride_signal_key",
    "ALTER FUNCTION pg_catalog.pg_terminate_backend(int, bigint) RENAME TO x",
    "DROP FUNCTION pg_catalog.pg_terminate_backend(int, bigint)",
    "SELECT * FROM pg_authid",
    "SELECT pg_stat_reset()",
    "SELECT public.pg_stat_statements_reset()",
    "DROP DATABASE analytics_db",
    "CHECKPOINT",
    "CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p",
]


async def test_no_way_out(sandbox: RunningSandbox) -> None:
    login = await sandbox.add_person("U1", "ada")
    allowed = []
    async with client(login) as connection:
        for role in ("", "SET ROLE app_owner"):
            if role:
                await connection.execute(role.encode())
            for statement in DENIED:
                try:
                    await connection.execute(statement.encode())
                except (errors.InsufficientPrivilege, errors.CantChangeRuntimeParam):
                    continue
                allowed.append(f"{role or 'self'}: {statement}")
    assert allowed == []
    assert await sandbox.check_alive() is None


async def test_nobody_else_gets_in_by_tcp(sandbox: RunningSandbox) -> None:
    login = await sandbox.add_person("U1", "ada")
    for role in ("app_writer", "migration_runner", "reporting", "observer", "app_owner", "postgres"):
        for database in ("app_db", "postgres", "template1"):
            stranger = replace(login, role=role, password="x", database=database)
            with pytest.raises(psycopg.OperationalError, match=r"no pg_hba\.conf entry"):
                async with client(stranger):
                    pass
    for database in ("template1", "template0"):
        with pytest.raises(psycopg.OperationalError, match=r"permission denied|not currently accepting"):
            async with client(replace(login, database=database)):
                pass
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        async with client(replace(login, password="wrong")):
            pass


async def test_the_stand_ins_look_like_the_originals(sandbox: RunningSandbox) -> None:
    login = await sandbox.add_person("U1", "ada")
    async with client(login, "analytics_db") as connection:
        found = await rows(
            connection,
            "SELECT proname::text, pg_get_function_arguments(oid), pg_get_function_result(oid), provolatile, "
            "proisstrict, proparallel, prokind FROM pg_proc "
            "WHERE proname IN ('pg_terminate_backend', 'pg_cancel_backend') ORDER BY 1",
        )
        assert found == [
            ("pg_cancel_backend", "pid integer", "boolean", "v", True, "s", "f"),
            ("pg_terminate_backend", "pid integer, timeout bigint DEFAULT 0", "boolean", "v", True, "s", "f"),
        ]
        assert await rows(connection, "SELECT pg_terminate_backend(NULL)") == [(None,)]
        # A client that asks to see the log's messages does not see the record, nor the signature in it.
        heard: list[str | None] = []
        connection.add_notice_handler(lambda notice: heard.append(notice.message_primary))
        await connection.execute("SET client_min_messages = log")
        await rows(connection, "SELECT pg_cancel_backend(2147483647)")
        assert not [text for text in heard if "RIDE" in (text or "")]


@pytest.mark.parametrize(
    ("bomb", "refusal"),
    [
        ("SELECT count(*) FROM (SELECT g FROM generate_series(1, 20000000) g ORDER BY -g) s", "53400"),
        ("SELECT length(repeat('x', 1000000000) || repeat('y', 73741823))", "53200"),
        (
            "SELECT array_agg(s.g) FROM (SELECT repeat(generate_series(1, 10000000)::text, 1000) AS g) AS s",
            "53200",
        ),
        (
            "CREATE FUNCTION f(int) RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN f($1 + 1); END'; "
            "SELECT f(1)",
            "54001",
        ),
    ],
    ids=["sort", "string", "array", "recursion"],
)
async def test_a_bomb_ends_with_an_error_and_nothing_else(
    sandbox: RunningSandbox, bomb: str, refusal: str
) -> None:
    login = await sandbox.add_person("U1", "ada")
    async with client(login) as connection:
        writers = "SELECT pid FROM pg_stat_activity WHERE usename = 'app_writer' ORDER BY pid"
        before = await rows(connection, writers)
        with pytest.raises(psycopg.Error) as caught:
            await connection.execute(bomb.encode())
        assert caught.value.sqlstate == refusal
        assert await rows(connection, writers) == before
    assert await sandbox.check_alive() is None


@pytest.mark.parametrize(
    ("limits", "bomb", "why"),
    [
        (Limits(burn_seconds=1), "DO $$ BEGIN LOOP END LOOP; END $$", "a statement ran for more than 1 s"),
        (
            Limits(burn_seconds=1),
            "DO $$ BEGIN LOOP BEGIN PERFORM 1 FROM generate_series(1, 10000); EXCEPTION "
            "WHEN query_canceled THEN NULL; END; END LOOP; END $$",
            "a statement ran for more than 1 s",
        ),
        (
            Limits(data=10 << 20),
            "CREATE TABLE big AS SELECT repeat(md5(generate_series(1, 100000000)::text), 20)",
            "the data grew by",
        ),
        (
            Limits(log=2 << 20),
            "DO $$ BEGIN LOOP RAISE LOG '%', repeat('x', 1000); END LOOP; END $$",
            "the log grew by",
        ),
    ],
    ids=["burns", "catches cancels", "data", "log"],
)
async def test_the_watchdog_ends_what_uses_up_too_much(
    any_settings: Settings, scenario: Scenario, limits: Limits, bomb: str, why: str
) -> None:
    async with running(limited(any_settings, limits), scenario) as sandbox:
        login = await sandbox.add_person("U1", "ada")
        async with client(login) as connection, client(login) as patient:
            [(pid,)] = await rows(connection, "SELECT pg_backend_pid()")
            await patient.execute("SELECT 1")
            with pytest.raises(errors.AdminShutdown):
                await connection.execute(bomb.encode())

            def acted(events: list[Evidence]) -> bool:
                return any(isinstance(event, WatchdogActed) for event in events)

            events = await evidence(sandbox, acted)
            [act] = [event for event in events if isinstance(event, WatchdogActed)]
            assert (act.person, act.pid) == ("U1", pid)
            assert act.why.startswith(why)
            assert await rows(patient, "SELECT 1") == [(1,)]
        assert await sandbox.check_alive() is None


async def test_the_watchdog_leaves_alone_who_waits_for_a_lock(
    any_settings: Settings, scenario: Scenario
) -> None:
    limits = limited(any_settings, Limits(burn_seconds=0.5))
    async with running(limits, scenario) as sandbox:
        await sandbox.arm()
        login = await sandbox.add_person("U1", "ada")
        async with client(login) as connection:
            await connection.execute("SET lock_timeout = '4s'")
            with pytest.raises(errors.LockNotAvailable):
                await connection.execute("SELECT count(*) FROM orders")
            assert await rows(connection, "SELECT 1") == [(1,)]
        assert (await sandbox.queue("writers")).blockers[0].group == "migration"
