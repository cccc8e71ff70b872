"""Teams and rotas as their people use them: real stores, a directory and a clock that stand still."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.people.oncall import errors
from bot.people.oncall.days import DaysAhead, Length, Weekday
from bot.people.oncall.rosters import TeamRosters
from bot.people.oncall.rotas import RotaRequest, Rotas
from bot.people.oncall.swaps import SwapRequest, Swaps
from bot.people.oncall.teams import Teams
from bot.people.oncall.views import Outlook, Swapped
from bot.rides.errors import CannotRideError, ChatRefusedError, EmptyTeamError, UnknownTeamError
from bot.rides.ports import Person
from storage.database import Database
from storage.teams import TeamStore
from tests.integration.engine_fakes import FakeClock, FakeRights

NOW = datetime(2026, 3, 25, 14, 30, 45, tzinfo=UTC)
"""A Wednesday; Lisbon's clocks go forward on Sunday."""
LISBON = "Europe/Lisbon"
ROTA = RotaRequest(team="payments", people=("A", "B", "C"), day=Weekday(number=0), at=time(10))


@dataclass
class FakeDirectory:
    """Everybody is there but those who left."""

    gone: set[str] = field(default_factory=lambda: {"BOT"})
    unknown: set[str] = field(default_factory=set)
    zone: str = LISBON
    groups: dict[str, tuple[str, ...]] = field(default_factory=lambda: {"S1": ("B", "BOT", "C")})

    async def person(self, workspace: str, person: str) -> Person:
        if person in self.unknown:
            raise ChatRefusedError("users.info", "user_not_found")
        return Person(id=person, name=person, handle=person, can_ride=person not in self.gone, zone=self.zone)

    async def group_members(self, workspace: str, group: str) -> tuple[str, ...]:
        if group not in self.groups:
            raise ChatRefusedError("usergroups.users.list", "no_such_subteam")
        return self.groups[group]


class World:
    """Everything around a database."""

    def __init__(self, database: Database) -> None:
        self.store = TeamStore(database)
        self.directory = FakeDirectory()
        self.clock = FakeClock(NOW)
        self.rights = FakeRights({"ADMIN"})
        self.rosters = TeamRosters(self.store, self.directory)
        ids = iter(f"id-{number:03}" for number in range(1000))
        self.teams = Teams(self.store, self.rosters, self.rights, self.clock, lambda: next(ids))
        self.rotas = Rotas(
            store=self.store,
            rosters=self.rosters,
            directory=self.directory,
            rights=self.rights,
            clock=self.clock,
            new_id=lambda: next(ids),
        )

        self.swaps = Swaps(
            store=self.store,
            rosters=self.rosters,
            rights=self.rights,
            clock=self.clock,
            new_id=lambda: next(ids),
        )

    async def agree(self, by: str, request: SwapRequest) -> Swapped:
        """A swap or a cover that begins, now or later."""
        done = await self.swaps.agree("T1", by, request)
        assert isinstance(done, Swapped)
        return done

    async def pages(self, at: datetime, team: str = "payments") -> str:
        """Who is paged at a moment: primary, secondary."""
        found = await self.rosters.on_call("T1", team, at)
        return f"{found.primary}{found.secondary or ''}"


@pytest.fixture
async def world(storage_database: Database) -> World:
    world = World(storage_database)
    await world.teams.create("T1", "A", "payments", ["A", "B", "C"])
    return world


