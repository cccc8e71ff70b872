"""Drills on a clock, a chat and an engine that the test steers, and real stores."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.drills import errors
from bot.drills.calendar import Calendar
from bot.drills.drills import SHOWN, Drills
from bot.drills.parts import DrillParts
from bot.drills.spans import contains
from bot.drills.starting import GRACE, LOOK_AFTER, RETRIES, RETRY_AFTER
from bot.drills.views import DrillRequest, QuietRequest
from bot.drills.windows import Days, Hours, Week
from bot.people.oncall.days import DayOfNextWeek, DaysAhead, Length, Weekday
from bot.people.oncall.errors import NotYourTeamError, TooFarError, UnknownZoneError
from bot.people.oncall.rosters import TeamRosters
from bot.rides.errors import (
    ChatRefusedError,
    EmptyTeamError,
    FacilitatorsOnlyError,
    LearnerBusyError,
    RideError,
    UnknownScenarioError,
    UnknownTeamError,
)
from bot.rides.views import Started, StartRequest
from scenarios.loading.catalogue import Catalogue
from storage.database import Database, sqlite_url
from storage.drills import Drill, DrillStore, QuietStore, Span
from storage.records import RideRecord, RideState
from storage.rides import RideStore
from storage.teams import Team, TeamStore
from tests.integration.engine_fakes import FakeChat, FakeClock, FakeRights

T1 = "T1"
BOSS, DANA, SAM, LEE = "BOSS", "DANA", "SAM", "LEE"
SCENARIO = "alter-table-locks"
MONDAY = datetime(2126, 11, 25, 8, 0, tzinfo=UTC)
"""Far ahead of the real clock, so that only the test decides when something falls due."""
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
TODAY = DaysAhead(days=0)


@dataclass
class FakeStarter:
    """An engine that stores rides, and refuses as often as it is told to."""

    store: RideStore
    clock: FakeClock
    refusals: list[Exception] = field(default_factory=list)
    dies_after: bool = False
    """It stores the ride, and the program ends before it can answer."""
    asked: list[StartRequest] = field(default_factory=list)

    async def start_for(self, request: StartRequest) -> Started:
        self.asked.append(request)
        if self.refusals:
            raise self.refusals.pop(0)
        assert request.roster is not None
        ride = RideRecord(
            id=f"ride-{len(self.asked)}",
            workspace=request.workspace,
            scenario=request.scenario,
            version="1",
            document="{}",
            state="preparing",
            started_by=request.by,
            learners=(request.roster.primary,),
            origin_channel=request.origin.channel,
            created_at=self.clock.now(),
            team=request.roster.team,
        )
        await self.store.add(ride)
        if self.dies_after:
            raise SystemError("killed")
        scenario = Catalogue().load(request.scenario)
        return Started(ride=ride.id, scenario=scenario, learners=ride.learners)


@dataclass
class FakeNotices:
    """What planners were told."""

    told: list[Drill] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    refusal: ChatRefusedError | None = None

    async def drill_is_off(self, drill: Drill) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.told.append(drill)
        self.news.set()

    def states(self) -> list[tuple[str, str | None]]:
        return [(drill.state, drill.problem) for drill in self.told]


@dataclass
class Stage:
    """Drills and all that is around them."""

    drills: Drills
    calendar: Calendar
    parts: DrillParts
    starter: FakeStarter
    notices: FakeNotices
    clock: FakeClock
    teams: TeamStore
    rides: RideStore
    chat: FakeChat

    async def plan(self, begins: int = 9, ends: int = 17, days: Days = TODAY, wanted: str = "") -> str:
        hours = Hours(begins=time(begins), ends=time(ends))
        request = DrillRequest(team="payments", hours=hours, days=days, wanted=wanted)
        return (await self.drills.plan(T1, BOSS, request)).drill

    async def get(self, drill: str) -> Drill:
        found = await self.parts.store.get(T1, drill)
        assert found is not None
        return found

    async def moment(self, drill: str) -> datetime:
        found = await self.get(drill)
        assert found.state == "planned"
        assert found.due_at is not None
        return found.due_at

    async def go_to(self, moment: datetime) -> None:
        """Let time pass, and do what fell due."""
        self.clock.moment = moment
        assert await self.drills.sweep()

    async def on_time(self, drill: str) -> None:
        await self.go_to(await self.moment(drill))

    async def goes_live(self, ride: str, state: RideState = "live") -> None:
        record = await self.rides.get(ride)
        assert record is not None
        live = self.clock.now() if state == "live" else None
        await self.rides.update(replace(record, state=state, live_at=live))

    async def quiet(
        self, begins: int | None, ends: int | None, *, team: str | None = None, by: str = BOSS, **more: object
    ) -> str:
        request = QuietRequest(
            team=team,
            first=TODAY,
            begins=None if begins is None else time(begins),
            ends=None if ends is None else time(ends),
        )
        return (await self.calendar.add(T1, by, replace(request, **more))).entries[0].id  # type: ignore[arg-type]

    def restarted(self) -> None:
        """Another life of the program, on the same rows."""
        self.drills = Drills(self.parts)
        self.calendar = Calendar(self.parts, self.drills)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with Database(sqlite_url(tmp_path / "ride.sqlite3")) as database:
        clock, chat, teams, rides = FakeClock(MONDAY), FakeChat(), TeamStore(database), RideStore(database)
        starter, notices = FakeStarter(rides, clock), FakeNotices()
        numbers = iter(range(1, 1000))
        parts = DrillParts(
            store=DrillStore(database),
            quiet=QuietStore(database),
            rides=rides,
            starter=starter,
            teams=TeamRosters(teams, chat),
            directory=chat,
            rights=FakeRights(facilitators={BOSS, "CHIEF"}),
            scenarios=Catalogue(),
            notices=notices,
            clock=clock,
            new_id=lambda: f"x{next(numbers)}",
            new_seed=lambda: f"seed {next(numbers)}",
        )
        await teams.add(
            Team(
                id="team-1",
                workspace=T1,
                name="payments",
                members=(DANA, SAM),
                created_by=LEE,
                created_at=MONDAY,
            )
        )
        drills = Drills(parts)
        calendar = Calendar(parts, drills)
        yield Stage(
            drills=drills,
            calendar=calendar,
            parts=parts,
            starter=starter,
            notices=notices,
            clock=clock,
            teams=teams,
            rides=rides,
            chat=chat,
        )
        await drills.close()


# --- planning


async def test_the_person_on_call_is_paged_at_the_moment_and_not_before(stage: Stage) -> None:
    drill = await stage.plan()
    moment = await stage.moment(drill)
    assert MONDAY.replace(hour=9) <= moment < MONDAY.replace(hour=17)
    await stage.go_to(moment - SECOND)
    assert not stage.starter.asked
    await stage.go_to(moment)
    (request,) = stage.starter.asked
    assert (request.workspace, request.by, request.scenario) == (T1, BOSS, SCENARIO)
    assert request.roster is not None
    assert (request.roster.primary, request.roster.secondary) == (DANA, SAM)
    assert request.origin.channel is None
    await stage.goes_live("ride-1")
    await stage.go_to(moment + LOOK_AFTER)
    done = await stage.get(drill)
    assert (done.state, done.ride, done.due_at) == ("started", "ride-1", None)
    await stage.go_to(moment + 100 * HOUR)
    assert len(stage.starter.asked) == 1
    assert not stage.notices.told


async def test_the_answer_tells_neither_moment_nor_scenario(stage: Stage) -> None:
    hours = Hours(begins=time(9), ends=time(17))
    view = await stage.drills.plan(T1, BOSS, DrillRequest(team="PAYMENTS", hours=hours, days=Week(ahead=0)))
    moment = await stage.moment(view.drill)
    assert str(moment) not in repr(view)
    assert repr(moment) not in repr(view)
    assert SCENARIO not in repr(view)
    assert view.team == "payments"
    assert contains(view.windows, moment)


async def test_two_drills_of_the_same_window_have_moments_of_their_own(stage: Stage) -> None:
    assert len({await stage.moment(await stage.plan()) for _ in range(5)}) == 5


async def test_what_is_left_of_a_window_is_used(stage: Stage) -> None:
    stage.clock.moment = MONDAY.replace(hour=16, minute=59)
    for _ in range(20):
        assert stage.clock.moment <= await stage.moment(await stage.plan()) < MONDAY.replace(hour=17)


async def test_only_facilitators_plan(stage: Stage) -> None:
    request = DrillRequest(team="payments", hours=Hours(begins=time(9), ends=time(17)), days=TODAY)
    with pytest.raises(FacilitatorsOnlyError):
        await stage.drills.plan(T1, DANA, request)
    assert await stage.parts.store.recent(T1, 10) == []


JUMP = date(2127, 3, 30)
"""Berlin's clocks go from 02:00 to 03:00."""


