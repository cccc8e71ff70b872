"""A person's SQL session over a real PostgreSQL: what they type, and what they are answered."""

import asyncio
import signal
import time

import pytest
from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from sandbox.answer import Answer, Failed, Finished, Lost, Refused, StillRunning
from sandbox.sql_session.conversation import Limits
from sandbox.sql_session.person_session import PersonSession
from tests.integration.throwaway_server import (
    Backstage,
    OwnServer,
    Server,
    backstage,
    holder,
    own_server,
    server,
    session,
)

__all__ = ["backstage", "holder", "own_server", "server", "session"]


async def finished(session: PersonSession, text: str) -> Finished:
    answer = await session.run(text)
    assert isinstance(answer, Finished), answer
    return answer


async def failed(session: PersonSession, text: str) -> Failed:
    answer = await session.run(text)
    assert isinstance(answer, Failed), answer
    return answer


async def still(session: PersonSession, text: str) -> StillRunning:
    answer = await session.run(text)
    assert isinstance(answer, StillRunning), answer
    return answer


async def test_a_result_looks_as_in_psql(session: PersonSession) -> None:
    answer = await finished(session, "select 1 as id, '日本' as place, null as nothing, 1.50 as price")
    assert answer.text == (
        " id | place | nothing | price\n"
        "----+-------+---------+-------\n"
        "  1 | 日本  |         |  1.50\n"
        "(1 row)"
    )
    assert answer.results[0].cells == (("1", "日本", None, "1.50"),)
    assert answer.results[0].numeric == (True, False, False, True)
    assert (answer.transaction, answer.database) == ("", "app_db")


async def test_values_are_the_servers_text(session: PersonSession) -> None:
    text = r"""select '{1,NULL}'::int[], '{"a": 1}'::json, '\xdead'::bytea, interval '1 day 2 h', true,
        timestamp '2026-01-02 03:04:05', 'NaN'::numeric, point(1,2), E'a\r\n\x01b'"""
    answer = await finished(session, text)
    assert answer.results[0].cells[0] == (
        "{1,NULL}", '{"a": 1}', "\\xdead", "1 day 02:00:00", "t", "2026-01-02 03:04:05", "NaN", "(1,2)",
        "a\r\n\x01b",
    )  # fmt: skip
    assert "\\r+" in answer.text
    assert "\\x01b" in answer.text


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("slect 1", 'ERROR:  syntax error at or near "slect"\nLINE 1: slect 1\n        ^'),
        (
            "select '日本',\n  nope",
            'ERROR:  column "nope" does not exist\nLINE 2:   nope\n          ^',
        ),
        (
            "select '日本', nope",
            "ERROR:  column \"nope\" does not exist\nLINE 1: select '日本', nope\n                       ^",
        ),
        (
            "select * from order_s",
            'ERROR:  relation "order_s" does not exist\n'
            "LINE 1: select * from order_s\n                      ^",
        ),
        (
            "insert into orders (id) values (1)",
            'ERROR:  duplicate key value violates unique constraint "orders_pkey"\n'
            "DETAIL:  Key (id)=(1) already exists.",
        ),
    ],
)
async def test_an_error_looks_as_in_psql(session: PersonSession, sql: str, text: str) -> None:
    assert (await failed(session, sql)).text == text
    assert (await finished(session, "select 1")).transaction == ""


async def test_hints_are_shown(session: PersonSession) -> None:
    assert (
        "\nHINT:  "
        in (await failed(session, "select id || 1 || note || true from orders where totl = 1")).text
    )


async def test_transactions_and_settings_stay(session: PersonSession) -> None:
    assert (await finished(session, "begin")).transaction == "*"
    assert (await finished(session, "set local application_name = 'mine'")).text == "SET"
    assert (await finished(session, "show application_name")).results[0].cells == (("mine",),)
    assert (await failed(session, "select 1/0")).transaction == "!"
    assert (await failed(session, "select 1")).sqlstate == "25P02"
    assert (await finished(session, "rollback")).transaction == ""
    assert (await finished(session, "set statement_timeout = '1h'")).text == "SET"
    assert (await finished(session, "show statement_timeout")).results[0].cells == (("1h",),)


async def test_several_statements_and_what_came_before_an_error(session: PersonSession) -> None:
    answer = await finished(session, "select 1 as a; begin; select 2 as b; commit")
    assert answer.text == " a\n---\n 1\n(1 row)\n\nBEGIN\n b\n---\n 2\n(1 row)\n\nCOMMIT"
    assert len(answer.results) == 4
    assert (await failed(session, "select 1 as a; select 1/0")).text == (
        " a\n---\n 1\n(1 row)\n\nERROR:  division by zero"
    )


