"""Results that are derived from what is stored."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from bot.standings.results import Results
from scenarios.journal.events import (
    Acknowledged,
    Event,
    HintTaken,
    IncidentLive,
    Outcome,
    PersonJoined,
    RideEnded,
    RideStarted,
    TimeExtended,
)
from scenarios.judging.scoring import score
from scenarios.loading.catalogue import Catalogue
from storage.database import Database
from storage.models import EventRow
from storage.records import RideRecord
from storage.results import ResultStore
from storage.rides import RideStore
from tests.integration.engine_fakes import MEASURED, MIGRATION
from tests.integration.storage_fixtures import NOW, ride

LIVE = IncidentLive(at=NOW, measured=MEASURED, blocker=MIGRATION, waiting=())
SCENARIO = Catalogue().load("alter-table-locks")


@pytest.fixture
def rides(storage_database: Database) -> RideStore:
    return RideStore(storage_database)


@pytest.fixture
def results(storage_database: Database, rides: RideStore) -> Results:
    return Results(ResultStore(storage_database), rides)


async def store(rides: RideStore, ride_id: str, outcome: Outcome, *events: Event, **fields: object) -> None:
    """A ride that is over, with its journal and scorecard."""
    record = ride(ride_id, document=SCENARIO.model_dump_json(), ended_at=NOW, **fields)
    record = replace(record, state=outcome.value)
    journal = [_started(record), *events, RideEnded(at=NOW, outcome=outcome, reason="so")]
    await rides.add(record)
    await rides.append(ride_id, journal)
    await rides.save_scorecard(ride_id, score(SCENARIO, journal))


def _started(record: RideRecord) -> RideStarted:
    return RideStarted(
        at=record.created_at, ride=record.id, scenario=SCENARIO.slug, version="1", started_by="U1"
    )


async def test_results_are_derived_from_journals(rides: RideStore, results: Results) -> None:
    acts: list[Event] = [
        Acknowledged(at=NOW, person="U2", by="button"),
        HintTaken(at=NOW, person="FAC", number=1, revealed=True),
        TimeExtended(at=NOW, by="FAC", seconds=60),
        LIVE,
        PersonJoined(at=NOW, person="U2", name="Two", role="two"),
        PersonJoined(at=NOW, person="U3", name="Three", role="three"),
    ]
    await store(rides, "r1", Outcome.EXPIRED, *acts, team="t1", learners=("U1", "U2"))
    await store(rides, "r2", Outcome.STOPPED, *acts)
    [found] = await results.all("T1")
    assert (found.ride, found.team, found.people) == ("r1", "t1", ("U2",))
    assert found.joined == {"U2": NOW}
    assert (found.outcome, found.total, found.to_fix) == ("expired", 0, None)
    assert found.time_limit == SCENARIO.time_limit.total_seconds() + 60
    assert list(await results.all("T1", SCENARIO.slug)) == [found]


async def test_a_ride_that_ends_later_comes_too(rides: RideStore, results: Results) -> None:
    await store(rides, "r1", Outcome.RESOLVED)
    assert len(await results.all("T1")) == 1
    await store(rides, "r2", Outcome.RESOLVED)
    assert [one.ride for one in await results.all("T1")] == ["r1", "r2"]


async def test_one_ride_that_cannot_be_read_does_not_hold_up_the_others(
    rides: RideStore, results: Results, storage_database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    await store(rides, "r1", Outcome.RESOLVED)
    await store(rides, "r2", Outcome.RESOLVED)
    async with storage_database.session() as session:
        await session.execute(
            update(EventRow).where(EventRow.ride_id == "r1").values(payload='{"kind": "from_the_future"}')
        )
    assert [one.ride for one in await results.all("T1")] == ["r2"]
    assert [one.ride for one in await results.all("T1")] == ["r2"]
    assert caplog.text.count("ride r1 has no place on the leaderboard") == 1