async def test_a_night_ends_on_the_next_day(stage: Stage) -> None:
    await stage.quiet(22, 6)
    (entry,) = await stage.parts.quiet.upcoming(T1, stage.clock.now())
    assert entry.span.ends - entry.span.begins == timedelta(hours=8)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"team": "paiments"}, UnknownTeamError),
        ({"team": "nobody"}, EmptyTeamError),
        ({"wanted": "alter-tabel-locks"}, UnknownScenarioError),
        ({"zone": "CET"}, UnknownZoneError),
        ({"zone": "Mars/Olympus"}, UnknownZoneError),
        ({"days": MONDAY.date().replace(year=2130)}, TooFarError),
        ({"days": MONDAY.date() - timedelta(days=1)}, errors.WindowOverError),
        ({"hours": Hours(begins=time(6), ends=time(8))}, errors.WindowOverError),
    ],
)
async def test_what_can_not_be_planned(
    stage: Stage, changes: dict[str, object], error: type[RideError]
) -> None:
    empty = Team(id="team-2", workspace=T1, name="nobody", created_by=LEE, created_at=MONDAY)
    await stage.teams.add(empty)
    request = DrillRequest(team="payments", hours=Hours(begins=time(9), ends=time(17)), days=TODAY)
    with pytest.raises(error):
        await stage.drills.plan(T1, BOSS, replace(request, **changes))  # type: ignore[arg-type]
    assert await stage.parts.store.recent(T1, 10) == []