async def test_the_log_has_each_statement_once_as_typed(session: PersonSession, server: Server) -> None:
    typed = "select  'tést 👩‍👩‍👧' ,\n  2 -- why\n;  select 'typed once';"
    await finished(session, typed)
    await failed(session, "slect 'typed once too'")
    logged = server.statements()
    assert logged.count("select  'tést 👩‍👩‍👧' ,\n  2 -- why\n;") == 1
    assert logged.count("select 'typed once';") == 1


async def test_more_rows_than_are_kept(session: PersonSession) -> None:
    answer = await finished(session, "select id from orders order by id")
    assert len(answer.results[0].cells) == 500
    assert answer.results[0].truncated
    assert answer.results[0].status == "SELECT 50000"
    assert answer.text.endswith("(50000 rows; the first 200 are shown)")


async def test_an_update_that_returns_much_is_done_all_the_same(session: PersonSession) -> None:
    await finished(session, "begin")
    answer = await finished(session, "update orders set total = 7 returning *")
    assert answer.text.endswith("UPDATE 50000")
    assert answer.transaction == "*"
    assert (await finished(session, "select count(*) from orders where total = 7")).results[0].cells == (
        ("50000",),
    )
    await finished(session, "rollback")


async def test_far_too_many_rows_are_cancelled(backstage: Backstage) -> None:
    session = PersonSession(backstage, limits=Limits(read_bytes=1_000_000))
    await finished(session, "begin")
    answer = await finished(session, "select n, repeat('x', 100) from generate_series(1, 300000) n")
    assert answer.results[0].truncated
    assert "then the statement was cancelled" in answer.text
    assert "ROLLBACK" in answer.text
    assert answer.transaction == "!"
    await finished(session, "rollback")
    assert (await finished(session, "select 1")).results[0].cells == (("1",),)
    await session.close()


async def test_a_long_value_is_shortened(session: PersonSession) -> None:
    answer = await finished(session, "select repeat('é', 1000000)")
    assert answer.results[0].truncated
    cell = answer.results[0].cells[0][0]
    assert cell is not None
    assert len(cell) < 20_000
    assert len(answer.text) < 10_000


async def test_a_row_too_large_ends_the_session_not_the_program(backstage: Backstage) -> None:
    session = PersonSession(backstage, limits=Limits(row_bytes=8 * 1024 * 1024), patience=30)
    answer = await session.run("select repeat('x', 200000000)")
    assert isinstance(answer, Lost)
    assert "8 MB" in answer.text
    assert (await finished(session, "select 1")).results[0].cells == (("1",),)
    await session.close()


async def test_a_blocked_statement_says_who_stands_in_the_way(
    session: PersonSession, holder: AsyncConnection[TupleRow]
) -> None:
    async with holder.transaction():
        await holder.execute("lock table orders in access exclusive mode")
        start = time.monotonic()
        answer = await still(session, "select count(*) from orders")
        assert 2 < time.monotonic() - start < 6
        assert answer.waiting_for == "Lock/relation"
        assert [blocker.pid for blocker in answer.blocked_by] == [holder.info.backend_pid]
        refused = await session.run(r"\! id")
        assert isinstance(refused, Refused)
    rest = await answer.finished
    assert isinstance(rest, Finished)
    assert rest.results[0].cells == (("50000",),)
    assert (await finished(session, "select 2")).results[0].cells == (("2",),)


@pytest.mark.parametrize("typed", ["select count(*) from orders", r"\d orders"])
async def test_a_blocked_statement_can_be_cancelled(
    backstage: Backstage, holder: AsyncConnection[TupleRow], typed: str
) -> None:
    session = PersonSession(backstage, patience=0.5)
    async with holder.transaction():
        await holder.execute("lock table orders in access exclusive mode")
        answer = await still(session, typed)
        assert answer.waiting_for == "Lock/relation"
        assert [blocker.pid for blocker in answer.blocked_by] == [holder.info.backend_pid]
        assert await session.cancel()
        rest = await answer.finished
        assert isinstance(rest, Failed)
        assert rest.sqlstate == "57014"
        assert not await session.cancel()
    assert (await finished(session, "select 2")).results[0].cells == (("2",),)
    assert "orders_pkey" in (await finished(session, r"\d orders")).text
    await session.close()


async def test_who_ends_their_own_session_gets_a_new_one(
    session: PersonSession, backstage: Backstage
) -> None:
    await finished(session, "set application_name = 'mine'")
    answer = await session.run("select pg_terminate_backend(pg_backend_pid())")
    assert isinstance(answer, Lost)
    assert answer.sqlstate == "57P01"
    assert (await finished(session, "show application_name")).results[0].cells == (("ride",),)
    assert backstage.connects == 2