class TestTeams:
    async def test_who_can_not_ride_is_left_out_and_the_rest_goes_on(self, world: World) -> None:
        world.directory.unknown = {"GONE"}
        made = await world.teams.create("T1", "D", " big  one ", ["BOT", "B", "GONE", "B"])
        assert (made.team.name, made.members, made.left_out) == ("big-one", ("B",), ("BOT", "GONE"))
        assert (await world.rosters.team("T1", "Big One")).members == ("B",)

    async def test_nobody_left_is_refused(self, world: World) -> None:
        with pytest.raises(CannotRideError) as refused:
            await world.teams.create("T1", "A", "robots", ["BOT"])
        assert refused.value.people == ("BOT",)
        with pytest.raises(UnknownTeamError):
            await world.rosters.team("T1", "robots")

    async def test_without_people_it_is_its_creators(self, world: World) -> None:
        assert (await world.teams.create("T1", "D", "mine", [])).members == ("D",)

    async def test_a_taken_name_says_how_it_is_written(self, world: World) -> None:
        with pytest.raises(errors.TeamTakenError) as refused:
            await world.teams.create("T1", "D", "PAYMENTS", [])
        assert refused.value.name == "payments"

    async def test_a_user_groups_people_are_looked_up_each_time(self, world: World) -> None:
        made = await world.teams.create("T1", "D", "sre", [], "S1")
        assert (made.team.members, made.members, made.left_out) == ((), ("B", "C"), ("BOT",))
        world.directory.groups["S1"] = ("D",)
        assert await world.rosters.members(made.team) == ("D",)
        assert await world.pages(NOW, "sre") == "D"
        assert [team.name for team in await world.rosters.teams_of("T1", "D")] == ["sre"]
        for come_and_go in (world.teams.join, world.teams.leave):
            with pytest.raises(errors.GroupTeamError):
                await come_and_go("T1", "D", "sre")

    async def test_a_group_that_is_gone_hides_no_other_team(self, world: World) -> None:
        await world.teams.create("T1", "D", "sre", [], "S1")
        del world.directory.groups["S1"]
        assert [(roll.team.name, roll.members) for roll in await world.teams.all("T1", "A")] == [
            ("payments", ("A", "B", "C")),
            ("sre", None),
        ]
        with pytest.raises(ChatRefusedError):
            await world.teams.show("T1", "A", "sre")
        with pytest.raises(ChatRefusedError):
            await world.teams.create("T1", "D", "other", [], "S1")

    async def test_an_empty_group_is_refused(self, world: World) -> None:
        world.directory.groups["S2"] = ()
        with pytest.raises(errors.EmptyGroupError):
            await world.teams.create("T1", "D", "sre", [], "S2")

    async def test_the_last_who_leaves_leaves_it_empty(self, world: World) -> None:
        await world.rotas.set("T1", "A", ROTA)
        left = await world.teams.leave("T1", "A", "Payments")
        assert (left.was_in, left.members, left.had_turns) == (True, ("B", "C"), True)
        assert not (await world.teams.leave("T1", "A", "payments")).was_in
        await world.teams.leave("T1", "B", "payments")
        assert (await world.teams.leave("T1", "C", "payments")).members == ()
        with pytest.raises(EmptyTeamError):
            await world.pages(NOW)
        assert not (await world.teams.join("T1", "B", "payments")).already
        assert (await world.teams.join("T1", "B", "payments")).already
        assert await world.pages(NOW) == "B"

    async def test_bots_do_not_join(self, world: World) -> None:
        with pytest.raises(CannotRideError):
            await world.teams.join("T1", "BOT", "payments")

    async def test_an_unknown_team_names_the_nearest(self, world: World) -> None:
        with pytest.raises(UnknownTeamError) as refused:
            await world.teams.join("T1", "D", "payment")
        assert (refused.value.nearest, refused.value.known) == (("payments",), ("payments",))
        with pytest.raises(UnknownTeamError):
            await world.rosters.on_call("T2", "payments", NOW)

    async def test_deleted_by_whoever_made_it_or_an_admin(self, world: World) -> None:
        await world.teams.create("T1", "A", "other", ["B"])
        with pytest.raises(errors.NotYourTeamError):
            await world.teams.delete("T1", "B", "other")
        assert (await world.teams.delete("T1", "A", "other")).name == "other"
        await world.teams.delete("T1", "ADMIN", "payments")
        assert await world.rosters.teams("T1") == []