async def test_a_level_without_a_scenario_is_the_nearest_that_has_one(stage: Stage) -> None:
    hours = Hours(begins=time(9), ends=time(17))
    view = await stage.drills.plan(
        T1, BOSS, DrillRequest(team="payments", hours=hours, days=TODAY, wanted="L5")
    )
    assert (view.wanted, view.level) == ("L5", Catalogue().load(SCENARIO).level)
    await stage.on_time(view.drill)
    assert stage.starter.asked[0].scenario == SCENARIO


# --- what goes wrong


async def test_it_is_tried_again_and_then_told_to_the_planner_alone(stage: Stage) -> None:
    stage.starter.refusals = [LearnerBusyError(DANA, "r", SCENARIO, None) for _ in range(9)]
    drill = await stage.plan(ends=16)
    moment = await stage.moment(drill)
    await stage.go_to(moment)
    while (await stage.get(drill)).state == "planned":
        assert not stage.notices.told
        again = await stage.moment(drill)
        assert again - stage.clock.now() == RETRY_AFTER
        await stage.go_to(again)
    assert len(stage.starter.asked) == 1 + RETRIES
    assert stage.notices.states() == [("failed", "busy")]
    assert stage.notices.told[0].planned_by == BOSS
    await stage.go_to(moment + 50 * HOUR)
    assert len(stage.starter.asked) == 1 + RETRIES
    assert len(stage.notices.told) == 1


