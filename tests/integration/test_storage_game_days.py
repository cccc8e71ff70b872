"""Game days are kept whole, on both databases."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from storage.database import Database
from storage.errors import UnknownGameDayError
from storage.game_days import Call, Entrant, GameDay, GameDayEvent, GameDayStore, Slot
from tests.integration.storage_fixtures import NOW


@pytest.fixture
def store(storage_database: Database) -> GameDayStore:
    return GameDayStore(storage_database)


def game_day(day_id: str = "d1", **changes: object) -> GameDay:
    values: dict[str, object] = {
        "id": day_id,
        "workspace": "T1",
        "name": "Winter",
        "starts_at": NOW,
        "scenarios": ("alter-table-locks", "second"),
        "entrants": (Entrant(team="zebras", name="Zebras"), Entrant(team="apes", name="Apes")),
        "facilitators": ("U9", "U8"),
        "created_by": "U9",
        "created_at": NOW - timedelta(days=1),
    }
    return GameDay(**(values | changes))  # type: ignore[arg-type]


def slot(team: str, number: int = 0, **changes: object) -> Slot:
    values: dict[str, object] = {
        "game_day": "d1",
        "team": team,
        "round": number,
        "scenario": "alter-table-locks",
        "due_at": NOW,
    }
    return Slot(**(values | changes))  # type: ignore[arg-type]


async def test_a_day_comes_back_as_it_was(store: GameDayStore) -> None:
    day = game_day(wave_size=2, wave_minutes=5, level="L3", console_ts=("1.0", "2.0"))
    await store.add(day, [])
    assert await store.get("d1") == day
    assert await store.get("other") is None


async def test_a_day_changes_but_for_its_teams(store: GameDayStore) -> None:
    await store.add(game_day(), [])
    changed = game_day(state="running", channel="C1", started_at=NOW, told=True)
    await store.update(replace(changed, entrants=()))
    assert await store.get("d1") == changed
    with pytest.raises(UnknownGameDayError):
        await store.update(game_day("d2"))


async def test_who_facilitates_a_day_that_is_to_come_or_runs(store: GameDayStore) -> None:
    for state in ("planned", "running", "over", "cancelled"):
        await store.add(game_day(state, state=state, facilitators=("U1", "U2")), [])
    assert await store.facilitators("planned") == await store.facilitators("running") == ("U1", "U2")
    assert await store.facilitators("over") == await store.facilitators("cancelled") == ()
    assert await store.facilitators("other") == ()


async def test_when_a_teams_next_ride_begins(store: GameDayStore) -> None:
    later = NOW + timedelta(minutes=20)
    await store.add(game_day(), [slot("apes", state="done"), slot("apes", 1, due_at=later), slot("zebras")])
    assert await store.call("d1", "apes") == Call(day="Winter", begins_at=later)
    await store.put_slots([slot("apes", 1, due_at=later, state="starting"), slot("zebras", state="running")])
    assert await store.call("d1", "apes") == Call(day="Winter", begins_at=later)
    assert await store.call("d1", "zebras") is None


async def test_what_is_left_to_do_and_what_was_recent(store: GameDayStore) -> None:
    for number, state in enumerate(("planned", "running", "over", "cancelled")):
        starts = NOW + timedelta(days=number)
        await store.add(game_day(state, state=state, starts_at=starts, told=state == "cancelled"), [])
    await store.add(game_day("elsewhere", workspace="T2"), [])
    assert [day.id for day in await store.unfinished()] == ["elsewhere", "planned", "running", "over"]
    assert [day.id for day in await store.recent("T1", 3)] == ["cancelled", "over", "running"]


async def test_slots_in_the_order_of_the_teams(store: GameDayStore) -> None:
    await store.add(game_day(), [slot("apes"), slot("zebras")])
    await store.put_slots([slot("zebras", 1), slot("zebras", state="running", ride="r1", attempt=2)])
    found = await store.slots("d1")
    assert [(one.team, one.round) for one in found] == [("zebras", 0), ("apes", 0), ("zebras", 1)]
    assert found[0] == slot("zebras", state="running", ride="r1", attempt=2)


async def test_what_is_due(store: GameDayStore) -> None:
    assert await store.next_due() is None
    later = NOW + timedelta(minutes=5)
    await store.add(game_day(), [slot("apes", due_at=later), slot("zebras"), slot("apes", 1, state="done")])
    assert await store.next_due() == NOW
    assert await store.due_slots(NOW) == [slot("zebras")]
    await store.put_slots([slot("zebras", state="starting")])
    assert await store.next_due() == later
    assert await store.due_slots(NOW) == []


async def test_what_happened_is_in_order(store: GameDayStore) -> None:
    await store.add(game_day(), [])
    events = [GameDayEvent(at=NOW, kind="paused", by="U9", team="apes", detail=str(n)) for n in range(5)]
    await asyncio.gather(*(store.note("d1", event) for event in events))
    found = await store.events("d1")
    assert sorted(found, key=lambda event: event.detail) == events
    assert await store.events("other") == []
    with pytest.raises(UnknownGameDayError):
        await store.note("other", events[0])
