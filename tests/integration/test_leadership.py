"""Who leads of several programs on one PostgreSQL, and that nobody does who only believes so."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator

import psycopg
import pytest
from sqlalchemy import text

from storage.database import Database
from storage.errors import DatabaseUnavailableError
from storage.leadership import LeaderLock
from storage.rides import RideStore
from tests.integration.network_cut import Cable
from tests.integration.storage_fixtures import Server, ride

TAKEN_OVER_WITHIN = 10.0
"""Seconds from a leader's death to the next one's lead."""


@pytest.fixture
def url(storage_server: Server) -> str:
    return storage_server.new_database()


@pytest.fixture
async def cable(storage_server: Server) -> AsyncIterator[Cable]:
    async with Cable(storage_server.sockets) as laid:
        yield laid


async def leads(lock: LeaderLock) -> float:
    """Ask until it leads; gives the seconds that it took."""
    began = time.monotonic()
    while not await lock.take():  # noqa: ASYNC110 - the server doesn't tell
        await asyncio.sleep(0.1)
    return time.monotonic() - began


async def nobody_is_in_a_transaction(url: str) -> None:
    """Until the server has ended whoever was idle in one."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'"
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as admin:
        while (await (await admin.execute(query)).fetchone()) != (0,):  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def test_one_leads_and_the_next_one_after_it(url: str) -> None:
    async with LeaderLock(url) as one, LeaderLock(url) as other:
        assert await one.take()
        assert not await other.take()
        await one.hold()
        await one.close()
        assert await leads(other) < 1.0
        with pytest.raises(asyncio.CancelledError):
            await one.hold()


async def test_other_databases_have_other_leaders(url: str, storage_server: Server) -> None:
    async with LeaderLock(url) as one, LeaderLock(storage_server.new_database()) as other:
        assert await one.take()
        assert await other.take()


async def test_a_session_that_is_ended_leads_no_more(url: str) -> None:
    async with LeaderLock(url) as one:
        assert await one.take()
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
        assert "terminat" in await asyncio.wait_for(one.lost(), TAKEN_OVER_WITHIN)
        with pytest.raises(asyncio.CancelledError):
            await one.hold()


async def test_a_cable_that_is_cut_without_a_word(url: str, cable: Cable) -> None:
    """The leader stops before the next one can begin."""
    async with LeaderLock(cable.url(url)) as one, LeaderLock(url) as other:
        assert await one.take()
        assert not await other.take()
        cable.cut()
        began = time.monotonic()
        lost = asyncio.create_task(one.lost())
        took = asyncio.create_task(leads(other))
        done, _ = await asyncio.wait({lost, took}, return_when=asyncio.FIRST_COMPLETED)
        assert done == {lost}
        assert "doesn't answer" in await lost
        await took
        assert time.monotonic() - began < TAKEN_OVER_WITHIN


async def test_in_doubt_it_waits_and_goes_on_when_the_answer_comes(url: str) -> None:
    seconds = [0.0]
    async with LeaderLock(url, clock=lambda: seconds[0]) as one:
        assert await one.take()
        seconds[0] = 4.0
        holding = asyncio.create_task(one.hold())
        done, _ = await asyncio.wait({holding}, timeout=0.2)
        assert done == set()
        await holding  # the next beat


PROGRAM = """
import asyncio, sys
from storage.leadership import LeaderLock

async def main():
    async with LeaderLock(sys.argv[1]) as lock:
        assert await lock.take()
        print("leads", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        try:
            await lock.hold()
        except asyncio.CancelledError:
            print("held back", flush=True)
        else:
            print("went on", flush=True)

asyncio.run(main())
"""


@pytest.fixture
async def leader(url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Another program, which leads."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM, url), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"leads\n"
    yield process
    if process.returncode is None:
        process.kill()
    await process.communicate()


async def test_a_leader_that_was_killed(url: str, leader: asyncio.subprocess.Process) -> None:
    async with LeaderLock(url) as other:
        assert not await other.take()
        leader.kill()
        assert await leads(other) < 2.0


async def test_a_leader_that_is_paused_does_nothing_when_it_comes_back(
    url: str, leader: asyncio.subprocess.Process
) -> None:
    """Its connection stands all the while: the kernel answers for a process that is paused."""
    assert leader.stdin is not None
    assert leader.stdout is not None
    async with LeaderLock(url) as other:
        assert not await other.take()
        os.kill(leader.pid, signal.SIGSTOP)
        leader.stdin.write(b"go on\n")
        await leader.stdin.drain()
        assert await leads(other) < TAKEN_OVER_WITHIN
        os.kill(leader.pid, signal.SIGCONT)
        assert await leader.stdout.readline() == b"held back\n"


async def test_what_a_leader_writes_when_its_time_is_over_is_not_stored(url: str) -> None:
    async with LeaderLock(url) as lock:
        assert await lock.take()
        async with Database(url, fence=lock) as database:
            rides = RideStore(database)
            await rides.add(ride("r1"))
            lock.give_up("another one leads")
            with pytest.raises(asyncio.CancelledError):
                await rides.add(ride("r2"))
            assert await rides.ids() == ["r1"]


async def test_a_leader_that_is_paused_within_a_transaction_loses_it(url: str) -> None:
    async with LeaderLock(url) as lock:
        assert await lock.take()
        async with Database(url, fence=lock) as database:
            rides = RideStore(database)
            await rides.add(ride("r1"))

            async def paused() -> None:
                async with database.session() as session:
                    await session.execute(text("UPDATE rides SET card_ts = '1.0'"))
                    await nobody_is_in_a_transaction(url)
                    await session.execute(text("UPDATE rides SET card_ts = '2.0'"))

            with pytest.raises(asyncio.CancelledError):
                await paused()
            assert "idle-in-transaction" in await lock.lost()
            assert await rides.get("r1") == ride("r1")


async def test_a_server_that_is_not_there(tmp_path: object) -> None:
    lock = LeaderLock(f"postgresql://ada:secret@/ride?host={tmp_path}")
    with pytest.raises(DatabaseUnavailableError, match="Check that the server is running") as refused:
        await lock.open()
    assert "secret" not in str(refused.value)
