"""Teams, rotas and swaps in the database, on SQLite and PostgreSQL."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import StatementError

from storage.database import Database
from storage.errors import TeamExistsError, UnknownRotaError, UnknownTeamError
from storage.teams import Team, TeamStore
from tests.integration.storage_fixtures import NOW
from tests.rotas import rota, swap

LATER = NOW + timedelta(days=40)


@pytest.fixture
def teams(storage_database: Database) -> TeamStore:
    return TeamStore(storage_database)


def team(team_id: str = "team-1", name: str = "Payments", **changes: object) -> Team:
    values: dict[str, object] = {
        "id": team_id,
        "workspace": "T1",
        "name": name,
        "members": ("B", "A"),
        "created_by": "A",
        "created_at": NOW,
        **changes,
    }
    return Team(**values)  # type: ignore[arg-type]


class TestTeams:
    async def test_comes_back_as_it_went_in(self, teams: TeamStore) -> None:
        of_a_group = team("team-2", "SREs", members=(), group="S1")
        await teams.add(team())
        await teams.add(of_a_group)
        assert await teams.get("team-1") == team()
        assert await teams.get("team-2") == of_a_group
        assert await teams.get("team-3") is None
        assert await teams.all("T1") == [team(), of_a_group]
        assert await teams.all("T2") == []

    @pytest.mark.parametrize("name", ["payments", "PAYMENTS", "Payments"])
    async def test_a_name_is_one_teams_whatever_the_case(self, teams: TeamStore, name: str) -> None:
        await teams.add(team())
        with pytest.raises(TeamExistsError):
            await teams.add(team("team-2", name))
        assert await teams.by_name("T1", name) == team()
        assert await teams.get("team-2") is None
        elsewhere = team("team-3", name, workspace="T2")
        await teams.add(elsewhere)
        assert await teams.by_name("T2", name) == elsewhere

    async def test_of_two_at_once_one_wins(self, teams: TeamStore) -> None:
        tried = await asyncio.gather(
            *(teams.add(team(f"team-{number}")) for number in range(5)), return_exceptions=True
        )
        assert sum(isinstance(result, TeamExistsError) for result in tried) == 4
        assert tried.count(None) == 1
        assert len(await teams.all("T1")) == 1

    async def test_people_come_and_go(self, teams: TeamStore) -> None:
        await teams.add(team())
        assert await teams.join("team-1", "C")
        assert not await teams.join("team-1", "C")
        assert await teams.leave("team-1", "B")
        assert not await teams.leave("team-1", "B")
        assert await teams.join("team-1", "B")
        found = await teams.get("team-1")
        assert found is not None
        assert found.members == ("A", "C", "B")

    async def test_many_join_at_once(self, teams: TeamStore) -> None:
        await teams.add(team(members=()))
        people = [f"U{number}" for number in range(8)]
        assert all(await asyncio.gather(*(teams.join("team-1", person) for person in people)))
        found = await teams.get("team-1")
        assert found is not None
        assert sorted(found.members) == people

    async def test_a_deleted_team_is_remembered_and_its_name_is_free(self, teams: TeamStore) -> None:
        await teams.add(team())
        await teams.set_rota(rota("2026-05-04T10:00", "UTC"), NOW)
        await teams.delete("team-1", LATER)
        assert await teams.get("team-1") == team(deleted_at=LATER)
        assert await teams.by_name("T1", "payments") is None
        assert await teams.all("T1") == []
        assert await teams.rotas("team-1") == []
        await teams.add(team("team-2"))
        with pytest.raises(UnknownTeamError):
            await teams.join("team-1", "C")
        with pytest.raises(UnknownTeamError):
            await teams.leave("team-1", "A")
        with pytest.raises(UnknownTeamError):
            await teams.delete("team-1", LATER)
        with pytest.raises(UnknownTeamError):
            await teams.set_rota(rota("2026-05-04T10:00", "UTC"), NOW)


class TestRotas:
    RUNS = rota("2026-03-02T10:00", "Europe/Lisbon", people=("B", "A", "C"))
    FOLLOWS = rota(
        "2026-05-04T09:30", "America/New_York", people=("C",), unit="day", every=3, id="rota-2",
        created_at=NOW,
    )  # fmt: skip

    async def test_comes_back_as_it_went_in(self, teams: TeamStore) -> None:
        await teams.add(team())
        await teams.set_rota(self.RUNS, NOW)
        await teams.set_rota(self.FOLLOWS, NOW)
        swaps = tuple(
            swap("A", "B", NOW, LATER + timedelta(microseconds=number), number=number) for number in (1, 2)
        )
        for one in reversed(swaps):
            await teams.add_swap(one)
        assert await teams.rotas("team-1") == [replace(self.RUNS, swaps=swaps), self.FOLLOWS]

    async def test_a_new_one_takes_the_place_of_what_was_to_follow(self, teams: TeamStore) -> None:
        await teams.add(team())
        for one in (self.RUNS, self.FOLLOWS):
            await teams.set_rota(one, NOW)
        instead = rota("2026-06-01T10:00", "UTC", id="rota-3", created_at=NOW + timedelta(hours=1))
        await teams.set_rota(instead, NOW)
        assert [one.id for one in await teams.rotas("team-1")] == ["rota-1", "rota-3"]

    async def test_what_is_over_goes_when_a_new_one_comes(self, teams: TeamStore) -> None:
        await teams.add(team())
        for one in (self.RUNS, self.FOLLOWS):
            await teams.set_rota(one, NOW)
        await teams.add_swap(swap("A", "B", NOW, LATER))
        third = rota("2026-06-01T10:00", "UTC", id="rota-3", created_at=LATER)
        await teams.set_rota(third, self.FOLLOWS.begins)
        assert [one.id for one in await teams.rotas("team-1")] == ["rota-2", "rota-3"]

    async def test_removed_with_its_swaps(self, teams: TeamStore) -> None:
        await teams.add(team())
        await teams.set_rota(self.RUNS, NOW)
        await teams.add_swap(swap("A", "B", NOW, LATER))
        assert await teams.remove_rotas("team-1")
        assert not await teams.remove_rotas("team-1")
        assert await teams.rotas("team-1") == []
        with pytest.raises(UnknownRotaError):
            await teams.add_swap(swap("A", "B", NOW, LATER, number=2))

    async def test_swapped_and_removed_at_once(self, teams: TeamStore) -> None:
        await teams.add(team())
        for turn in range(5):
            await teams.set_rota(self.RUNS, NOW)
            swaps = [teams.add_swap(swap("A", "B", NOW, LATER, number=10 * turn + n)) for n in range(3)]
            removed, *tried = await asyncio.gather(
                teams.remove_rotas("team-1"), *swaps, return_exceptions=True
            )
            assert removed is True
            assert {type(result) for result in tried} <= {type(None), UnknownRotaError}
            assert await teams.rotas("team-1") == []

    async def test_a_swap_is_found_by_its_id_and_ended(self, teams: TeamStore) -> None:
        await teams.add(team())
        await teams.set_rota(self.RUNS, NOW)
        runs, cover = swap("A", "B", NOW, LATER), replace(swap("C", "B", NOW, LATER, number=2), kind="cover")
        to_come = swap("A", "C", LATER, LATER + timedelta(days=1), number=3)
        for one in (runs, cover, to_come):
            await teams.add_swap(one)
        assert await teams.swap("T1", cover.id) == (team(), cover)
        assert await teams.swap("T2", cover.id) is None
        assert await teams.swap("T1", "none") is None
        soon = NOW + timedelta(minutes=1)
        for one in (runs, to_come):
            assert await teams.end_swap(one.id, soon)
            assert not await teams.end_swap(one.id, soon)
        (left,) = await teams.rotas("team-1")
        assert left.swaps == (replace(runs, until=soon), cover)
        await teams.delete("team-1", LATER)
        assert await teams.swap("T1", cover.id) is None

    async def test_a_naive_moment_is_refused(self, teams: TeamStore) -> None:
        await teams.add(team())
        naive = datetime(2026, 3, 2)  # noqa: DTZ001
        with pytest.raises(StatementError, match="has no time zone"):
            await teams.set_rota(replace(self.RUNS, begins=naive), NOW)
