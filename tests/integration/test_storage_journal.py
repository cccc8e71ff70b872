"""The journal: appended in order, without gaps, together with the log's offset."""

import asyncio
import gc
from collections.abc import Coroutine
from contextvars import ContextVar, copy_context
from itertools import count

import pytest
from sqlalchemy import Engine, event

from scenarios.journal.events import Event, StatementFailed, StatementLogged
from storage.database import Database
from storage.errors import UnknownRideError
from storage.rides import RideStore
from tests.integration.storage_fixtures import NOW, hint, ride


async def test_events_come_back_as_they_went_in(rides: RideStore) -> None:
    await rides.add(ride())
    odd = "SELECT '🐘\0\u2028'"
    events: list[Event] = [
        StatementLogged(
            at=NOW, person="U1", session="6.1", pid=7, database="app_db", application="psql", text=odd
        ),
        StatementFailed(
            at=NOW, person="U1", session="6.1", pid=7, database="app_db", sqlstate="42601", message='near "x"'
        ),
        hint(1),
    ]
    assert await rides.append("r1", events[:2], log_offset=2**40) == [1, 2]
    assert await rides.append("r1", events[2:]) == [3]
    assert await rides.journal("r1") == list(enumerate(events, start=1))
    assert await rides.journal("r1", after=2) == [(3, events[2])]
    stored = await rides.get("r1")
    assert stored is not None
    assert stored.log_offset == 2**40


async def test_an_offset_alone_is_stored(rides: RideStore) -> None:
    await rides.add(ride())
    assert await rides.append("r1", [], log_offset=12) == []
    stored = await rides.get("r1")
    assert stored is not None
    assert stored.log_offset == 12


async def test_a_ride_that_is_not_there_has_no_journal(rides: RideStore) -> None:
    with pytest.raises(UnknownRideError):
        await rides.append("r9", [hint(1)], log_offset=3)
    assert await rides.journal("r9") == []


async def test_concurrent_appends_take_turns(rides: RideStore, storage_url: str) -> None:
    """From two programs (each has a Database) and many tasks: no gap, nothing twice, whole batches."""
    for ride_id, person in (("r1", "U1"), ("r2", "U2")):
        await rides.add(ride(ride_id, learners=(person,)))
    async with Database(storage_url) as other:
        stores = [rides, RideStore(other)]
        batches = [[hint(10 * number), hint(10 * number + 1)] for number in range(20)]
        numbers = await asyncio.gather(
            *(stores[i % 2].append(f"r{1 + i % 2}", batch) for i, batch in enumerate(batches)),
            *(stores[(i + 1) % 2].append(f"r{1 + i % 2}", batch) for i, batch in enumerate(batches)),
        )
    for which in (0, 1):
        given = [number for i, pair in enumerate(numbers) if i % 2 == which for number in pair]
        assert sorted(given) == list(range(1, 41))
        journal = await rides.journal(f"r{which + 1}")
        assert [seq for seq, _ in journal] == list(range(1, 41))
        for (_, first), (_, second) in zip(journal[::2], journal[1::2], strict=True):
            assert second.at > first.at


async def _cancelled_in(statement: int, work: Coroutine[object, object, object]) -> bool:
    """Run something, cancelled while it waits for its statement of this number; whether it had so many."""
    statements = count()
    mine = ContextVar("mine", default=False)
    context = copy_context()
    context.run(mine.set, True)

    def on_execute(*_: object) -> None:
        # What was cancelled before may still be at work.
        if mine.get() and next(statements) == statement:
            task.cancel()

    event.listen(Engine, "before_cursor_execute", on_execute)
    task = asyncio.create_task(work, context=context)
    await asyncio.wait([task])
    event.remove(Engine, "before_cursor_execute", on_execute)
    return task.cancelled()


async def test_a_cancelled_append_is_carried_through(rides: RideStore) -> None:
    """No half batch, and no lock or turn is left behind."""
    await rides.add(ride())
    at = 0
    while await _cancelled_in(at, rides.append("r1", [hint(1), hint(2)], log_offset=at)):
        at += 1
    assert at > 3
    assert await rides.append("r1", [hint(3)]) == [2 * (at + 1) + 1]
    assert [seq for seq, _ in await rides.journal("r1")] == list(range(1, 2 * (at + 1) + 2))


async def test_closing_waits_for_what_was_begun(storage_url: str) -> None:
    async with Database(storage_url) as database:
        await RideStore(database).add(ride())
        assert await _cancelled_in(0, RideStore(database).append("r1", [hint(1)]))
    async with Database(storage_url) as database:
        assert await RideStore(database).journal("r1") == [(1, hint(1))]


async def test_cancelling_while_it_connects_leaves_no_connection_behind(storage_url: str) -> None:
    """A connection that is left behind warns when it is collected, and warnings are errors."""
    for turns in range(12):
        async with Database(storage_url) as database:
            task = asyncio.create_task(RideStore(database).append("r1", [hint(1)]))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
            gc.collect()
            assert await RideStore(database).journal("r1") == []
