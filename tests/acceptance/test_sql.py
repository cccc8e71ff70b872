"""/sql in the channel: what a hung statement leaves possible, what the first look shows, and psql beside."""

import asyncio
import re

import pytest

from bot.slack.messages.buttons import CANCEL_SQL
from bot.workspace.people.client import Message
from sandbox.server.binaries import find_binaries
from tests.acceptance.ride_fixtures import PATIENCE, Incident, OpenStage, Stage, ask, private, result_of

END_IT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'migration_runner%'"
)
LOCK_MONITORING = """
  SELECT blocked_locks.pid AS blocked_pid, blocked_activity.usename AS blocked_user,
         blocking_locks.pid AS blocking_pid, blocking_activity.usename AS blocking_user,
         blocked_activity.query AS blocked_statement,
         blocking_activity.query AS current_statement_in_blocking_process
    FROM pg_catalog.pg_locks blocked_locks
    JOIN pg_catalog.pg_stat_activity blocked_activity ON blocked_activity.pid = blocked_locks.pid
    JOIN pg_catalog.pg_locks blocking_locks
      ON blocking_locks.locktype = blocked_locks.locktype
     AND blocking_locks.database IS NOT DISTINCT FROM blocked_locks.database
     AND blocking_locks.relation IS NOT DISTINCT FROM blocked_locks.relation
     AND blocking_locks.page IS NOT DISTINCT FROM blocked_locks.page
     AND blocking_locks.tuple IS NOT DISTINCT FROM blocked_locks.tuple
     AND blocking_locks.virtualxid IS NOT DISTINCT FROM blocked_locks.virtualxid
     AND blocking_locks.transactionid IS NOT DISTINCT FROM blocked_locks.transactionid
     AND blocking_locks.classid IS NOT DISTINCT FROM blocked_locks.classid
     AND blocking_locks.objid IS NOT DISTINCT FROM blocked_locks.objid
     AND blocking_locks.objsubid IS NOT DISTINCT FROM blocked_locks.objsubid
     AND blocking_locks.pid != blocked_locks.pid
    JOIN pg_catalog.pg_stat_activity blocking_activity ON blocking_activity.pid = blocking_locks.pid
   WHERE NOT blocked_locks.granted"""
"""As PostgreSQL's wiki has it, page "Lock Monitoring"."""


async def test_a_hung_describe_leaves_the_kill_possible(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        dana = stage.dana
        incident = await stage.start(dana)
        hung = await ask(dana, incident.channel, "/sql", r"\d orders", lambda m: CANCEL_SQL in m.buttons)
        looked = await ask(dana, incident.channel, "/sql", "select 40 + 2 as answer", result_of(dana))
        assert "in your second session" in looked.words.replace("*", "")
        killed = await ask(dana, incident.channel, "/sql", END_IT, result_of(dana))
        assert "(1 row)" in killed.text
        done = await dana.wait_for(
            incident.channel, lambda m: m.ts == hung.ts and "orders_pkey" in m.words, PATIENCE
        )
        assert CANCEL_SQL not in done.buttons
        postmortem = await dana.wait_for(incident.channel, lambda m: "Postmortem" in m.text, PATIENCE)
        assert "Fix 40/40" in postmortem.words.replace("*", "")


async def test_in_a_transaction_there_is_no_second_session(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        dana = stage.dana
        incident = await stage.start(dana)
        await ask(
            dana,
            incident.channel,
            "/sql",
            "begin; select count(*) from orders",
            lambda m: CANCEL_SQL in m.buttons,
        )
        busy = await ask(dana, incident.channel, "/sql", "select 1", private)
        assert "Not sent" in busy.words
        assert "open transaction" in busy.words


async def test_a_watch_is_one_message_that_ends_with_the_next_statement(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        dana = stage.dana
        incident = await stage.start(dana)
        typed = r"select count(*), clock_timestamp() from pg_stat_activity \watch i=2"
        first = await ask(
            dana, incident.channel, "/sql", typed, lambda m: "Run 1, repeated every 2 s" in m.words
        )
        again = await dana.wait_for(
            incident.channel, lambda m: m.ts == first.ts and "Run 2" in m.words, PATIENCE
        )
        assert again.text != first.text
        await ask(dana, incident.channel, "/sql", "select 1 as one", result_of(dana))
        over = await dana.wait_for(
            incident.channel, lambda m: m.ts == first.ts and "watch has ended" in m.words, PATIENCE
        )
        assert "repeated every" not in over.words
        history = await dana.messages(incident.channel)
        assert [m.ts for m in history if "clock_timestamp" in m.words] == [first.ts]


@pytest.mark.parametrize(
    "typed", ["select * from pg_stat_activity", LOCK_MONITORING], ids=["activity", "locks"]
)
async def test_the_first_look_shows_every_row_and_the_blocker(open_stage: OpenStage, typed: str) -> None:
    async with open_stage() as stage:
        dana = stage.dana
        incident = await stage.start(dana)
        found = await ask(
            dana,
            incident.channel,
            "/sql",
            "select pid from pg_stat_activity where usename in ('app_writer', 'migration_runner')",
            result_of(dana),
        )
        pids = re.findall(r"^ (\d+)$", found.text, re.MULTILINE)
        assert len(pids) == 5
        answer = await ask(dana, incident.channel, "/sql", typed, result_of(dana))
        assert all(pid in answer.words for pid in pids)
        assert "ALTER TABLE" in answer.words
        assert "in this message's thread" in answer.words
        told = await dana.wait_for(incident.channel, lambda m: bool(m.files), PATIENCE, thread_ts=answer.ts)
        content = (await dana.file(told.files[0].id)).decode()
        assert content.split("\n")[0].startswith("-- ")
        assert "ALTER TABLE orders ALTER COLUMN customer_id TYPE bigint" in content


async def test_what_was_run_is_shown_as_it_was_typed(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        dana = stage.dana
        incident = await stage.start(dana)
        answer = await ask(
            dana,
            incident.channel,
            "/sql",
            "select 'a@b.io' as mail, 5 – 3 as two – – why",
            lambda m: m.is_bot,
        )
        assert "'a@b.io'" in answer.words
        assert "mailto:" not in answer.words


async def test_one_line_has_the_same_effect_and_score_in_psql(open_stage: OpenStage) -> None:
    """An error in the middle takes nothing back, and what comes after it runs."""
    line = f"select pid, pg_blocking_pids(pid) from pg_stat_activity; select nope; {END_IT}; vacuum orders;"
    async with open_stage() as stage:
        here, there = await asyncio.gather(stage.start(stage.dana), stage.start(stage.sam))
        answer = await ask(stage.dana, here.channel, "/sql", line, result_of(stage.dana))
        assert "1 of 4 statements failed" in answer.words
        said = await _in_psql(stage, there, line)
        assert "VACUUM" in said
        assert "VACUUM" in answer.words
        cards = [
            await person.wait_for(incident.channel, lambda m: "Postmortem" in m.text, PATIENCE)
            for person, incident in ((stage.dana, here), (stage.sam, there))
        ]
        assert _points(cards[0]) == _points(cards[1])


async def _in_psql(stage: Stage, incident: Incident, line: str) -> str:
    told = await ask(stage.sam, incident.channel, "/ride", "connect", private)
    found = re.search(r"postgresql://[^\s`\"]+", told.words)
    assert found is not None
    psql = (await find_binaries(None)).folder / "psql"
    process = await asyncio.create_subprocess_exec(
        psql, "-X", found[0],
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate(f"{line}\n".encode())
    return said.decode()


def _points(card: Message) -> list[str]:
    return re.findall(r"\d+/\d+", card.words)
