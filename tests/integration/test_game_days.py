"""Game days on fakes of rides and chat, with the real store: planned, begun, steered, ended, cut off."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from bot.gamedays.announcements import (
    Board,
    ConsoleHead,
    ConsoleTeams,
    CouldNotStart,
    DayCard,
    Ended,
    FacilitatesInstead,
    Failure,
    InvitesRefused,
    Reminder,
    StartsLate,
    Summary,
    TooBusy,
)
from bot.gamedays.boards import Boards
from bot.gamedays.edit_pace import EditRates
from bot.gamedays.errors import (
    GameDayNotBegunError,
    GameDayOverError,
    GameDayRunsError,
    NoRideNowError,
    NotToStartAgainError,
    NotYourGameDayError,
    PlanRefusedError,
    UnknownGameDayError,
)
from bot.gamedays.game_days import GameDays
from bot.gamedays.live_day import LiveDay
from bot.gamedays.parts import GameDayParts, Tempo
from bot.gamedays.plan import Fault, Plan
from bot.rides.errors import ChatRefusedError, FacilitatorsOnlyError
from scenarios.journal.events import Outcome
from scenarios.loading.catalogue import Catalogue
from storage.database import Database, sqlite_url
from storage.game_days import GameDay, GameDayStore
from tests.integration.engine_fakes import STARTED, FakeClock, FakeRights
from tests.integration.game_day_fakes import FakeRides, FakeStage, FakeTeams
from tests.integration.storage_fixtures import ride
from tests.unit.ride_journal import LOOK, TIE, RideJournal

TEAMS = {"apes": ("U1", "U2"), "bears": ("U3", "U4"), "cats": ("U5", "U6"), "dogs": ("U7", "U8")}
HOUR = STARTED + timedelta(hours=1)
PLAN = Plan(
    name="Winter",
    starts_at=HOUR,
    scenarios=("alter-table-locks",),
    teams=tuple(TEAMS),
    facilitators=("U9",),
)
UNHEARD_OF = 100_000
AT_ONCE = Tempo(
    edit_every=timedelta(0),
    edits=EditRates(in_all=2 * UNHEARD_OF, clocks=2 * UNHEARD_OF, burst=UNHEARD_OF, clock_burst=UNHEARD_OF),
    refresh_every=timedelta(seconds=30),
    patience=timedelta(seconds=5),
    breath=timedelta(0),
    try_again=timedelta(0),
)


@dataclass
class World:
    """Everything that outlives the program."""

    store: GameDayStore
    clock: FakeClock = field(default_factory=FakeClock)
    rides: FakeRides = field(init=False)
    stage: FakeStage = field(init=False)
    teams: FakeTeams = field(default_factory=lambda: FakeTeams(dict(TEAMS)))
    tempo: Tempo = AT_ONCE
    days: list[GameDays] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rides = FakeRides(self.clock)
        self.stage = FakeStage(self.clock)

    @asynccontextmanager
    async def program(self) -> AsyncIterator[GameDays]:
        """One life of the program."""
        days = GameDays(self.parts())
        await days.begin()
        try:
            yield days
        finally:
            await days.close()

    def parts(self) -> GameDayParts:
        """What a life of the program is built of."""
        return GameDayParts(
            store=self.store,
            book=self.rides,
            rides=self.rides,
            hand=self.rides,
            teams=self.teams,
            stage=self.stage,
            scenarios=Catalogue(),
            rights=FakeRights({"U9", "ADMIN"}),
            clock=self.clock,
            tempo=self.tempo,
        )

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait until something was said or changed that makes this true."""
        async with asyncio.timeout(10):
            while not happened():
                self.stage.changed.clear()
                self.rides.changed.clear()
                waits = [asyncio.create_task(one.changed.wait()) for one in (self.stage, self.rides)]
                _, rest = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED, timeout=1)
                for task in rest:
                    task.cancel()

    async def begin_at(self, days: GameDays, moment: datetime = HOUR) -> None:
        """The hour comes."""
        self.clock.moment = moment
        await days.sweep()

    def live(self) -> set[str | None]:
        """The teams whose rides are live."""
        return {record.team for record in self.rides.records.values() if record.state == "live"}

    def board(self) -> Board:
        """The scoreboard as it is seen."""
        seen = [Board(name="", state="", rounds=0, lines=())]
        seen += [what for place, _, what in self.stage.said if isinstance(what, Board)]
        seen += [what for _, _, _, what in self.stage.edits if isinstance(what, Board)]
        return seen[-1]

    def states(self) -> dict[str, str]:
        return {line.team: line.state for line in self.board().lines}

    def summary(self) -> Summary | None:
        return next((what for _, _, what in self.stage.said if isinstance(what, Summary)), None)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with Database(sqlite_url(tmp_path / "ride.sqlite3")) as database:
        yield World(store=GameDayStore(database))