async def test_a_session_ended_while_idle_sends_nothing(
    session: PersonSession, holder: AsyncConnection[TupleRow], server: Server
) -> None:
    cells = (await finished(session, "begin; select pg_backend_pid()")).results[1].cells
    pid = int(cells[0][0] or 0)
    await holder.execute("select pg_terminate_backend(%s, 5000)", [pid])
    answer = await session.run("delete from orders where id = -1")
    assert isinstance(answer, Lost)
    assert answer.sqlstate == "57P01"
    assert "not sent" in answer.text
    assert "delete from orders where id = -1" not in server.statements()
    assert (await finished(session, "select 1")).transaction == ""


async def test_copy(session: PersonSession) -> None:
    answer = await finished(session, "copy (select n, 'x' from generate_series(1, 3) n) to stdout")
    assert answer.text == "1\tx\n2\tx\n3\tx"
    assert (await finished(session, "copy orders to stdout")).text.endswith("only the beginning is shown)")
    refused = await failed(session, "copy orders from stdin")
    assert refused.sqlstate == "57014"
    assert "INSERT" in refused.text
    assert (await finished(session, "select 1; copy (select 5) to stdout; select 2")).text.count("row)") == 2
    assert (await failed(session, r"copy orders to program 'id'")).sqlstate == "42501"


async def test_notices_and_notifications(session: PersonSession) -> None:
    answer = await finished(
        session, "do $$ begin for n in 1..1000 loop raise notice 'n %', n; end loop; end $$"
    )
    assert answer.notices[0] == "NOTICE:  n 1"
    assert len(answer.notices) == 51
    assert answer.text.endswith("DO")
    assert (
        'notification "jobs" with payload "done"'
        in (await finished(session, "listen jobs; notify jobs, 'done'")).text
    )
    assert (await finished(session, "select 1")).notices == ()


@pytest.mark.parametrize(
    "text", ["", "  ", ";", " ; ; ", "-- only a comment", "/* a /* nested */ one */ ;", "```\n```"]
)
async def test_nothing_to_run(session: PersonSession, backstage: Backstage, text: str) -> None:
    assert isinstance(await session.run(text), Refused)
    assert backstage.connects == 0


@pytest.mark.parametrize("text", ["select '\0'", "select '\ud83d'", "select " + "1" * 1_000_001])
async def test_what_cannot_be_sent(session: PersonSession, backstage: Backstage, text: str) -> None:
    answer = await session.run(text)
    assert isinstance(answer, Refused)
    assert answer.meta_command is None
    assert backstage.connects == 0


async def test_a_long_statement_with_emoji(session: PersonSession) -> None:
    answer = await finished(session, "select length('" + "🐘" * 30_000 + "')")
    assert answer.results[0].cells == (("30000",),)


async def test_client_encoding_is_the_persons_choice(session: PersonSession) -> None:
    await finished(session, "set client_encoding = 'latin1'")
    assert (await finished(session, "select 'é' as \"ü\"")).text == " ü\n---\n é\n(1 row)"
    assert "client_encoding" in (await failed(session, "select '🐘'")).text
    await finished(session, "reset client_encoding")
    assert (await finished(session, "select '🐘'")).results[0].cells == (("🐘",),)


async def test_meta_commands(session: PersonSession) -> None:
    assert 'Indexes:\n    "orders_pkey"' in (await finished(session, r"\d orders")).text
    assert 'Did not find any relation named "nope".' in (await finished(session, r"\d nope")).text
    assert "app_owner" in (await finished(session, r"\dt+ ord*;")).text
    assert "analytics_db" in (await finished(session, r"\l")).text
    assert "AS $function$select 1$function$" in (await finished(session, r"\sf one")).text
    assert (await failed(session, r"\sf none")).sqlstate == "42883"
    for command in (
        r"\d",
        r"\di",
        r"\dn",
        r"\du",
        r"\dx",
        r"\dx+",
        r"\df",
        r"\dt nope",
        r"\dn+",
        r"\l+",
        r"\du+",
        r"\df+ one",
    ):
        assert (await finished(session, command)).text
    assert "plpgsql" in (await finished(session, r"\dx+ plpgsql")).text
    assert "ALTER TABLE" in (await finished(session, r"\h alter table")).text
    assert r"\conninfo" in (await finished(session, r"\?")).text


