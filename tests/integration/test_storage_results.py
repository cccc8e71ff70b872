"""Results of rides in the database, on SQLite and PostgreSQL."""

from dataclasses import replace

import pytest

from scenarios.journal.events import Outcome
from scenarios.judging.scorecard import Scorecard, Times
from storage.database import Database
from storage.records import RideState
from storage.results import ResultStore
from storage.rides import RideStore
from tests.integration.storage_fixtures import NOW, ride
from tests.results import result

CARD = Scorecard(
    ride="r1",
    scenario="locks",
    version="1",
    outcome=Outcome.RESOLVED,
    lines=(),
    times=Times(to_live=None, to_acknowledge=None, to_detect=None, to_fix=None),
)


@pytest.fixture
def rides(storage_database: Database) -> RideStore:
    return RideStore(storage_database)


@pytest.fixture
def results(storage_database: Database) -> ResultStore:
    return ResultStore(storage_database)


async def over(rides: RideStore, ride_id: str, state: RideState = "resolved", workspace: str = "T1") -> None:
    await rides.add(ride(ride_id, state=state, ended_at=NOW, workspace=workspace))
    await rides.save_scorecard(ride_id, replace(CARD, ride=ride_id))


async def test_comes_back_as_it_went_in(rides: RideStore, results: ResultStore) -> None:
    for number in (1, 2, 3, 4):
        await over(rides, f"r{number}", workspace="T2" if number == 4 else "T1")
    second = result("r2", "B", "A", at=1, team="t1", to_fix=None, joined={"A": NOW})
    first = result("r1", "A", to_fix=12.5)
    other = result("r3", at=2, scenario="bloat")
    for one in (second, first, other, result("r4", "A", workspace="T2")):
        assert await results.add(one)
    assert await results.all("T1") == [first, second, other]
    assert await results.all("T1", "bloat") == [other]
    assert await results.all("T3") == []


async def test_there_is_one_result_of_a_ride(rides: RideStore, results: ResultStore) -> None:
    await over(rides, "r1")
    assert await results.add(result("r1", "A"))
    assert not await results.add(result("r1", "B", total=1))
    assert await results.all("T1") == [result("r1", "A")]


async def test_missing_are_those_that_count_and_have_a_scorecard(
    rides: RideStore, results: ResultStore
) -> None:
    states: list[RideState] = ["resolved", "expired", "stopped", "void"]
    for state in states:
        await over(rides, state, state)
    await over(rides, "theirs", workspace="T2")
    await rides.add(ride("unscored", state="resolved", ended_at=NOW))
    await rides.add(ride("live", state="live"))
    assert sorted(await results.missing("T1")) == ["expired", "resolved"]
    await results.add(result("resolved", "A"))
    assert await results.missing("T1") == ["expired"]


async def test_a_persons_latest_rides(rides: RideStore) -> None:
    for number in range(4):
        await rides.add(
            ride(
                f"r{number}",
                state="stopped",
                learners=("A", "B") if number != 2 else ("B",),
                created_at=NOW.replace(minute=number),
            )
        )
    await rides.add(ride("theirs", state="stopped", learners=("A",), workspace="T2"))
    assert [one.id for one in await rides.recent_of("T1", "A", 2)] == ["r3", "r1"]