def solved(wait: float = 10) -> RideJournal:
    """Looked, tied, ended the blocker after a while."""
    return RideJournal().ran(LOOK).ran(TIE).wait(wait).kills().drains()


async def planned(days: GameDays, plan: Plan = PLAN) -> GameDay:
    return await days.create("T1", "U9", plan)


async def all_end(world: World, outcome: Outcome = Outcome.EXPIRED) -> None:
    for team in world.teams.people:
        world.rides.finish(team, RideJournal(), outcome)
    await world.until(lambda: world.summary() is not None)


async def seen_to_end(day: LiveDay, team: str) -> None:
    """Until the follower has shown what it may of a ride that is over, and looks for more."""
    async with asyncio.timeout(10):
        while day.slots[team, 0].state != "done" or day.changed.is_set():  # noqa: ASYNC110
            await asyncio.sleep(0)


# -- planning


async def test_a_plan_becomes_a_day_with_its_channels(world: World) -> None:
    async with world.program() as days:
        day = await planned(days)
        assert world.stage.channels == ["gameday-Winter", "gameday-Winter-console"]
        assert set(world.stage.invited["C1"]) == {"U9", *(p for team in TEAMS.values() for p in team)}
        assert world.stage.invited["C2"] == ("U9",)
        assert [type(said) for said in world.stage.told("C1")] == [DayCard]
        assert [type(said) for said in world.stage.told("C2")] == [ConsoleHead]
        assert days.to_come("T1") == [day]
        assert days.to_come("T2") == []
    assert await world.store.get(day.id) == day


async def test_only_facilitators_plan_and_cancel(world: World) -> None:
    async with world.program() as days:
        with pytest.raises(FacilitatorsOnlyError):
            await days.create("T1", "U1", PLAN)
        day = await planned(days)
        with pytest.raises(FacilitatorsOnlyError):
            await days.cancel("T1", "U1", day.id)


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"name": ""}, [Fault.NAME_MISSING]),
        ({"teams": ("apes", "gone")}, [Fault.TEAM_GONE]),
        ({"teams": ("apes", "empty")}, [Fault.TEAM_EMPTY]),
        ({"teams": ("apes", "twins")}, [Fault.PEOPLE_SHARED]),
        ({"facilitators": ("U9", "U1")}, [Fault.FACILITATORS_RIDE]),
        ({"facilitators": ("BOT1",)}, [Fault.FACILITATORS_UNABLE]),
        ({"facilitators": ("NOBODY",)}, [Fault.FACILITATORS_UNABLE]),
        ({"scenarios": (), "level": "L5"}, [Fault.LEVEL_WITHOUT_SCENARIO]),
        ({"scenarios": (), "level": "L3", "count": 2}, []),
    ],
)
async def test_what_people_and_teams_say_against_a_plan(
    world: World, changes: dict[str, object], faults: list[Fault]
) -> None:
    world.teams.people |= {"empty": (), "twins": ("U1", "U77")}
    async with world.program() as days:
        plan = replace(PLAN, **changes)  # type: ignore[arg-type]
        assert [problem.fault for problem in await days.check("T1", plan)] == faults
        if faults:
            with pytest.raises(PlanRefusedError):
                await planned(days, plan)
            assert world.stage.channels == []
        else:
            assert (await planned(days, plan)).scenarios == ("alter-table-locks",) * 2


async def test_days_that_overlap_share_no_team_and_nobody(world: World) -> None:
    world.teams.people |= {"others": ("U1", "U77")}
    async with world.program() as days:
        await planned(days, replace(PLAN, teams=("apes", "bears")))

        async def faults(minutes: float, *teams: str) -> list[Fault]:
            plan = replace(PLAN, teams=teams, starts_at=HOUR + timedelta(minutes=minutes))
            return [problem.fault for problem in await days.check("T1", plan)]

        assert await faults(14, "apes", "cats") == [Fault.TEAM_TAKEN]
        assert await faults(-14, "apes") == [Fault.TEAM_TAKEN]
        assert await faults(0, "others") == [Fault.PEOPLE_TAKEN]
        assert await faults(0, "cats") == []
        assert await faults(15, "apes", "others") == [Fault.PEOPLE_SHARED]
        assert await faults(15, "apes") == []


