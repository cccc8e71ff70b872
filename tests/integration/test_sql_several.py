"""Several statements in one text of /sql do what they do in psql, and look the same."""

import asyncio

import pytest
from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from sandbox.answer import Failed, Finished, Lost, StillRunning
from sandbox.server.binaries import find_binaries
from sandbox.sql_session.conversation import Limits
from sandbox.sql_session.person_session import PersonSession
from tests.integration.test_sql_session import failed, finished
from tests.integration.throwaway_server import Backstage, Server, backstage, holder, server, session

__all__ = ["backstage", "holder", "server", "session"]


async def in_psql(server: Server, typed: str) -> str:
    """What psql prints for a text that is typed into it."""
    login = server.login
    place = f"host={login.host} port={login.port} dbname={login.database}"
    conninfo = f"{place} user={login.role} password={login.password}"
    process = await asyncio.create_subprocess_exec(
        (await find_binaries(None)).folder / "psql", "-X", "-P", "pager=off", conninfo,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate(f"{typed}\n".encode())
    # psql fills the header's last column with spaces, which nobody sees.
    return "\n".join(line.rstrip() for line in said.decode().split("\n")).rstrip("\n")


@pytest.mark.parametrize(
    "typed",
    [
        "select 1 as a; select 'x' as b;",
        "select 1 as a; slect 2; select 3 as c;",
        "begin; select 1 as a; select 1/0; select 2 as b; commit; select 3 as c;",
        "create temp table t (n int); insert into t select 1; insert into t values (1/0); select * from t;",
        "set lock_timeout = '2s'; show lock_timeout; -- why not",
        "select 1 as a\\gx",
        "create function pg_temp.f() returns int begin atomic select 1; select 2; end; select pg_temp.f();",
        "vacuum orders; select 'a vacuum runs in no block' as note;",
        "do $$ begin raise notice 'one;'; end $$; do $$ begin raise notice 'two'; end $$;",
        "copy (select 1) to stdout; select 2 as b;",
    ],
)
async def test_it_is_answered_as_by_psql(session: PersonSession, server: Server, typed: str) -> None:
    answer = await session.run(typed)
    assert isinstance(answer, Finished | Failed)
    assert answer.text == await in_psql(server, typed)


async def test_each_commits_on_its_own(
    session: PersonSession, holder: AsyncConnection[TupleRow], server: Server
) -> None:
    await finished(session, "create table marks (n int)")
    answer = await failed(session, "insert into marks values (1); insert into marks values (1/0); select 7")
    assert (answer.sqlstate, answer.failed, answer.statements) == ("22012", 1, 3)
    assert answer.errors == ("ERROR:  division by zero",)
    assert answer.results[-1].cells == (("7",),)
    rows = await (await holder.execute("select n from marks")).fetchall()
    assert rows == [(1,)]
    logged = server.statements()
    assert "insert into marks values (1);" in logged
    assert "select 7" in logged
    await finished(session, "drop table marks")


async def test_each_has_its_time(session: PersonSession) -> None:
    await finished(session, r"\timing on")
    answer = await finished(session, "select 1 as a; set lock_timeout = 0")
    assert answer.text.count("Time: ") == 2
    assert answer.text.startswith(" a\n---\n 1\n(1 row)\n\nTime: ")


async def test_a_cancel_ends_the_rest_too(backstage: Backstage, holder: AsyncConnection[TupleRow]) -> None:
    session = PersonSession(backstage, patience=0.5)
    async with holder.transaction():
        await holder.execute("lock table orders in access exclusive mode")
        answer = await session.run("select 1 as a; select count(*) from orders; select 3; select 4")
        assert isinstance(answer, StillRunning)
        assert await session.cancel()
        rest = await answer.finished
    assert isinstance(rest, Failed)
    assert rest.text == (
        " a\n---\n 1\n(1 row)\n\nERROR:  canceling statement due to user request\n"
        "(The 2 statements after it were not sent.)"
    )
    await session.close()


async def test_a_lost_session_tells_what_came_before_and_sends_no_more(
    session: PersonSession, server: Server
) -> None:
    answer = await session.run(
        "select 1 as a; select pg_terminate_backend(pg_backend_pid()); select 'after it'"
    )
    assert isinstance(answer, Lost)
    assert answer.text.startswith(" a\n---\n 1\n(1 row)\n\nYour session was ended")
    assert answer.text.endswith("(The statement after it was not sent.)")
    assert "select 'after it'" not in server.statements()


async def test_what_is_kept_of_all_has_one_limit(backstage: Backstage) -> None:
    session = PersonSession(backstage, limits=Limits(kept_bytes=2000))
    answer = await finished(session, "select repeat('x', 900) as v;" * 5)
    assert [len(result.cells) for result in answer.results] == [1, 1, 1, 0, 0]
    assert answer.results[-1].truncated
    assert "(1 row, not shown: the output before was too long)" in answer.text
    await session.close()


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1", "EUC_TW"])
async def test_an_encoding_of_the_persons_choice(session: PersonSession, encoding: str) -> None:
    await finished(session, f"set client_encoding = '{encoding}'")
    assert (await finished(session, "select 'plain' as v")).results[0].cells == (("plain",),)
    if encoding == "EUC_TW":
        assert "can't be sent" in (await failed(session, "select '中'")).text
        answer = await finished(session, r"select U&'\4E2D' as v, 'a' as w")
        assert "�" in (answer.results[0].cells[0][0] or "")
        assert "RESET client_encoding" in answer.text
        assert "as user" in (await finished(session, r"\conninfo")).text
        notice = await finished(session, "do $$ begin raise notice 'told'; end $$")
        assert notice.notices == ("NOTICE:  told",)
    else:
        assert (await finished(session, "select 'é' as v")).results[0].cells == (("é",),)
