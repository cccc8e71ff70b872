"""Who saw which postmortem, and who is a facilitator, on SQLite and PostgreSQL."""

import asyncio
from datetime import timedelta

import pytest

from storage.database import Database
from storage.facilitators import Facilitator, FacilitatorStore
from storage.rides import RideStore
from storage.seen import SeenStore
from tests.integration.storage_fixtures import NOW, ride

SLUG = "alter-table-locks"
LATER = NOW + timedelta(hours=1)


@pytest.fixture
async def seen(storage_database: Database) -> SeenStore:
    rides = RideStore(storage_database)
    for number, workspace in enumerate(("T1", "T1", "T2"), start=1):
        await rides.add(ride(f"r{number}", workspace=workspace, state="resolved"))
    return SeenStore(storage_database)


class TestSeen:
    async def test_the_first_time_counts(self, seen: SeenStore) -> None:
        await seen.remember("T1", SLUG, ["A", "B", "A"], "r2", LATER)
        await seen.remember("T1", SLUG, ["B", "C"], "r1", NOW)
        assert await seen.first_seen("T1") == {("A", SLUG): LATER, ("B", SLUG): NOW, ("C", SLUG): NOW}

    async def test_told_twice_the_first_time_stays(self, seen: SeenStore) -> None:
        await seen.remember("T1", SLUG, ["A"], "r1", NOW)
        await seen.remember("T1", SLUG, ["A", "B"], "r1", LATER)
        await seen.remember("T1", SLUG, [], "r2", LATER)
        assert await seen.first_seen("T1") == {("A", SLUG): NOW, ("B", SLUG): LATER}

    async def test_of_one_workspace_and_one_scenario(self, seen: SeenStore) -> None:
        await seen.remember("T1", SLUG, ["A"], "r1", NOW)
        await seen.remember("T1", "other", ["A"], "r2", LATER)
        await seen.remember("T2", SLUG, ["D"], "r3", NOW)
        assert await seen.first_seen("T1", "other") == {("A", "other"): LATER}
        assert await seen.first_seen("T2") == {("D", SLUG): NOW}
        assert len(await seen.first_seen("T1")) == 2


@pytest.fixture
def facilitators(storage_database: Database) -> FacilitatorStore:
    return FacilitatorStore(storage_database)


def facilitator(person: str, workspace: str = "T1", hours: int = 0) -> Facilitator:
    return Facilitator(
        workspace=workspace, person=person, added_by="LEE", added_at=NOW + timedelta(hours=hours)
    )


class TestFacilitators:
    async def test_come_and_go(self, facilitators: FacilitatorStore) -> None:
        assert await facilitators.add(facilitator("B", hours=1))
        assert await facilitators.add(facilitator("A", hours=2))
        assert not await facilitators.add(facilitator("A", hours=3))
        assert await facilitators.all("T1") == [facilitator("B", hours=1), facilitator("A", hours=2)]
        assert await facilitators.has("T1", "A")
        assert await facilitators.remove("T1", "A")
        assert not await facilitators.remove("T1", "A")
        assert not await facilitators.has("T1", "A")

    async def test_are_a_workspaces_own(self, facilitators: FacilitatorStore) -> None:
        await facilitators.add(facilitator("A", workspace="T2"))
        assert not await facilitators.has("T1", "A")
        assert not await facilitators.remove("T1", "A")
        assert await facilitators.all("T1") == []

    async def test_added_by_many_at_once_there_is_one(self, facilitators: FacilitatorStore) -> None:
        added = await asyncio.gather(*(facilitators.add(facilitator("A")) for _ in range(5)))
        assert added.count(True) == 1
        assert len(await facilitators.all("T1")) == 1