async def test_a_start_too_near_is_moved_and_everything_says_so(world: World) -> None:
    async with world.program() as days:
        day = await planned(days, replace(PLAN, starts_at=world.clock.now()))
        ready = world.clock.now() + timedelta(minutes=3)
        assert day.starts_at == ready, "two minutes, and a part of one for four channels"
        [card] = world.stage.told("C1")
        [head] = world.stage.told("C2")
        assert isinstance(card, DayCard)
        assert isinstance(head, ConsoleHead)
        assert {card.day.starts_at, head.day.starts_at} == {ready}
        assert {slot.due_at for slot in await world.store.slots(day.id)} == {ready}
        again = await planned(days, replace(PLAN, starts_at=world.clock.now()))
        assert again.id == day.id, "the other half of a double click"
        await world.begin_at(days, ready)
        await world.until(lambda: world.live() == set(TEAMS))
        assert {record.live_at for record in world.rides.records.values()} == {ready}
        assert not any(isinstance(said, StartsLate) for said in world.stage.told("C1"))


async def test_a_day_planned_for_a_minute_ago_is_for_now(world: World) -> None:
    async with world.program() as days:
        day = await planned(days, replace(PLAN, starts_at=world.clock.now() - timedelta(minutes=1)))
        assert day.starts_at >= world.clock.now()
        # And were it begun late, by a busy machine: Ride was there all the while.
        await world.begin_at(days, day.starts_at + timedelta(minutes=2))
        await world.until(lambda: world.live() == set(TEAMS))
        assert not any(isinstance(said, StartsLate) for said in world.stage.told("C1"))


async def test_players_are_reminded_a_day_an_hour_and_five_minutes_before(world: World) -> None:
    def reminded() -> list[timedelta]:
        return [said.before for said in world.stage.told("C1") if isinstance(said, Reminder)]

    day_before, hour, minutes = timedelta(days=1), timedelta(hours=1), timedelta(minutes=5)
    world.clock.moment = HOUR - timedelta(days=2)
    async with world.program() as days:
        await planned(days)
        await world.begin_at(days, HOUR - day_before - timedelta(seconds=1))
        assert reminded() == []
        await world.begin_at(days, HOUR - day_before)
        await world.until(lambda: reminded() == [day_before])
        await days.sweep()
    async with world.program() as days:
        # Nobody was there an hour before: it comes now, and none twice.
        await world.begin_at(days, HOUR - timedelta(minutes=40))
        await world.until(lambda: reminded() == [day_before, hour])
        await days.sweep()
        await world.begin_at(days, HOUR - minutes)
        await world.until(lambda: reminded() == [day_before, hour, minutes])
        await world.begin_at(days)
        await world.until(lambda: world.live() == set(TEAMS))
        assert reminded() == [day_before, hour, minutes]


async def test_thirty_teams_are_begun_with_as_early_as_slack_needs(world: World) -> None:
    world.teams.people = {f"t{number:02}": (f"P{number}",) for number in range(30)}
    async with world.program() as days:
        await planned(days, replace(PLAN, teams=tuple(world.teams.people)))
        await world.begin_at(days, HOUR - timedelta(minutes=3, seconds=45))
        assert world.rides.records == {}
        await world.begin_at(days, HOUR - timedelta(minutes=3, seconds=40))
        await world.until(lambda: len(world.rides.requests) == 30)
        assert world.live() == set(), "they wait for the hour"


async def test_days_at_the_same_hour_begin_earlier_together(world: World) -> None:
    world.teams.people = {f"t{number:02}": (f"P{number}",) for number in range(36)}
    teams = list(world.teams.people)
    async with world.program() as days:
        await planned(days, replace(PLAN, teams=tuple(teams[:18])))
        await planned(days, replace(PLAN, name="Other", teams=tuple(teams[18:])))
        await world.begin_at(days, HOUR - timedelta(minutes=4))
        await world.until(lambda: len(world.rides.requests) == 18)
        await world.begin_at(days, HOUR - timedelta(minutes=3))
        await world.until(lambda: len(world.rides.requests) == 36)


async def test_what_needs_the_chat_is_not_asked_before_the_form_is_answered(world: World) -> None:
    world.teams.people |= {"twins": ("U1", "U77"), "empty": ()}
    async with world.program() as days:
        await planned(days, replace(PLAN, teams=("apes",)))
        world.stage.asked.clear()
        world.teams.asked.clear()
        plan = replace(PLAN, teams=("apes", "twins", "empty", "gone"), facilitators=("U1", "BOT1"))
        found = [problem.fault for problem in await days.seen_at_once("T1", plan)]
        assert found == [Fault.TEAM_GONE, Fault.TEAM_TAKEN]
        assert (world.stage.asked, world.teams.asked) == ([], [])
        later = {problem.fault for problem in await days.check("T1", plan)}
        assert later > {Fault.PEOPLE_SHARED, Fault.TEAM_EMPTY, Fault.FACILITATORS_UNABLE}
        assert world.stage.asked != []


async def test_refused_invites_are_told_to_the_planner_alone(world: World) -> None:
    world.stage.gone = {"U3"}
    async with world.program() as days:
        await planned(days)
        assert world.stage.told("U9") == [
            InvitesRefused(day="Winter", channel="C1", refused=(("U3", "cant_invite"),))
        ]


