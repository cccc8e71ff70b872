"""A database that another program holds for longer than a try waits: all that was asked is done after it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import psycopg
import pytest

from storage.database import Database
from storage.errors import DatabaseBusyError, DatabaseFullError, StaleRideError
from storage.messages import MessageStore
from storage.patience import HeldUp, Patience
from storage.rides import RideStore
from tests.integration.lock_holder import held
from tests.integration.storage_fixtures import NOW, Server, hint, ride

NEVER = 3600.0
"""Seconds after which people are told, in tests that are over long before."""


@dataclass
class News:
    """What a watcher was told."""

    told: list[HeldUp | None] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, news: HeldUp | None) -> None:
        self.told.append(news)
        self.changed.set()

    async def next(self) -> HeldUp | None:
        async with asyncio.timeout(20):
            await self.changed.wait()
        self.changed.clear()
        return self.told[-1]


WAITING = """
    SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()
"""


@pytest.fixture
def news() -> News:
    return News()


@pytest.fixture
async def patient(storage_url: str, news: News) -> AsyncIterator[Database]:
    """A database whose tries are short, and people told soon."""
    patience = Patience(tell_after=0.5)
    patience.watch(news.hear)
    async with Database(storage_url, busy_timeout=0.1, patience=patience) as database:
        yield database


async def test_a_write_waits_for_a_lock_that_lasts(patient: Database, storage_url: str, news: News) -> None:
    store = RideStore(patient)
    async with held(storage_url):
        writes = [asyncio.create_task(store.add(ride(f"r{n}", learners=(f"U{n}",)))) for n in range(3)]
        assert await news.next() == HeldUp(full=False)
        assert [write.done() for write in writes] == [False] * 3
    await asyncio.gather(*writes)
    assert news.told == [HeldUp(full=False), None]  # once each
    assert sorted(await store.ids()) == ["r0", "r1", "r2"]


async def test_events_that_waited_are_there_once_and_in_their_order(
    patient: Database, storage_url: str, news: News
) -> None:
    store = RideStore(patient)
    await store.add(ride())
    async with held(storage_url):
        appended = asyncio.create_task(store.append("r1", [hint(1), hint(2)]))
        await news.next()
    await appended
    await store.append("r1", [hint(3)])
    assert [event for _, event in await store.journal("r1")] == [hint(1), hint(2), hint(3)]


async def test_who_waits_does_not_keep_the_others_from_reading(storage_server: Server, news: News) -> None:
    url, patience = storage_server.new_database(), Patience(tell_after=0.5)
    patience.watch(news.hear)
    async with Database(url, busy_timeout=1, patience=patience) as database:
        store = RideStore(database)
        await store.add(ride("first"))
        async with held(url):
            many = [ride(f"r{n}", learners=(f"V{n}",)) for n in range(30)]
            writes = [asyncio.create_task(store.add(one)) for one in many]
            await news.next()
            async with asyncio.timeout(5):
                assert await store.ids() == ["first"]
        await asyncio.gather(*writes)
        assert len(await store.ids()) == 31


async def test_a_program_that_stops_waits_no_more(storage_url: str, news: News) -> None:
    patience = Patience(tell_after=0.1)
    patience.watch(news.hear)
    database = Database(storage_url, busy_timeout=0.5, patience=patience)
    await database.open()
    store = RideStore(database)
    async with held(storage_url):
        writes = [asyncio.create_task(store.add(ride(f"r{n}", learners=(f"U{n}",)))) for n in range(20)]
        await news.next()
        loop = asyncio.get_running_loop()
        began = loop.time()
        await database.close()
        # And not 20 tries, one after the other.
        assert loop.time() - began < 4
    failures = await asyncio.gather(*writes, return_exceptions=True)
    assert {type(failure) for failure in failures} == {DatabaseBusyError}


async def test_what_is_refused_is_not_tried_again(patient: Database) -> None:
    store = RideStore(patient)
    await store.add(ride())
    await store.update(ride(state="live"))
    with pytest.raises(StaleRideError):
        await store.update(ride(state="live"))


@dataclass
class Leadership:
    """A fence that a test takes down."""

    over: bool = False
    held: int = 0

    async def hold(self) -> None:
        self.held += 1
        if self.over:
            raise asyncio.CancelledError

    def give_up(self, why: str) -> None:
        self.over = True


async def test_what_waited_beyond_the_leadership_is_not_written(storage_server: Server) -> None:
    url, fence = storage_server.new_database(), Leadership()
    async with Database(url, fence=fence, patience=Patience()) as database:
        store = RideStore(database)
        await store.add(ride())
        async with held(url), await psycopg.AsyncConnection.connect(url, autocommit=True) as looking:
            writing = asyncio.create_task(store.append("r1", [hint(1)]))
            async with asyncio.timeout(10):
                while await (await looking.execute(WAITING)).fetchone() == (0,):  # noqa: ASYNC110 - no event
                    await asyncio.sleep(0.01)
            fence.over = True
        await asyncio.gather(writing, return_exceptions=True)
        assert writing.cancelled()
        assert await store.journal("r1") == []


# -- patience by itself


async def test_nobody_is_told_of_a_short_lock(news: News) -> None:
    patience, tries = Patience(tell_after=NEVER), [DatabaseBusyError("held"), DatabaseFullError("full"), None]
    patience.watch(news.hear)

    async def work() -> int:
        if (error := tries.pop(0)) is not None:
            raise error
        return 7

    assert await patience.through(work) == 7
    assert news.told == []


async def test_a_full_disk_is_told_as_one(news: News) -> None:
    patience, room = Patience(tell_after=0.01), asyncio.Event()
    patience.watch(news.hear)

    async def work() -> None:
        if not room.is_set():
            raise DatabaseFullError("full")

    writing = asyncio.create_task(patience.through(work))
    assert await news.next() == HeldUp(full=True)
    room.set()
    await writing
    assert news.told == [HeldUp(full=True), None]


async def test_who_no_longer_waits_holds_up_nobody(news: News) -> None:
    patience = Patience(tell_after=0.01)
    patience.watch(news.hear)

    async def work() -> None:
        raise DatabaseBusyError("held")

    writing = asyncio.create_task(patience.through(work))
    await news.next()
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    assert news.told[-1] is None


async def test_messages_that_go_together_wait_together(
    patient: Database, storage_url: str, news: News
) -> None:
    await RideStore(patient).add(ride())
    store = MessageStore(patient)
    async with held(storage_url, "messages"):
        begun = [asyncio.create_task(store.begin("T1", "C1", f"k{n}", NOW)) for n in range(20)]
        assert await news.next() == HeldUp(full=False)
    assert await asyncio.gather(*begun) == [None] * 20
    assert len(await store.of("T1", "C1")) == 20


async def test_nobody_waits_for_messages_that_a_leader_no_more_does_not_write(storage_url: str) -> None:
    fence = Leadership()
    async with Database(storage_url, fence=fence) as database:
        store = MessageStore(database)
        fence.over = True
        begun = [asyncio.create_task(store.begin("T1", "C1", f"k{n}", NOW)) for n in range(60)]
        async with asyncio.timeout(10):
            await asyncio.gather(*begun, return_exceptions=True)
        assert all(one.cancelled() for one in begun)