async def test_a_retry_can_succeed(stage: Stage) -> None:
    stage.starter.refusals = [ChatRefusedError("users.info", "connection_error")]
    drill = await stage.plan(ends=16)
    await stage.on_time(drill)
    await stage.on_time(drill)
    await stage.goes_live("ride-2")
    await stage.go_to(stage.clock.now() + LOOK_AFTER)
    assert (await stage.get(drill)).state == "started"
    assert not stage.notices.told


async def test_no_retry_after_the_window(stage: Stage) -> None:
    stage.clock.moment = MONDAY.replace(hour=16, minute=58)
    stage.starter.refusals = [LearnerBusyError(DANA, "r", SCENARIO, None)]
    await stage.on_time(await stage.plan())
    assert len(stage.starter.asked) == 1
    assert stage.notices.states() == [("failed", "busy")]


async def test_the_rest_of_the_week_is_used_for_a_retry(stage: Stage) -> None:
    stage.clock.moment = MONDAY.replace(hour=16, minute=59)
    stage.starter.refusals = [LearnerBusyError(DANA, "r", SCENARIO, None)]
    drill = await stage.plan(days=Week(ahead=0))
    found = await stage.get(drill)
    today = MONDAY.replace(hour=16, minute=59, second=30)
    await stage.parts.store.update(replace(found, due_at=today))
    await stage.go_to(today)
    later = await stage.moment(drill)
    assert later.date() > MONDAY.date()
    assert contains(found.windows, later)


async def test_a_sandbox_that_does_not_come_about_is_tried_again(stage: Stage) -> None:
    drill = await stage.plan(ends=16)
    await stage.on_time(drill)
    await stage.goes_live("ride-1", "void")
    await stage.go_to(stage.clock.now() + LOOK_AFTER)
    assert (await stage.get(drill)).problem == "not_prepared"
    await stage.on_time(drill)
    assert len(stage.starter.asked) == 2
    await stage.goes_live("ride-2")
    await stage.go_to(stage.clock.now() + LOOK_AFTER)
    done = await stage.get(drill)
    assert (done.state, done.ride, done.problem) == ("started", "ride-2", None)


async def test_a_ride_that_takes_long_to_prepare_is_looked_at_again(stage: Stage) -> None:
    drill = await stage.plan()
    await stage.on_time(drill)
    for _ in range(5):
        await stage.go_to(stage.clock.now() + LOOK_AFTER)
        assert (await stage.get(drill)).state == "starting"
    await stage.goes_live("ride-1")
    await stage.go_to(stage.clock.now() + LOOK_AFTER)
    assert (await stage.get(drill)).state == "started"


async def test_a_ride_stopped_while_it_was_prepared_is_not_started_again(stage: Stage) -> None:
    drill = await stage.plan()
    await stage.on_time(drill)
    await stage.goes_live("ride-1", "stopped")
    await stage.go_to(stage.clock.now() + LOOK_AFTER)
    assert (await stage.get(drill)).state == "started"


@pytest.mark.parametrize("again", [False, True])
async def test_a_team_that_is_gone_gets_no_drill(stage: Stage, again: bool) -> None:
    """Nor does another team that has its name now."""
    drill = await stage.plan()
    await stage.teams.delete("team-1", MONDAY)
    if again:
        new = Team(
            id="team-2", workspace=T1, name="payments", members=(LEE,), created_by=LEE, created_at=MONDAY
        )
        await stage.teams.add(new)
    await stage.on_time(drill)
    assert not stage.starter.asked
    assert stage.notices.states() == [("failed", "team_gone")]