async def test_without_a_channel_there_is_no_day(world: World) -> None:
    world.stage.refuses["open_channel"] = "restricted_action"
    async with world.program() as days:
        with pytest.raises(ChatRefusedError):
            await planned(days)
        assert days.to_come("T1") == []
        world.stage.refuses.clear()
        await planned(days)


async def test_a_day_that_was_cut_off_while_it_was_made_opens_its_channels_at_the_hour(world: World) -> None:
    async with world.program() as days:
        day = await planned(days)
    bare = replace(day, channel=None, console=None, card_ts=None, console_ts=())
    await world.store.update(bare)
    world.stage.said.clear()
    world.stage.invited.clear()
    async with world.program() as days:
        await world.begin_at(days)
        await world.until(lambda: world.live() == set(TEAMS))
        assert set(world.stage.invited["C3"]) == {"U9", *(p for team in TEAMS.values() for p in team)}
        assert world.states() != {}


async def test_a_cancelled_day_does_not_begin(world: World) -> None:
    async with world.program() as days:
        await planned(days)
        cancelled = await days.cancel("T1", "ADMIN", "winter")
        assert isinstance(world.stage.told("C1")[-1], Ended)
        await world.begin_at(days)
        assert world.rides.records == {}
        with pytest.raises(GameDayOverError):
            await days.cancel("T1", "U9", cancelled.id)
        with pytest.raises(UnknownGameDayError):
            await days.cancel("T1", "U9", "no such day")


# -- the hour


async def test_at_the_hour_all_teams_go_live_at_once(world: World) -> None:
    async with world.program() as days:
        day = await planned(days)
        await world.begin_at(days, HOUR - timedelta(minutes=3))
        assert world.rides.records == {}
        await world.begin_at(days)
        await world.until(lambda: world.live() == set(TEAMS))
        moments = {record.live_at for record in world.rides.records.values()}
        assert moments == {HOUR}
        assert {request.game_day for request in world.rides.requests} == {day.id}
        assert {request.learners for request in world.rides.requests} == set(TEAMS.values())
        await world.until(lambda: set(world.states().values()) == {"live"})
        with pytest.raises(GameDayRunsError):
            await days.cancel("T1", "U9", day.id)


async def test_one_team_that_cant_start_holds_up_nobody_and_may_start_again(world: World) -> None:
    world.rides.refuses["bears"] = ChatRefusedError("conversations.create", "ratelimited")
    world.rides.voids.add("cats")
    world.teams.people["dogs"] = ()
    async with world.program() as days:
        world.teams.people["dogs"] = ("U7",)
        day = await planned(days)
        world.teams.people["dogs"] = ()
        await world.begin_at(days)
        await world.until(
            lambda: world.states() == {"apes": "live", "bears": "failed", "cats": "failed", "dogs": "failed"}
        )
        told = {said.team: said.failure for said in world.stage.told("U9") if isinstance(said, CouldNotStart)}
        assert told == {
            "Bears": "refused_by_chat:ratelimited:conversations.create",
            "Cats": "No room on the disk.",
            "Dogs": Failure.NOBODY,
        }
        world.rides.voids.clear()
        await days.console.start_again("T1", "U9", day.id, "cats")
        await days.sweep()
        await world.until(lambda: world.live() == {"apes", "cats"})
        with pytest.raises(NotToStartAgainError):
            await days.console.start_again("T1", "U9", day.id, "apes")
        world.rides.refuses["bears"] = ChatRefusedError("conversations.create", "ratelimited")
        await days.console.start_again("T1", "U9", day.id, "bears")
        await days.sweep()
        await world.until(lambda: sum(type(said) is CouldNotStart for said in world.stage.told("U9")) == 4)
        with pytest.raises(NotToStartAgainError):
            await days.console.start_again("T1", "U9", day.id, "bears")


async def test_who_is_busy_or_facilitates_is_told_and_the_others_ride(world: World) -> None:
    async with world.program() as days:
        await planned(days)
        world.rides.records["other"] = ride("other", state="live", channel="ELSEWHERE")
        world.teams.people["bears"] = ("U3", "U9")
        await world.begin_at(days)
        await world.until(lambda: len(world.rides.requests) == 4)
        riding = {request.roster.team: request.learners for request in world.rides.requests if request.roster}
        assert riding["apes"] == ("U2",)
        assert riding["bears"] == ("U3",)
        assert world.stage.told("U1") == [TooBusy(day="Winter", team="Apes", channel="ELSEWHERE")]
        assert FacilitatesInstead(day="Winter", team="Bears") in world.stage.told("U9")
        rosters = {request.roster.team: request.roster for request in world.rides.requests if request.roster}
        assert (rosters["apes"].primary, rosters["apes"].secondary) == ("U2", None)
        assert (rosters["cats"].primary, rosters["cats"].secondary) == ("U5", "U6")


