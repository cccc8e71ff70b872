"""Samples: stored on both databases, taken second by second, and never in a ride's way."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bot.rides.sampling import Sampler
from sandbox.provider import Glimpse
from sandbox.server.running import RunningSandbox
from storage.database import Database
from storage.errors import DatabaseBusyError
from storage.rides import RideStore
from storage.samples import SampleRecord, SampleStore
from tests.integration.engine_fakes import STARTED, FakeClock, FakeSandbox
from tests.integration.storage_fixtures import NOW, ride


def sample(second: int, **changes: float) -> SampleRecord:
    values: dict[str, float] = {"writes_per_second": 78.5, "waiting": 4, "oldest_wait": 1.25} | changes
    return SampleRecord(
        at=NOW + timedelta(seconds=second),
        writes_per_second=values["writes_per_second"],
        waiting=int(values["waiting"]),
        oldest_wait=values["oldest_wait"],
    )


async def test_samples_come_back_in_order(storage_database: Database, rides: RideStore) -> None:
    store = SampleStore(storage_database)
    for name, person in (("r1", "U1"), ("r2", "U2")):
        await rides.add(ride(name, learners=(person,)))
    await store.add("r1", [sample(2), sample(3)])
    await store.add("r2", [sample(2, waiting=0)])
    await store.add("r1", [sample(1)])
    await store.add("r1", [])
    assert await store.of("r1") == [sample(1), sample(2), sample(3)]
    assert await store.of("r2") == [sample(2, waiting=0)]
    assert await store.of("r3") == []


@dataclass
class Shelf:
    """A store that may be busy."""

    kept: list[SampleRecord] = field(default_factory=list)
    busy: int = 0

    async def add(self, ride_id: str, samples: Sequence[SampleRecord]) -> None:
        if self.busy:
            self.busy -= 1
            raise DatabaseBusyError("busy")
        self.kept.extend(samples)

    async def of(self, ride_id: str) -> list[SampleRecord]:
        return self.kept


@dataclass
class Ticking(FakeSandbox):
    """A sandbox in which a second passes with each look, and 80 rows are written in it."""

    clock: FakeClock = field(default_factory=FakeClock)
    tries: asyncio.Queue[None] = field(default_factory=asyncio.Queue)

    async def sample(self) -> Glimpse:
        self.clock.move(timedelta(seconds=1))
        self.tries.put_nowait(None)
        return await super().sample()

    async def tried(self, times: int) -> None:
        """Until it was looked at so often again."""
        async with asyncio.timeout(10):
            for _ in range(self.tries.qsize() + times):
                await self.tries.get()


def sampler(sandbox: Ticking, shelf: Shelf) -> Sampler:
    return Sampler("r1", sandbox, shelf, sandbox.clock, every=timedelta(milliseconds=1))


async def test_rates_are_from_one_look_to_the_next_and_nothing_is_lost_at_the_end() -> None:
    sandbox, shelf = Ticking(), Shelf(busy=1)
    taking = sampler(sandbox, shelf)
    await sandbox.tried(12)
    await taking.stop()
    await taking.stop()
    assert len(shelf.kept) == sandbox.looked - 1
    assert {one.writes_per_second for one in shelf.kept} == {80}
    seconds = [(one.at - STARTED).total_seconds() for one in shelf.kept]
    assert seconds == [float(number) for number in range(2, sandbox.looked + 1)]


async def test_a_look_that_fails_is_left_out() -> None:
    sandbox, shelf = Ticking(), Shelf()
    taking = sampler(sandbox, shelf)
    await sandbox.tried(6)
    sandbox.dead = "gone"
    await sandbox.tried(3)
    sandbox.dead = None
    await sandbox.tried(3)
    await taking.stop()
    assert len(shelf.kept) == sandbox.looked - 1
    assert min(one.writes_per_second for one in shelf.kept) < 30, "the gap is one long sample"


async def test_a_sandbox_is_looked_at_beside_its_measurements(sandbox: RunningSandbox) -> None:
    flowing = await sandbox.sample()
    assert flowing.rows_written > 0

    async def look_on() -> None:
        while True:
            await sandbox.sample()
            await asyncio.sleep(0.05)

    looking = asyncio.create_task(look_on())
    measured, _ = await sandbox.arm()
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)
    assert measured.writes_per_second == 0
    assert measured.writes_per_second_before > 40
    stuck = await sandbox.sample()
    assert stuck.waiting == 4
    assert stuck.oldest_wait > 1
    assert stuck.rows_written > flowing.rows_written
