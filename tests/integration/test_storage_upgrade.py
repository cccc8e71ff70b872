"""A ride of the first version's database, upgraded: it is found, replayed and ranked as ever."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from pydantic import RootModel
from sqlalchemy import Connection, bindparam, create_engine, text

from bot.standings.results import Results
from scenarios.journal.events import (
    Acknowledged,
    Event,
    HintTaken,
    IncidentLive,
    Outcome,
    RideEnded,
    RideStarted,
)
from scenarios.journal.stored import dump_event, stored_scenario
from scenarios.judging.scoring import score
from scenarios.loading.catalogue import Catalogue
from storage.database import Database, database_url
from storage.results import ResultStore
from storage.rides import RideStore
from storage.schema import migrations
from storage.teams import TeamStore
from storage.utc_time import UtcTime
from tests.integration.engine_fakes import MEASURED, MIGRATION
from tests.integration.storage_fixtures import NOW

SCENARIO = Catalogue().load("alter-table-locks")
ENDED = NOW + timedelta(minutes=10)
JOURNAL: list[Event] = [
    RideStarted(at=NOW, ride="r1", scenario=SCENARIO.slug, version="1", started_by="U1"),
    IncidentLive(at=NOW, measured=MEASURED, blocker=MIGRATION, waiting=()),
    Acknowledged(at=NOW, person="U1", by="button"),
    HintTaken(at=NOW, person="U2", number=1),
    RideEnded(at=ENDED, outcome=Outcome.EXPIRED, reason="Time is up."),
]

MOMENTS = {"at", "begins", "until"}

CARD = score(SCENARIO, JOURNAL)


def old_document() -> str:
    """The scenario as the first version wrote it: no step asked for anything."""
    document = json.loads(SCENARIO.model_dump_json())
    for step in document["timeline"]:
        del step["asks"]
    return json.dumps(document)


def insert(connection: Connection, table: str, **values: object) -> None:
    """A row, by the names that its columns had."""
    names = ", ".join(values)
    times = [bindparam(name, type_=UtcTime) for name in values if name in MOMENTS or name.endswith("_at")]
    places = ", ".join(f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({places})").bindparams(*times), values)


@pytest.fixture
def old(storage_url: str) -> str:
    """The URL of a database as the first version left it, with a ride in it."""
    left_at(storage_url, "0001", _fill)
    return storage_url


def left_at(storage_url: str, version: str, fill: Callable[[Connection], None]) -> None:
    """Make a database as a version left it."""
    url = database_url(storage_url)
    if url.get_backend_name() == "sqlite":
        Path(url.database or "").parent.mkdir(parents=True)
        url = url.set(drivername="sqlite")
    engine = create_engine(url)
    with migrations() as config, engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
        fill(connection)
    engine.dispose()


def _fill(connection: Connection) -> None:
    ride: Mapping[str, object] = {
        "id": "r1", "team": "T1", "scenario": SCENARIO.slug, "version": "1", "document": old_document(),
        "state": "expired", "started_by": "U1", "log_offset": 7, "speed": 1.0, "created_at": NOW,
        "live_at": NOW, "ended_at": ENDED, "postmortem_sent": True, "archived": True, "revision": 3,
    }  # fmt: skip
    insert(connection, "people", team="T1", id="U1", name="Dana")
    insert(connection, "rides", **ride)
    for position, person in enumerate(("U1", "U2")):
        learner = {"ride_id": "r1", "person": person, "position": position, "team": "T1", "under_way": False}
        insert(connection, "ride_learners", **learner)
    for seq, event in enumerate(JOURNAL, start=1):
        kept = {"ride_id": "r1", "seq": seq, "at": event.at, "kind": event.kind, "payload": dump_event(event)}
        insert(connection, "journal_events", **kept)
    step = {"ride_id": "r1", "step": "archive", "kind": "archive", "due_at": ENDED, "cancelled": True}
    insert(connection, "timeline_steps", **step)
    insert(connection, "scorecards", ride_id="r1", document=RootModel(CARD).model_dump_json())


async def test_an_old_ride_is_found_and_gives_the_same_card(old: str) -> None:
    async with Database(old) as database:
        rides = RideStore(database)
        record = await rides.get("r1")
        assert record is not None
        assert (record.workspace, record.learners, record.team) == ("T1", ("U1", "U2"), None)
        assert (record.state, record.ended_at, record.paused_at) == ("expired", ENDED, None)
        journal = [event for _, event in await rides.journal("r1")]
        assert journal == JOURNAL
        assert await rides.scorecard("r1") == CARD
        assert score(stored_scenario(record.document), journal) == CARD
        assert [step.step for step in await rides.steps("r1")] == ["archive"]


async def test_an_old_ride_has_its_place_on_the_leaderboard(old: str) -> None:
    async with Database(old) as database:
        [found] = await Results(ResultStore(database), RideStore(database)).all("T1")
    assert (found.ride, found.people, found.team) == ("r1", ("U1", "U2"), None)
    assert found.total == CARD.total


def _swapped(connection: Connection) -> None:
    made = {"created_by": "U1", "created_at": NOW}
    insert(connection, "teams", id="t1", workspace="T1", name="payments", name_key="payments", **made)
    rota = {"id": "r1", "team": "t1", "unit": "week", "every": 1, "zone": "UTC", "begins": NOW, **made}
    insert(connection, "rotas", first="2026-03-02T10:00", **rota)
    for position, person in enumerate(("U1", "U2")):
        insert(connection, "rota_people", rota="r1", position=position, person=person)
    swap = {"id": "s1", "rota": "r1", "one": "U1", "other": "U2", "begins": NOW, "until": ENDED, **made}
    insert(connection, "rota_swaps", **swap)


async def test_what_was_agreed_before_there_were_covers_is_a_swap(storage_url: str) -> None:
    left_at(storage_url, "0012", _swapped)
    async with Database(storage_url) as database:
        (rota,) = await TeamStore(database).rotas("t1")
    assert [(swap.id, swap.kind, swap.until) for swap in rota.swaps] == [("s1", "swap", ENDED)]