async def test_waves_begin_one_after_the_other(world: World) -> None:
    async with world.program() as days:
        await planned(days, replace(PLAN, wave_size=2, wave_minutes=10))
        await world.begin_at(days)
        await world.until(lambda: world.live() == {"apes", "bears"})
        assert world.states()["cats"] == "waiting"
        await world.begin_at(days, HOUR + timedelta(minutes=10))
        await world.until(lambda: world.live() == set(TEAMS))


async def test_waves_that_are_all_late_begin_together_and_are_followed_once(world: World) -> None:
    async with world.program() as days:
        await planned(days, replace(PLAN, wave_size=1, wave_minutes=5))
    world.clock.moment = HOUR + timedelta(minutes=20)
    async with world.program() as days:
        await days.sweep()
        await world.until(lambda: world.live() == set(TEAMS))
        await all_end(world)
        kinds = [type(said) for said in world.stage.told("C1")]
        assert (kinds.count(Board), kinds.count(Summary), kinds.count(StartsLate)) == (1, 1, 1)
    [day] = await world.store.recent("T1", 1)
    assert [event.kind for event in await world.store.events(day.id)].count("over") == 1


async def test_a_refused_scoreboard_is_tried_again_later(world: World) -> None:
    async with world.program() as days:
        day = await days.find("T1", (await planned(days)).id)
        world.stage.refuses["post"] = "not_in_channel"
        world.stage.tries.clear()
        await world.begin_at(days)
        await world.until(lambda: world.live() == set(TEAMS))
        for team in ("apes", "bears"):
            world.rides.finish(team, RideJournal(), Outcome.EXPIRED)
            await seen_to_end(day, team)
        assert world.stage.tries.count("post") == 2
        world.stage.refuses.clear()
        world.clock.move(AT_ONCE.refresh_every)
        world.rides.finish("cats", RideJournal(), Outcome.EXPIRED)
        await world.until(lambda: world.states() != {})


async def test_rounds_follow_after_a_break_for_all(world: World) -> None:
    async with world.program() as days:
        await planned(days, replace(PLAN, scenarios=("alter-table-locks",) * 2, teams=("apes", "bears")))
        await world.begin_at(days)
        await world.until(lambda: world.live() == {"apes", "bears"})
        world.rides.finish("apes", solved())
        await world.until(lambda: world.states()["apes"] == "resolved")
        world.rides.finish("bears", RideJournal(), Outcome.EXPIRED)
        await world.until(lambda: set(world.states().values()) == {"waiting"})
        assert {line.round for line in world.board().lines} == {2}
        await world.begin_at(days, world.clock.now() + timedelta(minutes=2))
        await world.until(lambda: len(world.rides.records) == 4 and world.live() == {"apes", "bears"})
        world.teams.people = {"apes": (), "bears": ()}
        await all_end(world)
        summary = world.summary()
        assert summary is not None
        assert [(one.team, one.rides) for one in summary.standings] == [("apes", 2), ("bears", 2)]


# -- the end


async def test_the_end_has_a_podium_and_the_console_says_so(world: World) -> None:
    async with world.program() as days:
        day = await planned(days)
        await world.begin_at(days)
        await world.until(lambda: world.live() == set(TEAMS))
        world.rides.finish("bears", solved(wait=20))
        world.rides.finish("apes", solved(wait=90))
        world.rides.finish("cats", RideJournal(), Outcome.EXPIRED)
        world.rides.finish("dogs", RideJournal(), Outcome.STOPPED)
        await world.until(lambda: any(isinstance(said, Ended) for said in world.stage.told("C2")))
        summary = world.summary()
        assert summary is not None
        assert [(one.team, one.place) for one in summary.standings] == [
            ("bears", 1),
            ("apes", 2),
            ("cats", 3),
            ("dogs", None),
        ]
        assert summary.standings[0].total == summary.standings[1].total
        assert summary.medians.rides == 3
        assert [one.team for one in summary.hard] == ["apes", "bears", "cats"]
        assert world.board().state == "over"
        assert days.to_come("T1") == []
        async with asyncio.timeout(10):
            while await world.store.unfinished():  # noqa: ASYNC110
                await asyncio.sleep(0)
    stored = await world.store.get(day.id)
    assert stored is not None
    assert (stored.state, stored.told) == ("over", True)