class TestRota:
    async def test_without_one_the_first_two_are_on_call(self, world: World) -> None:
        assert await world.pages(NOW) == "AB"
        (outlook,) = await world.rotas.outlook("T1", "A", "payments")
        assert (outlook.rota, outlook.now, outlook.turns) == (None, None, ())

    async def test_takes_the_zone_of_who_asks(self, world: World) -> None:
        made = await world.rotas.set("T1", "A", ROTA)
        assert (made.rota.zone, made.zone_was_said) == (LISBON, False)
        # Monday is after the change: 10:00 there is 09:00 UTC.
        assert made.rota.begins == datetime(2026, 3, 30, 9, tzinfo=UTC)
        begins = made.rota.begins
        assert await world.pages(begins - timedelta(seconds=1)) == "AB"
        assert await world.pages(begins + timedelta(days=7)) == "BC"
        assert await world.pages(begins + timedelta(days=14)) == "CA"

    async def test_a_zone_that_was_said(self, world: World) -> None:
        made = await world.rotas.set("T1", "A", RotaRequest(
            team="payments", people=("B", "A"), day=date(2026, 3, 28), zone="asia/kolkata"
        ))  # fmt: skip
        assert (made.rota.zone, made.zone_was_said) == ("Asia/Kolkata", True)
        assert made.rota.begins == datetime(2026, 3, 28, 3, 30, tzinfo=UTC)
        with pytest.raises(errors.UnknownZoneError):
            await world.rotas.set("T1", "A", RotaRequest(team="payments", people=("B",), zone="CET"))

    async def test_the_chats_zone_may_be_none_that_there_is(self, world: World) -> None:
        world.directory.zone = "Moon/Crater"
        with pytest.raises(errors.UnknownZoneError):
            await world.rotas.set("T1", "A", ROTA)

    async def test_from_now(self, world: World) -> None:
        made = await world.rotas.set("T1", "A", RotaRequest(team="payments", people=("C", "A"), day="now"))
        assert made.rota.begins == NOW.replace(second=0)
        assert await world.pages(NOW) == "CA"
        assert len(made.outlook.turns) == 5
        assert made.outlook.now is not None
        assert made.outlook.now.primary == "C"

    @pytest.mark.parametrize(
        ("request_", "following"),
        [
            (
                RotaRequest(team="payments", people=("A",), day=date(2026, 3, 23), at=time(10)),
                "2026-03-30T10:00",
            ),
            (
                RotaRequest(team="payments", people=("A",), day=date(2026, 3, 25), at=time(14)),
                "2026-04-01T14:00",
            ),
            (
                RotaRequest(
                    team="payments", people=("A",), unit="day", every=3, day=date(2026, 3, 23), at=time(14)
                ),
                "2026-03-26T14:00",
            ),
        ],
    )
    async def test_in_the_past_is_refused_with_the_next_handover(
        self, world: World, request_: RotaRequest, following: str
    ) -> None:
        await world.rotas.set("T1", "A", ROTA)
        with pytest.raises(errors.RotaInPastError) as refused:
            await world.rotas.set("T1", "A", request_)
        assert refused.value.following == datetime.fromisoformat(following)
        (rota,) = await world.store.rotas((await world.rosters.team("T1", "payments")).id)
        assert rota.people == ("A", "B", "C")

    async def test_a_new_one_begins_where_the_old_one_ends(self, world: World) -> None:
        await world.rotas.set("T1", "A", RotaRequest(team="payments", people=("C", "A"), day="now"))
        world.clock.move(timedelta(hours=1))
        first = await world.rotas.set("T1", "B", ROTA)
        assert first.replaced is not None
        assert first.replaced.people == ("C", "A")
        assert first.dropped is None
        instead = await world.rotas.set(
            "T1", "B", RotaRequest(team="payments", people=("B", "C"), day=date(2026, 4, 2))
        )
        assert instead.dropped is not None
        assert instead.dropped.people == ("A", "B", "C")
        assert await world.pages(first.rota.begins) == "CA"
        assert await world.pages(instead.rota.begins) == "BC"
        world.clock.moment = instead.rota.begins
        (outlook,) = await world.rotas.outlook("T1", "A", "payments")
        assert outlook.rota is not None
        assert (outlook.rota.people, outlook.following) == (("B", "C"), None)

    @pytest.mark.parametrize("by", ["A", "C", "ADMIN"])
    async def test_is_for_the_team_and_facilitators_to_set(self, world: World, by: str) -> None:
        await world.rotas.set("T1", by, ROTA)
        for refused in (
            world.rotas.set("T1", "D", ROTA),
            world.rotas.off("T1", "D", "payments"),
            world.swaps.agree("T1", "D", SwapRequest(team="payments", one="A", other="B", day=None)),
        ):
            with pytest.raises(errors.NotYourTeamError):
                await refused

    async def test_wrong_people_are_refused(self, world: World) -> None:
        for people, kind in [
            (("A", "B", "A"), errors.TwiceInRotaError),
            (("A", "D", "E"), errors.NotInTeamError),
            (("BOT",), CannotRideError),
        ]:
            with pytest.raises(kind):
                await world.rotas.set("T1", "A", RotaRequest(team="payments", people=people))
        made = await world.rotas.set("T1", "A", RotaRequest(team="payments", people=("BOT", "B", "A")))
        assert (made.rota.people, made.left_out) == (("B", "A"), ("BOT",))

    @pytest.mark.parametrize(
        "request_",
        [
            RotaRequest(team="payments", people=("A",), every=53),
            RotaRequest(team="payments", people=("A",), unit="day", every=367),
            RotaRequest(team="payments", people=("A",), day=date(9999, 12, 31)),
        ],
    )
    async def test_too_far_to_be_meant(self, world: World, request_: RotaRequest) -> None:
        with pytest.raises(errors.TooFarError):
            await world.rotas.set("T1", "A", request_)

    async def test_whoever_left_is_passed_over(self, world: World) -> None:
        made = await world.rotas.set("T1", "A", ROTA)
        world.directory.gone.add("B")
        begins = made.rota.begins
        assert await world.pages(begins) == "AC"
        assert await world.pages(begins + timedelta(days=7)) == "CA"
        await world.teams.leave("T1", "C", "payments")
        assert await world.pages(begins + timedelta(days=7)) == "A"
        world.clock.moment = begins + timedelta(days=7)
        (outlook,) = await world.rotas.outlook("T1", "A", "payments")
        assert outlook.now is not None
        assert (outlook.now.primary, outlook.now.secondary, outlook.now.instead_of) == ("A", None, "B")
        world.directory.gone.add("A")
        (outlook,) = await world.rotas.outlook("T1", "A", "payments")
        assert (outlook.members, outlook.now, outlook.turns) == ((), None, ())

    async def test_off(self, world: World) -> None:
        await world.rotas.set("T1", "A", RotaRequest(team="payments", people=("C",)))
        await world.rotas.set("T1", "A", ROTA)
        removed = await world.rotas.off("T1", "A", "Payments")
        assert sorted(removed.people) == ["A", "B", "C"]
        assert await world.pages(NOW + timedelta(days=20)) == "AB"
        with pytest.raises(errors.NoRotaError):
            await world.rotas.off("T1", "A", "payments")