async def test_display_switches(session: PersonSession) -> None:
    assert (await finished(session, r"select 1 as a \gx")).text == "-[ RECORD 1 ]\na | 1"
    assert (await finished(session, "\\x\nselect 1 as a")).text == (
        "Expanded display is on.\n-[ RECORD 1 ]\na | 1"
    )
    await finished(session, r"\x off")
    assert (await finished(session, "select 1 as a")).text == " a\n---\n 1\n(1 row)"
    await finished(session, r"\timing on")
    assert "\nTime: " in (await finished(session, "select 1 as a")).text


async def test_another_database_as_the_same_person(session: PersonSession) -> None:
    assert (await finished(session, r"\c analytics_db")).database == "analytics_db"
    assert (await finished(session, "select current_database(), current_user")).results[0].cells == (
        ("analytics_db", "lena"),
    )
    missing = await failed(session, r"\c nowhere")
    assert "does not exist" in missing.text
    assert "Previous connection kept" in missing.text
    for elsewhere in (r"\c app_db postgres", r"\c host=example.org", r"\c postgresql://example.org/x"):
        assert (await failed(session, elsewhere)).sqlstate is None
    assert (await finished(session, "select 1")).database == "analytics_db"
    await session.run("select pg_terminate_backend(pg_backend_pid())")
    assert (await finished(session, "select 1")).database == "analytics_db"


async def test_each_end_wakes_the_reader(session: PersonSession, backstage: Backstage) -> None:
    await finished(session, "select 1")
    await failed(session, "select 1/0")
    await session.run("select pg_terminate_backend(pg_backend_pid())")
    assert backstage.ended == 3


async def test_closing_ends_what_runs(backstage: Backstage, holder: AsyncConnection[TupleRow]) -> None:
    session = PersonSession(backstage, patience=0.3)
    answer = await still(session, "select pg_sleep(60)")
    rest = asyncio.ensure_future(answer.finished)
    await session.close()
    assert isinstance(await rest, Lost)
    assert isinstance(await session.run("select 1"), Lost)
    rows = await (
        await holder.execute(
            "select count(*) from pg_stat_activity where query like '%pg_sleep(60)' and state = 'active'"
        )
    ).fetchone()
    assert rows == (0,)


async def test_what_the_server_says_is_harmless(session: PersonSession) -> None:
    answers: list[Answer] = [
        await session.run(
            "select '<!channel> <@U0123> ``` ' || chr(27) || '[31m' || chr(8238) as \"<!here>\""
        ),
        await session.run('select 1 as x from "<!channel>```"'),
        await session.run("do $$ begin raise notice '<!channel>'; end $$"),
    ]
    for answer in answers:
        assert isinstance(answer, Finished | Failed)
        for bad in ("<!channel>", "<!here>", "<@U", "```", "\x1b", "\u202e"):
            assert bad not in answer.text


async def test_a_server_that_goes_away_is_said_so(own_server: OwnServer) -> None:
    session = PersonSession(Backstage(own_server.server))
    await finished(session, "select 1")
    await asyncio.to_thread(own_server.stop)
    answer = await session.run("select 'never sent'")
    assert isinstance(answer, Lost)
    assert answer.sqlstate == "57P01"
    assert "not sent" in answer.text
    again = await session.run("select 1")
    assert isinstance(again, Lost)
    assert "No connection" in again.text
    assert isinstance(await session.run(r"\d"), Lost)
    assert isinstance(await session.run(r"\c analytics_db"), Lost)
    await session.close()


async def test_a_crash_in_the_middle_of_a_statement_is_said_so(own_server: OwnServer) -> None:
    session = PersonSession(Backstage(own_server.server), patience=0.2)
    answer = await still(session, "select pg_sleep(60)")
    await asyncio.to_thread(own_server.stop, signal.SIGQUIT)
    assert isinstance(await answer.finished, Lost)
    await session.close()


@pytest.mark.parametrize(
    "sql",
    [
        "select repeat(E'x\n', 500) from generate_series(1, 200)",
        "select " + ", ".join(["1"] * 1600) + " from generate_series(1, 160)",
        "select case when n = 1 then repeat('x', 1000) end" + ", repeat('y', 1000 / n)" * 200
        + " from generate_series(1, 200) n",
    ],
    ids=["lines", "columns", "width"],
)  # fmt: skip
async def test_an_odd_table_does_not_keep_the_program_from_other_work(
    session: PersonSession, sql: str
) -> None:
    loop = asyncio.get_running_loop()
    longest = 0.0

    async def measure() -> None:
        nonlocal longest
        while True:
            start = loop.time()
            await asyncio.sleep(0)
            longest = max(longest, loop.time() - start)

    await finished(session, "select 1")
    measuring = asyncio.create_task(measure())
    answer = await finished(session, sql)
    measuring.cancel()
    assert longest < 1.5
    assert len(answer.text) < 1_000_000
    assert "shown" in answer.text