async def test_a_facilitator_ends_the_day(world: World) -> None:
    async with world.program() as days:
        day = await planned(days, replace(PLAN, wave_size=2, wave_minutes=10))
        await world.begin_at(days)
        await world.until(lambda: world.live() == {"apes", "bears"})
        await days.console.end_day("T1", "ADMIN", day.id)
        await world.until(lambda: world.summary() is not None)
        assert world.states() == {
            "apes": "stopped",
            "bears": "stopped",
            "cats": "dropped",
            "dogs": "dropped",
        }
        summary = world.summary()
        assert summary is not None
        assert summary.day.ended_by == "ADMIN"
        # Who ended it stands there once, and the end came of that.
        events = [(event.kind, event.by) for event in await world.store.events(day.id)]
        assert [one for one in events if one[0] in ("day_ended", "over")] == [
            ("day_ended", "ADMIN"),
            ("over", None),
        ]


# -- the console


async def test_a_ride_whose_server_is_gone_does_not_keep_the_others_from_pausing(world: World) -> None:
    async with world.program() as days:
        day = await planned(days)
        await world.begin_at(days)
        await world.until(lambda: set(world.states().values()) == {"live"})
        world.rides.broken.add(world.rides.ride_of("apes"))
        assert await days.console.pause_all("T1", "ADMIN", day.id) == 3
        await world.until(lambda: sorted(world.states().values()) == ["live", "paused", "paused", "paused"])


async def test_every_act_reaches_the_ride_and_is_written_down(world: World) -> None:
    async with world.program() as days:
        day, console = await planned(days), days.console
        await world.begin_at(days)
        await world.until(lambda: set(world.states().values()) == {"live"})
        mine = world.rides.ride_of("apes")
        for act in (console.pause, console.resume, console.extend, console.reveal_hint):
            await act("T1", "U9", day.id, "apes")
        await console.send_symptom("T1", "U9", day.id, "apes", "eta")
        await console.speak("T1", "U9", day.id, "apes", speaker="Kim", text="Well?")
        assert await console.pause_all("T1", "ADMIN", day.id) == 4
        assert await console.pause_all("T1", "ADMIN", day.id) == 0
        await world.until(lambda: set(world.states().values()) == {"paused"})
        assert await console.resume_all("T1", "ADMIN", day.id) == 4
        await console.end("T1", "U9", day.id, "apes")
        assert [act for act in world.rides.acts if act[1] == mine] == [
            ("pause", mine, "U9"),
            ("resume", mine, "U9"),
            ("extend", mine, "U9", "0:05:00"),
            ("hint", mine, "U9"),
            ("symptom", mine, "U9", "eta"),
            ("speak", mine, "U9", "Kim", "Well?"),
            ("pause", mine, "ADMIN"),
            ("resume", mine, "ADMIN"),
            ("end", mine, "U9"),
        ]
        await world.until(lambda: world.states()["apes"] == "stopped")
        with pytest.raises(NoRideNowError):
            await console.pause("T1", "U9", day.id, "apes")
        heads = [what for _, _, _, what in world.stage.edits if isinstance(what, ConsoleHead)]
        assert "U9" in {event.by for event in heads[-1].acts}
    kinds = [event.kind for event in await world.store.events(day.id) if event.by is not None]
    assert kinds == [
        "planned",
        "paused",
        "resumed",
        "extended",
        "hint",
        "symptom",
        "spoke",
        "paused_all",
        "paused_all",
        "resumed_all",
        "ended",
    ]


async def test_only_its_facilitators_and_admins_steer_it(world: World) -> None:
    async with world.program() as days:
        day = await planned(days)
        with pytest.raises(GameDayNotBegunError):
            await days.console.pause("T1", "U9", day.id, "apes")
        await world.begin_at(days)
        await world.until(lambda: world.live() == set(TEAMS))
        for act in (days.console.pause, days.console.end, days.console.start_again):
            with pytest.raises(NotYourGameDayError):
                await act("T1", "U1", day.id, "apes")
        with pytest.raises(NotYourGameDayError):
            await days.console.end_day("T1", "U1", day.id)
        with pytest.raises(UnknownGameDayError):
            await days.console.pause("T2", "U9", "nonsense", "apes")
        assert world.rides.acts == []


# -- the messages


async def test_the_board_is_one_message_edited_no_more_than_once_in_a_while(world: World) -> None:
    world.tempo = replace(AT_ONCE, edit_every=timedelta(seconds=3))
    async with world.program() as days:
        day = await days.find("T1", (await planned(days)).id)
        await world.begin_at(days)
        await world.until(lambda: world.live() == set(TEAMS))
        for team in ("apes", "bears", "cats"):
            world.clock.move(timedelta(seconds=2))
            world.rides.finish(team, RideJournal(), Outcome.EXPIRED)
            await seen_to_end(day, team)
        world.clock.move(timedelta(seconds=3))
        world.rides.finish("dogs", RideJournal(), Outcome.EXPIRED)
        await world.until(lambda: world.states()["dogs"] == "expired")
        assert sum(isinstance(what, Board) for _, _, what in world.stage.said) == 1
        moments = [at for at, _, _, what in world.stage.edits if isinstance(what, Board)]
        assert len(moments) >= 2
        assert all(later - at >= timedelta(seconds=3) for at, later in pairwise(moments))