class TestSwap:
    async def test_until_the_handover_of_a_day(self, world: World) -> None:
        made = await world.rotas.set("T1", "A", ROTA)
        begins = made.rota.begins
        world.clock.moment = begins + timedelta(days=1)
        done = await world.agree("C", SwapRequest(team="payments", one="A", other="C", day=Weekday(number=0)))
        assert done.swap.until == begins + timedelta(days=7)
        assert done.changes
        assert await world.pages(begins + timedelta(hours=23)) == "AB"
        assert await world.pages(world.clock.now()) == "CB"
        assert await world.pages(done.swap.until - timedelta(seconds=1)) == "CB"
        assert await world.pages(done.swap.until) == "BC"
        assert _marks(done.outlook) == [True, False, False, False, False]

    async def test_typed_twice_is_once_and_until_now_takes_it_back(self, world: World) -> None:
        await world.rotas.set("T1", "A", RotaRequest(team="payments", people=("A", "B", "C"), day="now"))
        friday = SwapRequest(team="payments", one="A", other="B", day=date(2026, 3, 27))
        for _ in range(2):
            done = await world.agree("A", friday)
            assert done.changes
            assert await world.pages(NOW) == "BA"
            world.clock.moment += timedelta(minutes=1)
        now = SwapRequest(team="payments", one="B", other="A", day="now")
        await world.swaps.agree("T1", "A", now)
        assert await world.pages(world.clock.now()) == "AB"
        with pytest.raises(errors.SwapOverError):
            await world.swaps.agree("T1", "A", now)

    async def test_that_changes_nothing_says_so(self, world: World) -> None:
        await world.rotas.set("T1", "A", RotaRequest(team="payments", people=("A", "B", "C"), day="now"))
        await world.teams.join("T1", "D", "payments")
        await world.rotas.set("T1", "A", RotaRequest(team="payments", people=("A", "B", "C", "D"), day="now"))
        done = await world.agree("A", SwapRequest(team="payments", one="C", other="D", day=date(2026, 3, 27)))
        assert not done.changes

    async def test_what_can_not_be_swapped(self, world: World) -> None:
        later = date(2026, 4, 20)
        swap = SwapRequest(team="payments", one="A", other="B", day=later)
        with pytest.raises(errors.NoRotaError):
            await world.swaps.agree("T1", "A", swap)
        await world.rotas.set("T1", "A", ROTA)
        with pytest.raises(errors.RotaNotBegunError):
            await world.swaps.agree("T1", "A", swap)
        await world.rotas.off("T1", "A", "payments")
        await world.rotas.set("T1", "A", RotaRequest(team="payments", people=("A", "B"), day="now"))
        for one, other, day, kind in [
            ("A", "A", later, errors.TwiceInRotaError),
            ("A", "C", later, errors.NotInRotaError),
            ("A", "B", date(2026, 3, 24), errors.SwapOverError),
            ("A", "B", date(2040, 1, 1), errors.TooFarError),
        ]:
            with pytest.raises(kind):
                await world.swaps.agree(
                    "T1", "A", SwapRequest(team="payments", one=one, other=other, day=day)
                )

    async def test_begins_when_it_is_said(self, world: World) -> None:
        """The kind that once put somebody on call at once: the second day overwrote the first."""
        await world.rotas.set("T1", "A", RotaRequest(team="payments", people=("A", "B", "C"), day="now"))
        world.clock.moment = datetime(2026, 3, 29, 15, tzinfo=UTC)  # a Sunday
        friday, monday = Weekday(number=4), Weekday(number=0)
        done = await world.agree(
            "A",
            SwapRequest(
                team="payments",
                one="A",
                other="B",
                first_day=friday,
                first_at=time(9),
                day=monday,
                at=time(9),
            ),
        )
        assert done.swap.begins == datetime(2026, 4, 3, 8, tzinfo=UTC)
        assert done.swap.until == datetime(2026, 4, 6, 8, tzinfo=UTC)
        assert await world.pages(world.clock.now()) == "AB"
        assert await world.pages(done.swap.begins - timedelta(seconds=1)) == "BC"
        assert await world.pages(done.swap.begins) == "AC"
        assert await world.pages(done.swap.until) == "BC"

    async def test_lasts_as_long_as_is_said(self, world: World) -> None:
        await world.rotas.set("T1", "A", RotaRequest(team="payments", people=("A", "B", "C"), day="now"))
        for length, first, until in [
            (Length(amount=2, unit="hour"), None, NOW + timedelta(hours=2)),
            # Over the change of the clocks: three days are not 72 hours.
            (Length(amount=3, unit="day"), date(2026, 3, 27), datetime(2026, 3, 30, 8, tzinfo=UTC)),
        ]:
            at = time(9) if first is not None else None
            request = SwapRequest(
                team="payments", one="A", other="C", first_day=first, first_at=at, length=length
            )
            assert (await world.agree("A", request)).swap.until == until

    async def test_another_time_of_the_same_two_holds_beside_the_first(self, world: World) -> None:
        await world.rotas.set("T1", "A", RotaRequest(team="payments", people=("A", "B", "C"), day="now"))
        for first, last in [(date(2026, 3, 30), date(2026, 3, 31)), (date(2026, 3, 26), date(2026, 3, 27))]:
            await world.agree(
                "A", SwapRequest(team="payments", one="A", other="B", first_day=first, day=last)
            )
        for day, pages in [(26, "BA"), (28, "AB"), (30, "BA"), (31, "AB")]:
            assert await world.pages(datetime(2026, 3, day, 15, 0, tzinfo=UTC)) == pages, day

    async def test_is_taken_back_by_its_id(self, world: World) -> None:
        await world.rotas.set("T1", "A", RotaRequest(team="payments", people=("A", "B", "C"), day="now"))
        runs = await world.agree("A", SwapRequest(team="payments", one="A", other="B", day=date(2026, 3, 27)))
        later = await world.agree(
            "A",
            SwapRequest(
                team="payments",
                one="A",
                other="C",
                first_day=date(2026, 3, 28),
                length=Length(amount=1, unit="day"),
            ),
        )
        assert [swap.id for swap in later.outlook.agreed] == [runs.swap.id, later.swap.id]
        with pytest.raises(errors.NotYourTeamError):
            await world.swaps.take_back("T1", "STRANGER", runs.swap.id)
        with pytest.raises(errors.UnknownSwapError) as refused:
            await world.swaps.take_back("T1", "A", runs.swap.id + "x")
        assert runs.swap.id in refused.value.nearest
        with pytest.raises(errors.UnknownSwapError):
            await world.swaps.take_back("T2", "A", runs.swap.id)
        world.clock.move(timedelta(minutes=1))
        for swap in (runs.swap, later.swap):
            ended = await world.swaps.take_back("T1", "B", swap.id.upper(), "payments")
            assert [one.id for one in ended.swaps] == [swap.id]
            with pytest.raises(errors.UnknownSwapError):
                await world.swaps.take_back("T1", "B", swap.id)
        assert await world.pages(world.clock.now()) == "AB"
        assert await world.pages(later.swap.begins) == "AB"

    async def test_the_very_same_again_is_known_as_such(self, world: World) -> None:
        await world.rotas.set("T1", "A", RotaRequest(team="payments", people=("A", "B", "C"), day="now"))
        friday = SwapRequest(team="payments", one="A", other="B", day=date(2026, 3, 27))
        assert not (await world.agree("A", friday)).again
        world.clock.move(timedelta(minutes=1))
        assert (await world.agree("A", friday)).again
        assert not (await world.agree("A", replace(friday, day=date(2026, 3, 28)))).again

    async def test_who_left_is_refused(self, world: World) -> None:
        await world.rotas.set("T1", "A", RotaRequest(team="payments", people=("A", "B", "C"), day="now"))
        world.directory.gone.add("B")
        friday = SwapRequest(team="payments", one="A", other="B", day=date(2026, 3, 27))
        with pytest.raises(errors.CannotBeOnCallError) as refused:
            await world.swaps.agree("T1", "A", friday)
        assert (refused.value.people, refused.value.swaps) == (("B",), True)
        with pytest.raises(errors.CannotBeOnCallError):
            await world.swaps.agree("T1", "A", replace(friday, kind="cover"))
        await world.teams.leave("T1", "C", "payments")
        with pytest.raises(errors.NotInTeamError):
            await world.swaps.agree("T1", "A", replace(friday, other="C"))

    async def test_what_can_not_be_its_time(self, world: World) -> None:
        await world.rotas.set("T1", "A", RotaRequest(team="payments", people=("A", "B", "C"), day="now"))
        swap = SwapRequest(team="payments", one="A", other="B", day=date(2026, 3, 27))
        for request, kind in [
            (replace(swap, first_day=date(2026, 3, 24)), errors.SwapOverError),
            (replace(swap, first_day=DaysAhead(days=0), first_at=time(10)), errors.SwapOverError),
            (replace(swap, first_day=date(2026, 3, 28)), errors.SwapOrderError),
            (replace(swap, day=None, length=Length(amount=600, unit="day")), errors.TooFarError),
        ]:
            with pytest.raises(kind):
                await world.swaps.agree("T1", "A", request)
        today = await world.agree("A", replace(swap, first_day=DaysAhead(days=0)))
        assert today.swap.begins == NOW

    async def test_in_a_rota_that_is_to_come_and_into_one(self, world: World) -> None:
        await world.rotas.set("T1", "A", RotaRequest(team="payments", people=("A", "B"), day="now"))
        made = await world.rotas.set("T1", "A", ROTA)
        over = SwapRequest(team="payments", one="A", other="B", day=date(2026, 4, 10))
        assert (await world.agree("A", over)).cut_at == made.rota.begins
        ahead = await world.agree("A", replace(over, other="C", first_day=date(2026, 4, 1)))
        assert (ahead.swap.rota, ahead.cut_at) == (made.rota.id, None)
        assert await world.pages(ahead.swap.begins) == "CB"