async def test_a_team_that_is_empty_may_fill_again(stage: Stage) -> None:
    drill = await stage.plan(ends=16)
    await stage.teams.leave("team-1", DANA)
    await stage.teams.leave("team-1", SAM)
    await stage.on_time(drill)
    assert (await stage.get(drill)).problem == "team_empty"
    await stage.teams.join("team-1", LEE)
    await stage.on_time(drill)
    (request,) = stage.starter.asked
    assert request.roster is not None
    assert request.roster.primary == LEE


async def test_a_planner_who_can_not_be_told_holds_nothing_up(stage: Stage) -> None:
    drill = await stage.plan()
    await stage.teams.delete("team-1", MONDAY)
    stage.notices.refusal = ChatRefusedError("conversations.open", "user_disabled")
    await stage.on_time(drill)
    done = await stage.get(drill)
    assert (done.state, done.due_at) == ("failed", None)


async def test_one_drill_that_fails_does_not_hold_up_another(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await stage.plan(), await stage.plan()
    read = stage.parts.store.ridden
    calls: list[str] = []

    async def broken(workspace: str, team: str, people: tuple[str, ...]) -> set[str]:
        calls.append(team)
        if len(calls) == 1:
            raise ZeroDivisionError("boom")
        return await read(workspace, team, people)

    monkeypatch.setattr(stage.parts.store, "ridden", broken)
    stage.clock.moment = max(await stage.moment(first), await stage.moment(second))
    assert not await stage.drills.sweep()
    assert len(stage.starter.asked) == 1
    await stage.goes_live("ride-1", "stopped")
    assert await stage.drills.sweep()
    assert len(stage.starter.asked) == 2


# --- restarts


async def test_a_start_that_was_cut_off_is_not_done_twice(stage: Stage) -> None:
    drill = await stage.plan()
    stage.starter.dies_after = True
    stage.clock.moment = await stage.moment(drill)
    await stage.drills.sweep()
    assert (await stage.get(drill)).ride is None
    stage.restarted()
    await stage.goes_live("ride-1")
    await stage.go_to(stage.clock.now() + LOOK_AFTER)
    done = await stage.get(drill)
    assert (done.state, done.ride) == ("started", "ride-1")
    assert len(stage.starter.asked) == 1


async def test_a_start_that_came_to_nothing_is_done_again(stage: Stage) -> None:
    drill = await stage.plan(ends=16)
    stage.starter.refusals = [SystemError("killed")]
    stage.clock.moment = await stage.moment(drill)
    await stage.drills.sweep()
    assert (await stage.get(drill)).state == "starting"
    stage.restarted()
    await stage.go_to(stage.clock.now() + LOOK_AFTER)
    assert (await stage.get(drill)).problem == "interrupted"
    await stage.on_time(drill)
    assert len(stage.starter.asked) == 2
    assert (await stage.get(drill)).state == "starting"


async def test_what_fell_due_meanwhile_starts_within_its_window(stage: Stage) -> None:
    drill = await stage.plan()
    stage.restarted()
    await stage.go_to(MONDAY.replace(hour=17) - SECOND)
    assert (await stage.get(drill)).state == "starting"


async def test_and_a_little_after_it(stage: Stage) -> None:
    drill = await stage.plan()
    await stage.go_to(MONDAY.replace(hour=17) + GRACE)
    assert (await stage.get(drill)).state == "starting"


async def test_but_no_later(stage: Stage) -> None:
    drill = await stage.plan()
    await stage.go_to(MONDAY.replace(hour=17) + GRACE + SECOND)
    assert not stage.starter.asked
    assert (await stage.get(drill)).state == "missed"
    assert stage.notices.states() == [("missed", None)]


async def test_a_day_that_was_missed_leaves_the_rest_of_the_week(stage: Stage) -> None:
    drill = await stage.plan(days=Week(ahead=0))
    found = await stage.get(drill)
    await stage.parts.store.update(replace(found, due_at=MONDAY.replace(hour=10)))
    await stage.go_to(MONDAY.replace(hour=20))
    assert not stage.starter.asked
    assert await stage.moment(drill) > MONDAY.replace(hour=20)


async def test_who_was_not_told_yet_is_told_after_a_restart(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    drill = await stage.plan()
    await stage.teams.delete("team-1", MONDAY)

    async def killed(_: Drill) -> None:
        raise SystemError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(stage.notices, "drill_is_off", killed)
        stage.clock.moment = await stage.moment(drill)
        assert not await stage.drills.sweep()
    stage.restarted()
    await stage.go_to(stage.clock.now() + SECOND)
    await stage.go_to(stage.clock.now() + SECOND)
    assert stage.notices.states() == [("failed", "team_gone")]


async def test_the_waker_does_at_boot_what_fell_due_meanwhile(stage: Stage) -> None:
    """With the machine's own clock, by which the scheduler goes."""
    planned = await stage.get(await stage.plan())
    await stage.drills.cancel(T1, BOSS, planned.id)
    stage.clock.moment = datetime.now(UTC)
    yesterday = Span(begins=stage.clock.moment - 30 * HOUR, ends=stage.clock.moment - 20 * HOUR)
    old = replace(planned, id="old", windows=(yesterday,), due_at=yesterday.begins + HOUR)
    await stage.parts.store.add(old)
    stage.restarted()
    await stage.drills.begin()
    async with asyncio.timeout(10):
        await stage.notices.news.wait()
    assert stage.notices.states() == [("missed", None)]


# --- list and cancel


async def test_a_cancelled_drill_does_not_start(stage: Stage) -> None:
    drill = await stage.plan()
    moment = await stage.moment(drill)
    assert (await stage.drills.cancel(T1, "CHIEF", drill.upper())).state == "cancelled"
    await stage.go_to(moment)
    assert not stage.starter.asked
    assert not stage.notices.told
    with pytest.raises(errors.DrillOverError):
        await stage.drills.cancel(T1, BOSS, drill)


async def test_a_drill_that_has_started_can_not_be_cancelled(stage: Stage) -> None:
    drill = await stage.plan()
    await stage.on_time(drill)
    with pytest.raises(errors.DrillOverError):
        await stage.drills.cancel(T1, BOSS, drill)
    assert (await stage.get(drill)).state == "starting"


async def test_a_typing_mistake_names_the_nearest(stage: Stage) -> None:
    drill = await stage.plan()
    with pytest.raises(errors.UnknownDrillError) as raised:
        await stage.drills.cancel(T1, BOSS, drill + "z")
    assert raised.value.nearest == (drill,)
    with pytest.raises(errors.UnknownDrillError) as raised:
        await stage.drills.cancel(T1, DANA, drill + "z")
    assert raised.value.nearest == ()


async def test_who_sees_and_cancels_which_drills(stage: Stage) -> None:
    drill = await stage.plan()
    for person in (BOSS, "CHIEF"):
        assert [one.id for one in (await stage.drills.listing(T1, person)).drills] == [drill]
    for refused in (stage.drills.listing(T1, DANA), stage.drills.cancel(T1, DANA, drill)):
        with pytest.raises(FacilitatorsOnlyError):
            await refused
    stage.parts.rights.facilitators.clear()  # type: ignore[attr-defined]
    assert [one.id for one in (await stage.drills.listing(T1, BOSS)).drills] == [drill]
    assert (await stage.drills.cancel(T1, BOSS, drill)).state == "cancelled"


async def test_those_that_wait_come_first_in_the_list(stage: Stage) -> None:
    waiting = [await stage.plan() for _ in range(3)]
    for _ in range(SHOWN):
        stage.clock.move(SECOND)
        await stage.drills.cancel(T1, BOSS, await stage.plan())
    view = await stage.drills.listing(T1, BOSS)
    assert [drill.id for drill in view.drills[:3]] == waiting
    assert (len(view.drills), view.more) == (SHOWN, 3)


# --- the calendar


async def test_no_moment_in_quiet_time(stage: Stage) -> None:
    await stage.quiet(9, 12)
    await stage.quiet(13, 17, team="payments")
    for _ in range(20):
        assert (await stage.moment(await stage.plan())).hour == 12


async def test_the_quiet_time_of_another_team_is_not_ours(stage: Stage) -> None:
    other = Team(id="team-2", workspace=T1, name="other", members=(LEE,), created_by=LEE, created_at=MONDAY)
    await stage.teams.add(other)
    await stage.quiet(None, None, team="other")
    await stage.moment(await stage.plan())


async def test_a_window_that_is_all_quiet_is_refused_with_the_entries(stage: Stage) -> None:
    entry = await stage.quiet(None, None)
    with pytest.raises(errors.AllQuietError) as raised:
        await stage.plan()
    assert [one.id for one in raised.value.entries] == [entry]


async def test_a_drill_moves_out_of_the_way_of_a_new_quiet_time(stage: Stage) -> None:
    drills = [await stage.plan() for _ in range(12)]
    before = {drill: await stage.moment(drill) for drill in drills}
    await stage.quiet(9, 13)
    after = {drill: await stage.moment(drill) for drill in drills}
    moved = [drill for drill in drills if before[drill].hour < 13]
    assert moved
    assert len(moved) < len(drills)
    for drill in drills:
        if drill in moved:
            assert 13 <= after[drill].hour < 17
        else:
            assert after[drill] == before[drill]
    assert not stage.notices.told


async def test_a_drill_with_nowhere_to_go_is_called_off(stage: Stage) -> None:
    drill = await stage.plan()
    moment = await stage.moment(drill)
    await stage.quiet(None, None, team="payments", by=DANA)
    assert stage.notices.states() == [("called_off", "quiet")]
    assert stage.notices.told[0].planned_by == BOSS
    await stage.go_to(moment)
    assert not stage.starter.asked


async def test_quiet_time_that_came_at_the_last_second_holds(stage: Stage) -> None:
    drill = await stage.plan(ends=16)
    moment = await stage.moment(drill)
    # Straight into the store: as when another program added it, or this one is just starting the drill.
    entry = await stage.quiet(10, 11)
    (stored,) = await stage.parts.quiet.upcoming(T1, MONDAY)
    await stage.parts.quiet.remove(T1, entry)
    whole = Span(begins=moment - SECOND, ends=moment + 60 * SECOND)
    await stage.parts.quiet.add(replace(stored, span=whole))
    await stage.go_to(await stage.moment(drill) if not contains((whole,), moment) else moment)
    assert not stage.starter.asked
    assert not contains((whole,), await stage.moment(drill))


async def test_who_may_keep_whose_time_quiet(stage: Stage) -> None:
    own = await stage.quiet(10, 11, team="payments", by=DANA)
    await stage.quiet(10, 11, team="payments", by=LEE)
    everybody = await stage.quiet(10, 11, by=BOSS)
    with pytest.raises(FacilitatorsOnlyError):
        await stage.quiet(10, 11, by=DANA)
    with pytest.raises(NotYourTeamError):
        await stage.quiet(10, 11, team="payments", by="STRANGER")
    assert len((await stage.calendar.listing(T1, DANA)).entries) == 3
    assert [one.id for one in (await stage.calendar.listing(T1, "STRANGER")).entries] == [everybody]
    with pytest.raises(FacilitatorsOnlyError):
        await stage.calendar.remove(T1, DANA, everybody)
    # It isn't in their list, and may be what a drill of theirs was refused by: they hear whose it is.
    with pytest.raises(NotYourTeamError):
        await stage.calendar.remove(T1, "STRANGER", own)
    await stage.calendar.remove(T1, DANA, own.upper())
    assert len((await stage.calendar.listing(T1, BOSS)).entries) == 2
    with pytest.raises(errors.UnknownQuietError) as raised:
        await stage.calendar.remove(T1, BOSS, everybody + "z")
    assert everybody in raised.value.nearest


@pytest.mark.parametrize(
    ("request_", "spans"),
    [
        # It is a Monday, the 25th of November, 08:00.
        (
            QuietRequest(team=None, first=Weekday(number=4), begins=time(14), ends=time(16)),
            ["29 14:00–29 16:00"],
        ),
        (
            QuietRequest(team=None, first=DaysAhead(days=1), length=Length(amount=3, unit="day")),
            ["26 00:00–29 00:00"],
        ),
        (
            QuietRequest(
                team=None, first=DaysAhead(days=1), begins=time(14), length=Length(amount=90, unit="minute")
            ),
            ["26 14:00–26 15:30"],
        ),
        (
            QuietRequest(team=None, first=Weekday(number=3), more=(Weekday(number=1),)),
            ["26 00:00–27 00:00", "28 00:00–29 00:00"],
        ),
        (
            QuietRequest(
                team=None,
                first=Weekday(number=2),
                begins=time(22),
                ends=time(6),
                more=(DayOfNextWeek(number=0),),
            ),
            ["27 22:00–28 06:00", "02 22:00–03 06:00"],
        ),
        (QuietRequest(team=None, first=Week(ahead=1)), ["02 00:00–09 00:00"]),
        (
            QuietRequest(team=None, first=Week(ahead=0), begins=time(1), ends=time(2)),
            [f"{day} 01:00–{day} 02:00" for day in ("26", "27", "28", "29", "30", "01")],
        ),
    ],
)
async def test_hours_lengths_and_several_days_are_quiet_and_nothing_else(
    stage: Stage, request_: QuietRequest, spans: list[str]
) -> None:
    added = await stage.calendar.add(T1, BOSS, replace(request_, zone="UTC"))
    told = [f"{one.span.begins:%d %H:%M}–{one.span.ends:%d %H:%M}" for one in added.entries]
    assert told == spans
    assert len(await stage.parts.quiet.upcoming(T1, stage.clock.now())) == len(spans)


async def test_of_several_days_none_is_kept_when_one_is_over(stage: Stage) -> None:
    request = QuietRequest(
        team=None,
        first=DaysAhead(days=0),
        begins=time(1),
        ends=time(2),
        more=(DaysAhead(days=1),),
        zone="UTC",
    )
    with pytest.raises(errors.QuietOverError):
        await stage.calendar.add(T1, BOSS, request)
    assert await stage.parts.quiet.upcoming(T1, stage.clock.now()) == []


async def test_what_is_left_of_a_deleted_teams_calendar_is_for_facilitators(stage: Stage) -> None:
    own = await stage.quiet(10, 11, team="payments", by=DANA)
    await stage.teams.delete("team-1", MONDAY)
    await stage.calendar.remove(T1, BOSS, own)
    assert (await stage.calendar.listing(T1, BOSS)).entries == ()


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"begins": time(11), "ends": time(10)}, errors.QuietOrderError),
        ({"begins": time(6), "ends": time(7)}, errors.QuietOverError),
        (
            {
                "first": JUMP,
                "last": JUMP,
                "begins": time(2, 10),
                "ends": time(2, 50),
                "zone": "Europe/Berlin",
            },
            errors.WindowOverError,
        ),
        ({"last": DaysAhead(days=-1)}, errors.QuietOrderError),
        ({"last": MONDAY.date().replace(year=9999)}, TooFarError),
        ({"zone": "PST"}, UnknownZoneError),
        ({"team": "paiments"}, UnknownTeamError),
    ],
)
async def test_what_is_no_quiet_time(
    stage: Stage, changes: dict[str, object], error: type[RideError]
) -> None:
    with pytest.raises(error):
        await stage.calendar.add(
            T1,
            BOSS,
            replace(QuietRequest(team=None, first=TODAY, last=TODAY), **changes),  # type: ignore[arg-type]
        )
    assert await stage.parts.quiet.upcoming(T1, MONDAY) == []