@asynccontextmanager
async def running(world: World, teams: int) -> AsyncIterator[Boards]:
    """The messages of a day with live rides, shown by nobody but the test."""
    world.teams.people = {f"t{number:02}": (f"P{number}",) for number in range(teams)}
    async with world.program() as days:
        record = await planned(days, replace(PLAN, teams=tuple(world.teams.people)))
        await world.begin_at(days)
        await world.until(lambda: set(world.states().values()) == {"live"})
    world.tempo = replace(AT_ONCE, edits=EditRates(), edit_every=timedelta(seconds=3))
    [stored] = await world.store.unfinished()
    assert stored.id == record.id
    yield Boards(await LiveDay.load(world.parts(), stored))


async def edits_of(world: World, boards: Boards, minutes: int, *, paused: int = 0) -> list[datetime]:
    """Look every two seconds, and each time let so many teams pause or go on; gives when edits were made."""
    before = len(world.stage.edits)
    for step in range(minutes * 30):
        world.clock.move(timedelta(seconds=2))
        for number in range(paused):
            world.rides.paused ^= {world.rides.ride_of(f"t{(7 * step + number) % 30:02}")}
        await boards.show()
    return [at for at, _, _, _ in world.stage.edits[before:]]


def most_in_a_minute(moments: list[datetime]) -> int:
    return max(sum(at <= one < at + timedelta(minutes=1) for one in moments) for at in moments)


@pytest.mark.parametrize(("paused", "at_least", "at_most"), [(0, 7, 12), (3, 15, 20)])
async def test_the_messages_of_thirty_teams_share_the_edits_that_slack_allows(
    world: World, paused: int, at_least: int, at_most: int
) -> None:
    async with running(world, 30) as boards:
        await edits_of(world, boards, 2)
        before = len(world.stage.edits)
        moments = await edits_of(world, boards, 4, paused=paused)
        assert at_least <= most_in_a_minute(moments) <= at_most
        edited = {ts for _, _, ts, _ in world.stage.edits[before:]}
        scoreboard_and_pages = 1 + 6
        assert len(edited) >= scoreboard_and_pages, "none waits for ever"


async def test_two_days_share_them_too(world: World) -> None:
    async with running(world, 30) as boards:
        moments: list[datetime] = []
        [stored] = await world.store.unfinished()
        parts = world.parts()
        both = [Boards(await LiveDay.load(parts, stored)) for _ in range(2)]
        assert both[0] is not boards
        before = len(world.stage.edits)
        for _ in range(120):
            world.clock.move(timedelta(seconds=2))
            for one in both:
                await one.show()
        moments = [at for at, _, _, _ in world.stage.edits[before:]]
        assert most_in_a_minute(moments[20:]) <= 12


async def test_a_second_that_has_passed_is_no_reason_to_edit(world: World) -> None:
    async with running(world, 4) as boards:
        await edits_of(world, boards, 1)
        world.clock.moment = world.clock.moment.replace(second=0) + timedelta(minutes=1, seconds=5)
        await boards.show()
        while boards.rest() < world.tempo.refresh_every:
            world.clock.move(boards.rest())
            await boards.show()
        before = len(world.stage.edits)
        world.clock.move(timedelta(seconds=20))
        await boards.show()
        assert world.stage.edits[before:] == []
        world.clock.move(timedelta(seconds=40))
        await boards.show()
        assert world.stage.edits[before:] != []


async def test_a_refused_edit_stops_nothing(world: World) -> None:
    async with world.program() as days:
        await planned(days)
        world.stage.refuses |= {"update": "message_not_found", "direct": "cannot_dm_bot"}
        await world.begin_at(days)
        await world.until(lambda: world.live() == set(TEAMS))
        await all_end(world)


# -- restarts


async def test_a_restart_before_the_hour(world: World) -> None:
    async with world.program() as days:
        await planned(days)
    async with world.program() as days:
        assert [day.name for day in days.to_come("T1")] == ["Winter"]
        await world.begin_at(days)
        await world.until(lambda: world.live() == set(TEAMS))
        assert not any(isinstance(said, StartsLate) for said in world.stage.told("C1"))


async def test_a_restart_soon_after_the_hour_begins_late_for_all(world: World) -> None:
    async with world.program() as days:
        await planned(days)
    world.clock.moment = HOUR + timedelta(minutes=10)
    async with world.program() as days:
        await days.sweep()
        await world.until(lambda: world.live() == set(TEAMS))
        assert StartsLate(due_at=HOUR) in world.stage.told("C1")
        assert {record.live_at for record in world.rides.records.values()} == {HOUR + timedelta(minutes=10)}