class TestCover:
    FRIDAY = SwapRequest(team="payments", kind="cover", one="A", other="C", day=date(2026, 3, 27))

    async def test_is_one_way(self, world: World) -> None:
        made = await world.rotas.set(
            "T1", "A", RotaRequest(team="payments", people=("A", "B", "C"), day="now")
        )
        cover = replace(self.FRIDAY, day=date(2026, 4, 20))
        done = await world.agree("B", cover)
        assert done.changes
        week = timedelta(weeks=1)
        for turn, pages in enumerate(["CB", "BC", "CB", "CB"]):
            assert await world.pages(made.rota.begins + turn * week + timedelta(hours=1)) == pages
        await world.swaps.take_back("T1", "A", done.swap.id)
        assert await world.pages(world.clock.now()) == "AB"

    async def test_by_somebody_of_the_team_without_turns(self, world: World) -> None:
        await world.teams.join("T1", "D", "payments")
        await world.rotas.set("T1", "A", RotaRequest(team="payments", people=("A", "B", "C"), day="now"))
        await world.agree("A", replace(self.FRIDAY, other="D"))
        assert await world.pages(NOW) == "DB"
        (mine,) = await world.rotas.mine("T1", "D")
        assert [turn.primary for turn in mine.turns] == ["D"]
        with pytest.raises(errors.NotInTeamError):
            await world.swaps.agree("T1", "A", replace(self.FRIDAY, other="E"))
        with pytest.raises(errors.NotInRotaError):
            await world.swaps.agree("T1", "A", replace(self.FRIDAY, one="D"))

    async def test_the_newest_counts_and_who_covers_may_be_covered(self, world: World) -> None:
        await world.rotas.set("T1", "A", RotaRequest(team="payments", people=("A", "B", "C"), day="now"))
        await world.agree("A", self.FRIDAY)
        await world.agree("A", replace(self.FRIDAY, other="B", length=Length(amount=1, unit="hour")))
        assert await world.pages(NOW) == "BC"
        assert await world.pages(NOW + timedelta(hours=2)) == "CB"
        await world.agree("A", replace(self.FRIDAY, one="C", other="B"))
        assert await world.pages(NOW + timedelta(hours=2)) == "B"
        await world.agree("A", replace(self.FRIDAY, one="B", other="C"))
        assert await world.pages(NOW + timedelta(hours=2)) in {"B", "C", "BC", "CB"}


