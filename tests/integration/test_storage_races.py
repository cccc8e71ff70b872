"""Several who write the same at once: nobody fails, and what they wrote is there once. SQLite lets them take
turns anyway; PostgreSQL doesn't."""

import asyncio
from datetime import timedelta

from storage.database import Database
from storage.facilitators import Facilitator, FacilitatorStore
from storage.game_days import GameDayStore
from storage.installations import InstallationRecords, InstalledWorkspace
from storage.rides import RideStore
from storage.seen import SeenStore
from tests.integration.storage_fixtures import NOW, hint, ride
from tests.integration.test_storage_game_days import game_day, slot

WRITERS = 8
ROUNDS = 5


async def test_events_of_one_ride(storage_database: Database) -> None:
    store = RideStore(storage_database)
    await store.add(ride())
    count = WRITERS * ROUNDS
    numbers = await asyncio.gather(*(store.append("r1", [hint(number)]) for number in range(count)))
    assert sorted(sum(numbers, [])) == list(range(1, count + 1))  # noqa: RUF017
    assert [seq for seq, _ in await store.journal("r1")] == list(range(1, count + 1))


async def test_postmortems_seen(storage_database: Database) -> None:
    await RideStore(storage_database).add(ride())
    seen = SeenStore(storage_database)
    for number in range(ROUNDS):
        people = [f"U{number}", f"V{number}"]
        orders = [people if writer % 2 else people[::-1] for writer in range(WRITERS)]
        await asyncio.gather(*(seen.remember("T1", "slug", order, "r1", NOW) for order in orders))
    assert len(await seen.first_seen("T1")) == 2 * ROUNDS


async def test_facilitators(storage_database: Database) -> None:
    facilitators = FacilitatorStore(storage_database)
    for number in range(ROUNDS):
        name = f"U{number}"
        made = Facilitator(workspace="T1", person=name, added_by="U9", added_at=NOW)
        assert sum(await asyncio.gather(*(facilitators.add(made) for _ in range(WRITERS)))) == 1


async def test_a_workspace_that_is_installed_twice(storage_database: Database) -> None:
    records = InstallationRecords(storage_database)
    for number in range(ROUNDS):
        installed = InstalledWorkspace(
            workspace=f"T{number}",
            name="Acme",
            app="A1",
            bot_user="U0",
            bot="B0",
            scopes=("chat:write",),
            sealed_token="sealed",
            installed_by="U1",
            installed_at=NOW,
        )
        await asyncio.gather(*(records.put(installed) for _ in range(WRITERS)))
    assert len(await records.all()) == ROUNDS


async def test_slots_of_a_game_day(storage_database: Database) -> None:
    store = GameDayStore(storage_database)
    await store.add(game_day(), [])
    for number in range(ROUNDS):
        later = [slot(team, due_at=NOW + timedelta(hours=number)) for team in ("zebras", "apes")]
        orders = [later if writer % 2 else later[::-1] for writer in range(WRITERS)]
        await asyncio.gather(*(store.put_slots(order) for order in orders))
    last = NOW + timedelta(hours=ROUNDS - 1)
    assert [(one.team, one.due_at) for one in await store.slots("d1")] == [("zebras", last), ("apes", last)]