async def test_a_late_begin_waits_for_all_as_long_as_preparing_takes(world: World) -> None:
    world.tempo = replace(AT_ONCE, patience=timedelta(seconds=0.1))
    world.rides.held["dogs"] = asyncio.Event()
    async with world.program() as days:
        await planned(days)
        await world.begin_at(days, HOUR + timedelta(minutes=10))
        await world.until(lambda: len(world.rides.requests) == 4)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await world.until(lambda: world.live() != set())
        world.rides.held["dogs"].set()
        await world.until(lambda: world.live() == set(TEAMS))


async def test_a_restart_long_after_the_hour_says_so(world: World) -> None:
    async with world.program() as days:
        day = await planned(days)
    world.clock.moment = HOUR + timedelta(hours=2)
    async with world.program() as days:
        await days.sweep()
        await world.until(lambda: any(isinstance(said, Ended) for said in world.stage.told("U9")))
        assert world.rides.records == {}
    stored = await world.store.get(day.id)
    assert stored is not None
    assert stored.state == "missed"


async def test_a_restart_while_rides_were_prepared_prepares_them_again(world: World) -> None:
    world.tempo = replace(AT_ONCE, patience=timedelta(seconds=60))
    async with world.program() as days:
        await planned(days)
        await world.begin_at(days, HOUR - timedelta(minutes=1))
        await world.until(lambda: len(world.rides.records) == 4)
    assert world.live() == set()
    for task in list(world.rides.tasks):
        task.cancel()
    world.clock.moment = HOUR
    async with world.program() as days:
        # The engine writes off what it was preparing.
        for cut in list(world.rides.records):
            world.rides.end_unborn(cut, "Ride was restarted while preparing this incident.")
        await world.until(lambda: set(world.states().values()) == {"waiting"})
        await days.sweep()
        await world.until(lambda: world.live() == set(TEAMS))
        assert len(world.rides.records) == 8


async def test_a_restart_just_when_a_ride_went_live_keeps_it(world: World) -> None:
    async with world.program() as days:
        day = await days.find("T1", (await planned(days)).id)
        await world.begin_at(days, HOUR - timedelta(minutes=1))
        await world.until(lambda: all(slot.ride is not None for slot in day.slots.values()))
    for task in list(world.rides.tasks):
        task.cancel()
    world.clock.moment = HOUR
    apes = world.rides.ride_of("apes")
    # It is in the journal, and not yet in the record: the engine mends that in its next life.
    world.rides.journals[apes] = RideJournal().events
    async with world.program() as days:
        for team in ("bears", "cats", "dogs"):
            world.rides.end_unborn(world.rides.ride_of(team), "Ride was restarted while it prepared.")
        await world.until(lambda: sum(state == "waiting" for state in world.states().values()) == 3)
        world.rides.go_live(apes)
        await days.sweep()
        await world.until(lambda: set(world.states().values()) == {"live"})
        assert world.rides.ride_of("apes") == apes


async def test_a_restart_in_the_middle_goes_on_with_the_same_messages(world: World) -> None:
    async with world.program() as days:
        await planned(days)
        await world.begin_at(days)
        await world.until(lambda: world.live() == set(TEAMS))
        world.rides.finish("apes", solved())
        await world.until(lambda: world.states()["apes"] == "resolved")
    world.rides.finish("bears", RideJournal(), Outcome.EXPIRED)
    # Cut off between a message and its note in the store.
    [stored] = await world.store.unfinished()
    await world.store.update(replace(stored, board_ts=None, console_ts=stored.console_ts[:1]))
    async with world.program() as days:
        await world.until(lambda: world.states()["bears"] == "expired")
        world.rides.finish("cats", RideJournal(), Outcome.EXPIRED)
        world.rides.finish("dogs", RideJournal(), Outcome.EXPIRED)
        await world.until(lambda: world.summary() is not None)
        posted = [
            key for _, key, what in world.stage.said if isinstance(what, Board | ConsoleTeams | Summary)
        ]
        assert len(posted) == len(set(posted)) == 3
        summary = world.summary()
        assert summary is not None
        assert summary.standings[0].team == "apes"
        assert days.to_come("T1") == []


async def test_a_restart_after_the_end_was_ordered_ends_the_rides(world: World) -> None:
    async with world.program() as days:
        day = await planned(days)
        await world.begin_at(days)
        await world.until(lambda: set(world.states().values()) == {"live"})
    stored = await world.store.get(day.id)
    assert stored is not None
    await world.store.update(replace(stored, ended_by="U9"))
    async with world.program():
        await world.until(lambda: world.summary() is not None)
        assert set(world.states().values()) == {"stopped"}