class TestMine:
    async def test_my_turns_in_all_my_teams(self, world: World) -> None:
        await world.rotas.set("T1", "A", ROTA)
        await world.teams.create("T1", "A", "other", ["A", "D"])
        mine = await world.rotas.mine("T1", "A")
        assert [(one.outlook.team.name, len(one.turns)) for one in mine] == [("other", 0), ("payments", 3)]
        assert await world.rotas.mine("T1", "STRANGER") == ()

    async def test_a_rota_said_once_more_is_known_as_such(self, world: World) -> None:
        assert not (await world.rotas.set("T1", "A", ROTA)).again
        assert (await world.rotas.set("T1", "A", ROTA)).again
        swap = SwapRequest(
            team="payments", one="A", other="B", first_day=date(2026, 4, 2), day=date(2026, 4, 9)
        )
        agreed = await world.agree("A", swap)
        assert [one.id for one in (await world.rotas.set("T1", "A", ROTA)).ended] == [agreed.swap.id]
        assert not (await world.rotas.set("T1", "A", replace(ROTA, at=time(11)))).again


class TestOutlook:
    async def test_of_my_teams_or_of_all(self, world: World) -> None:
        await world.teams.create("T1", "D", "other", ["D"])
        assert _names(await world.rotas.outlook("T1", "A")) == ["payments"]
        assert _names(await world.rotas.outlook("T1", "STRANGER")) == ["other", "payments"]
        assert _names(await world.rotas.outlook("T1", "A", "OTHER")) == ["other"]
        assert await world.rotas.outlook("T2", "A") == ()

    async def test_reaches_four_weeks_ahead(self, world: World) -> None:
        daily = RotaRequest(team="payments", people=("A", "B"), unit="day", day="now")
        outlook = (await world.rotas.set("T1", "A", daily)).outlook
        assert len(outlook.turns) == 29
        assert outlook.turns[-1].end >= NOW + timedelta(weeks=4)

    async def test_a_group_that_is_gone_is_nobody(self, world: World) -> None:
        await world.teams.create("T1", "D", "sre", [], "S1")
        del world.directory.groups["S1"]
        outlooks = await world.rotas.outlook("T1", "STRANGER")
        assert [(one.team.name, one.members) for one in outlooks] == [
            ("payments", ("A", "B", "C")),
            ("sre", ()),
        ]


def _marks(outlook: Outlook) -> list[bool]:
    return [turn.swapped for turn in outlook.turns]


def _names(outlooks: Iterable[Outlook]) -> list[str]:
    return [outlook.team.name for outlook in outlooks]
