r"""A second session in /sql while a statement waits in the first: a hung \d keeps nobody from the kill."""

import asyncio

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from sandbox.answer import Answer, Busy, Failed, Finished, Lost, Reason, StillRunning
from sandbox.sql_session.person_session import PersonSession
from tests.integration.test_sql_session import failed, finished, still
from tests.integration.throwaway_server import Backstage, Server, backstage, holder, server, session

__all__ = ["backstage", "holder", "server", "session"]

HUNG = "select count(*) from orders"


async def _hold(holder: AsyncConnection[TupleRow]) -> None:
    await holder.execute("begin")
    await holder.execute("lock table orders in access exclusive mode")


async def test_a_hung_describe_does_not_keep_anybody_from_the_kill(backstage: Backstage) -> None:
    session = PersonSession(backstage, patience=0.5)
    # Their own psql, so that they may end it.
    culprit = await backstage.connect()
    await _hold(culprit)
    hung = await still(session, r"\d orders")
    killed = await finished(session, f"select pg_terminate_backend({culprit.info.backend_pid})")
    assert killed.results[0].cells == (("t",),)
    assert killed.second is not None
    rest = await hung.finished
    assert isinstance(rest, Finished)
    assert "orders_pkey" in rest.text
    assert rest.second is None
    await session.close()
    await culprit.close()


async def test_it_is_the_same_person_in_the_same_database(
    session: PersonSession, holder: AsyncConnection[TupleRow]
) -> None:
    await finished(session, r"\x on")
    first = (await finished(session, "select pg_backend_pid()")).results[0].cells[0][0]
    await _hold(holder)
    hung = await still(session, HUNG)
    answer = await finished(
        session, "select current_user, session_user, current_database(), pg_backend_pid()"
    )
    assert answer.text.startswith("-[ RECORD 1 ]")
    assert answer.results[0].cells[0][:3] == ("lena", "lena", "app_db")
    assert answer.second is not None
    assert answer.results[0].cells[0][3] == str(answer.second.pid) != first
    await holder.execute("rollback")
    assert isinstance(await hung.finished, Finished)
    back = await finished(session, "select pg_backend_pid()")
    assert (back.results[0].cells[0][0], back.second) == (first, None)


async def test_a_transaction_stays_in_its_session(
    session: PersonSession, holder: AsyncConnection[TupleRow]
) -> None:
    await finished(session, "begin; set local lock_timeout = 0")
    await _hold(holder)
    hung = await still(session, HUNG)
    busy = await session.run("select 2")
    assert isinstance(busy, Busy)
    assert (busy.reason, busy.session, busy.running) == (Reason.TRANSACTION, 1, HUNG)
    assert [blocker.pid for blocker in busy.blocked_by] == [holder.info.backend_pid]
    await holder.execute("rollback")
    assert isinstance(await hung.finished, Finished)
    assert (await finished(session, "rollback")).second is None


async def test_a_transaction_of_the_second_session_goes_on_there(
    session: PersonSession, holder: AsyncConnection[TupleRow]
) -> None:
    await _hold(holder)
    hung = await still(session, HUNG)
    assert (await finished(session, "begin")).second is not None
    await holder.execute("rollback")
    await hung.finished
    assert (await failed(session, "select 1/0")).second is not None
    ended = await finished(session, "commit")
    assert (ended.text, ended.transaction) == ("ROLLBACK", "")
    assert ended.second is not None
    assert (await finished(session, "select 1")).second is None


async def test_there_are_two_at_most(backstage: Backstage, holder: AsyncConnection[TupleRow]) -> None:
    session = PersonSession(backstage, patience=0.5)
    await _hold(holder)
    one = await still(session, HUNG)
    two = await still(session, "select max(id) from orders")
    assert (one.session, two.session) == (1, 2)
    busy = await session.run("select 3")
    assert isinstance(busy, Busy)
    assert (busy.reason, busy.session, busy.running) == (Reason.TWO, 1, HUNG)
    assert await session.cancel(2)
    cancelled = await two.finished
    assert isinstance(cancelled, Failed)
    assert cancelled.sqlstate == "57014"
    assert (await finished(session, "select 3")).second is not None
    assert await session.cancel()
    assert isinstance(await one.finished, Failed)
    assert backstage.connects == 2
    await holder.execute("rollback")
    await session.close()


async def test_many_at_once(backstage: Backstage, holder: AsyncConnection[TupleRow]) -> None:
    session = PersonSession(backstage, patience=0.5)
    await _hold(holder)
    answers: list[Answer] = await asyncio.gather(*(session.run(HUNG) for _ in range(5)))
    assert [type(answer) for answer in answers].count(StillRunning) == 2
    assert [type(answer) for answer in answers].count(Busy) == 3
    await session.close()
    for answer in answers:
        if isinstance(answer, StillRunning):
            assert isinstance(await answer.finished, Lost)


async def test_settings_are_the_same_or_it_is_told(
    session: PersonSession, holder: AsyncConnection[TupleRow], server: Server
) -> None:
    await finished(
        session,
        "set work_mem = '8MB'; set lock_timeout = '30s'; set lock_timeout = '1h';"
        " set statement_timeout = 60000; reset work_mem;"
        " set search_path = \"a b\", public; set my.note = 'it is \\ me';"
        " begin; set local enable_seqscan = off; set role app_owner; rollback",
    )
    await finished(session, "begin; set application_name = 'mine'; set timezone to 'Asia/Tokyo'; commit")
    logged = len(server.statements())
    await _hold(holder)
    hung = await still(session, HUNG)
    names = ("lock_timeout", "statement_timeout", "search_path", "my.note", "timezone", "role", "work_mem")
    shown = await finished(session, "".join(f"show {name};" for name in names))
    assert [result.cells[0][0] for result in shown.results] == [
        "1h", "1min", '"a b", "public"', "it is \\ me", "Asia/Tokyo", "none", "4MB",
    ]  # fmt: skip
    assert shown.second is not None
    assert shown.second.unlike == ("set application_name = 'mine'",)
    # Nothing that they didn't type stands in the log as theirs: BEGIN and LOCK are the holder's.
    assert len(server.statements()) == logged + 2 + 1 + len(names)
    await holder.execute("rollback")
    await hung.finished


async def test_a_setting_that_holds_no_more_is_told(
    session: PersonSession, holder: AsyncConnection[TupleRow]
) -> None:
    await holder.execute("create role passing")
    await holder.execute("grant passing to lena")
    await finished(session, "set role passing; set lock_timeout = '1h'")
    await holder.execute("revoke passing from lena")
    hung = await still(session, "select pg_sleep(60)")
    answer = await finished(session, "select current_user, current_setting('lock_timeout')")
    assert answer.results[0].cells == (("lena", "0"),)
    assert answer.second is not None
    assert answer.second.unlike == ("set role passing", "set lock_timeout = '1h'")
    assert await session.cancel()
    await hung.finished
    await holder.execute("drop role passing")
