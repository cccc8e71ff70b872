"""Drills and quiet times, on both databases."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from storage.database import Database
from storage.drills import Drill, DrillStore, Quiet, QuietStore, Span
from storage.errors import StaleDrillError
from storage.rides import RideStore
from tests.integration.storage_fixtures import NOW, ride

HOUR = timedelta(hours=1)
WINDOWS = (
    Span(begins=NOW + HOUR, ends=NOW + 9 * HOUR),
    Span(begins=NOW + 25 * HOUR, ends=NOW + 33 * HOUR),
)


def drill(drill_id: str = "d1", **changes: object) -> Drill:
    """A drill that waits for its moment."""
    values: dict[str, object] = {
        "id": drill_id,
        "workspace": "T1",
        "team": "team-1",
        "team_name": "payments",
        "planned_by": "U1",
        "windows": WINDOWS,
        "zone": "Europe/Lisbon",
        "wanted": "",
        "seed": "seed",
        "due_at": NOW + 2 * HOUR,
        "created_at": NOW,
    }
    return Drill(**(values | changes))  # type: ignore[arg-type]


def quiet(quiet_id: str = "q1", begins: int = 1, ends: int = 2, **changes: object) -> Quiet:
    """An entry of the calendar, in hours from now."""
    values: dict[str, object] = {
        "id": quiet_id,
        "workspace": "T1",
        "team": None,
        "team_name": None,
        "span": Span(begins=NOW + begins * HOUR, ends=NOW + ends * HOUR),
        "zone": "UTC",
        "reason": "holidays 🎄",
        "created_by": "U1",
        "created_at": NOW,
    }
    return Quiet(**(values | changes))  # type: ignore[arg-type]


@pytest.fixture
def drills(storage_database: Database) -> DrillStore:
    return DrillStore(storage_database)


@pytest.fixture
def calendar(storage_database: Database) -> QuietStore:
    return QuietStore(storage_database)


async def test_a_drill_comes_back_as_it_was(drills: DrillStore) -> None:
    await drills.add(drill())
    await drills.add(drill("d2", windows=()))
    assert await drills.get("T1", "d1") == drill()
    assert await drills.get("T1", "d2") == drill("d2", windows=())
    assert await drills.get("T2", "d1") is None
    assert await drills.get("T1", "d3") is None


async def test_an_update_is_refused_when_the_row_has_changed(drills: DrillStore) -> None:
    await drills.add(drill())
    changed = await drills.update(
        replace(drill(), state="starting", tries=1, tried_at=NOW, scenario="x", problem="busy", draw=3)
    )
    assert await drills.get("T1", "d1") == changed
    with pytest.raises(StaleDrillError):
        await drills.update(replace(drill(), state="cancelled"))
    with pytest.raises(StaleDrillError):
        await drills.update(drill("d2"))
    assert await drills.get("T1", "d1") == changed


async def test_of_two_writers_one_wins(drills: DrillStore) -> None:
    await drills.add(drill())
    states = [replace(drill(), state=state) for state in ("starting", "cancelled")]
    done = await asyncio.gather(*(drills.update(one) for one in states), return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["Drill", "StaleDrillError"]


async def test_what_is_due(drills: DrillStore) -> None:
    await drills.add(drill("later"))
    await drills.add(drill("sooner", due_at=NOW + HOUR, workspace="T2"))
    await drills.add(drill("over", due_at=None, state="cancelled"))
    assert await drills.next_due() == NOW + HOUR
    assert [one.id for one in await drills.due(NOW)] == []
    assert [one.id for one in await drills.due(NOW + HOUR)] == ["sooner"]
    assert [one.id for one in await drills.due(NOW + 3 * HOUR)] == ["sooner", "later"]
    assert [one.id for one in await drills.planned("T1")] == ["later"]


async def test_nothing_is_due_where_there_is_nothing(drills: DrillStore) -> None:
    assert await drills.next_due() is None
    assert await drills.due(NOW) == []


async def test_the_newest_come_first(drills: DrillStore) -> None:
    for number in range(4):
        await drills.add(drill(f"d{number}", created_at=NOW + number * HOUR))
    assert [one.id for one in await drills.recent("T1", 3)] == ["d3", "d2", "d1"]
    assert await drills.recent("T2", 3) == []


async def test_a_start_that_was_cut_off_is_found_again(drills: DrillStore, rides: RideStore) -> None:
    """Only a ride of this team, planner and scenario that no command asked for, since the try began."""
    tried = drill(state="starting", tries=1, tried_at=NOW, scenario="alter-table-locks")
    others = [
        ride("typed", team="team-1", origin_channel="C1"),
        ride("day", team="team-1", game_day="g1"),
        ride("before", team="team-1", created_at=NOW - HOUR),
        ride("team", team="team-2"),
        ride("planner", team="team-1", started_by="U2"),
        ride("scenario", team="team-1", scenario="other"),
        ride("place", team="team-1", workspace="T2"),
    ]
    for number, other in enumerate(others):
        await rides.add(replace(other, learners=(f"L{number}",)))
    assert await drills.ride_of(tried) is None
    await rides.add(ride("own", team="team-1", created_at=NOW + timedelta(seconds=1)))
    assert await drills.ride_of(tried) == "own"
    assert await drills.ride_of(replace(tried, ride="known")) == "known"
    assert await drills.ride_of(drill()) is None


async def test_what_a_team_has_ridden(drills: DrillStore, rides: RideStore) -> None:
    done = {"state": "resolved", "live_at": NOW, "ended_at": NOW}
    await rides.add(ride("r1", team="team-1", scenario="by-the-team", learners=("X",), **done))
    await rides.add(ride("r2", scenario="by-a-member", learners=("A", "Y"), **done))
    await rides.add(ride("r3", scenario="by-others", learners=("Z",), **done))
    await rides.add(ride("r4", team="team-1", scenario="never-live", learners=("W",), state="void"))
    await rides.add(ride("r5", team="team-1", scenario="elsewhere", learners=("A",), workspace="T2", **done))
    assert await drills.ridden("T1", "team-1", ("A", "B")) == {"by-the-team", "by-a-member"}
    assert await drills.ridden("T1", "team-1", ()) == {"by-the-team"}
    assert await drills.ridden("T1", "team-9", ()) == set()


async def test_the_calendar(calendar: QuietStore) -> None:
    await calendar.add(quiet("q2", 3, 4))
    await calendar.add(quiet("q1", 1, 5, team="team-1", team_name="payments"))
    await calendar.add(quiet("over", -2, -1))
    await calendar.add(quiet("elsewhere", workspace="T2"))
    assert await calendar.upcoming("T1", NOW) == [
        quiet("q1", 1, 5, team="team-1", team_name="payments"),
        quiet("q2", 3, 4),
    ]
    assert not await calendar.remove("T2", "q1")
    assert await calendar.remove("T1", "q1")
    assert not await calendar.remove("T1", "q1")
    assert [one.id for one in await calendar.upcoming("T1", NOW)] == ["q2"]
