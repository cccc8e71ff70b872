"""The leaderboard as it is typed and read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import cast

import pytest

from bot.rides.errors import UnknownScenarioError
from bot.rides.ports import OnCall, Person
from bot.slack.areas.asker import Asker
from bot.slack.areas.standings import StandingsArea
from bot.slack.lines.leaderboard_line import parse_leaderboard
from bot.slack.lines.unclear import Problem, UnclearLineError
from bot.slack.messages import refusals
from bot.standings.boards import SHOWN, BoardParts, BoardRequest, Boards
from bot.standings.errors import PeriodToComeError
from bot.standings.period import Calendar, Which
from bot.standings.ranking import Contenders
from bot.standings.results import Results
from scenarios.errors import UnknownScenarioError as NoScenario
from scenarios.journal.events import Event
from scenarios.judging.scorecard import Scorecard
from scenarios.model.scenario import Scenario
from storage.records import RideRecord
from storage.results import Result, ResultStore
from storage.teams import Team
from tests.integration.engine_fakes import FakeClock
from tests.results import START, hour, result
from tests.slack_doubles import DANA, ROOM, SAM, SCENARIO, SETTINGS, TEAM, RecordedOutbox, RecordedWeb, words
from tests.slack_limits import check

PEOPLE, TEAMS = Contenders.PEOPLE, Contenders.TEAMS
LOCKS = SCENARIO.slug


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("", BoardRequest()),
        (" people ", BoardRequest()),
        ("team", BoardRequest(contenders=TEAMS)),
        ("Teams alter-table-locks", BoardRequest(contenders=TEAMS, scenario=LOCKS)),
        ("Alter–Table-Locks teams", BoardRequest(contenders=TEAMS, scenario=LOCKS)),
        ("for alter table locks", BoardRequest(scenario=LOCKS)),
        ("since 2026-11-02", BoardRequest(period=date(2026, 11, 2))),
        ("from 2026-11, teams", BoardRequest(contenders=TEAMS, period=date(2026, 11, 1))),
        ("since 2026", BoardRequest(period=date(2026, 1, 1))),
        ("2026-11-02", BoardRequest(period=date(2026, 11, 2))),
        ("this month", BoardRequest(period=Calendar(which=Which.THIS, unit="month"))),
        (
            "alter-table-locks last year",
            BoardRequest(scenario=LOCKS, period=Calendar(which=Which.LAST, unit="year")),
        ),
        (
            "since last week",
            BoardRequest(period=Calendar(which=Which.LAST, unit="week", onwards=True)),
        ),
        (
            "team since 2026-11-02 for alter table locks",
            BoardRequest(contenders=TEAMS, scenario=LOCKS, period=date(2026, 11, 2)),
        ),
    ],
)
def test_a_line_is_read(typed: str, read: BoardRequest) -> None:
    assert parse_leaderboard(typed) == read


@pytest.mark.parametrize(
    ("typed", "problem", "words"),
    [
        ("since", Problem.DAY, ()),
        ("since yesteryear", Problem.DAY, ("yesteryear",)),
        ("since 0001", Problem.DAY, ("0001",)),
        ("since 2026-02-30", Problem.DAY, ("2026-02-30",)),
        ("people since 2/11/2026", Problem.DAY, ("2/11/2026",)),
        ("from 2026-11-01 to 2026-11-30", Problem.TWICE, ("2026-11-30",)),
        ("team people", Problem.TWICE, ("people",)),
        ("this month last month", Problem.TWICE, ("last month",)),
        ("alter-table-locks this month please", Problem.WORD, ("please",)),
        ("<@U1|dana>", Problem.PERSON, ("<@U1>",)),
        ("<!here> this month", Problem.NAME, ("@here",)),
    ],
)
def test_a_line_that_is_not_wholly_understood(typed: str, problem: Problem, words: tuple[str, ...]) -> None:
    with pytest.raises(UnclearLineError) as refused:
        parse_leaderboard(typed)
    assert (refused.value.problem, refused.value.words) == (problem, words)


@dataclass
class Book:
    """Results, what was seen, teams and people, in memory."""

    results: list[Result] = field(default_factory=list)
    seen: dict[tuple[str, str], datetime] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    zone: str = "UTC"

    async def missing(self, workspace: str) -> list[str]:
        return []

    async def add(self, result: Result) -> bool:
        raise NotImplementedError

    async def all(self, workspace: str, scenario: str | None = None) -> Sequence[Result]:
        return [one for one in self.results if scenario in (None, one.scenario)]

    async def first_seen(
        self, workspace: str, scenario: str | None = None
    ) -> Mapping[tuple[str, str], datetime]:
        return self.seen

    async def get(self, team_id: str) -> Team | None:
        return self.teams.get(team_id)

    async def teams_of(self, workspace: str, person: str) -> list[Team]:
        return [team for team in self.teams.values() if person in team.members and team.deleted_at is None]

    async def on_call(self, workspace: str, team: str, at: datetime) -> OnCall:
        raise NotImplementedError

    async def person(self, workspace: str, person: str) -> Person:
        return Person(id=person, name=person, handle=person, can_ride=True, zone=self.zone)


class NoRides:
    """Results are there: nobody reads rides."""

    async def get(self, ride_id: str) -> RideRecord | None:
        raise NotImplementedError

    async def journal(self, ride_id: str, *, after: int = 0) -> list[tuple[int, Event]]:
        raise NotImplementedError

    async def scorecard(self, ride_id: str) -> Scorecard | None:
        raise NotImplementedError

    async def recent_of(self, workspace: str, person: str, limit: int) -> list[RideRecord]:
        raise NotImplementedError

    async def live_for_person(self, workspace: str, person: str) -> RideRecord | None:
        raise NotImplementedError


class Shelf:
    """A catalogue of one scenario."""

    def slugs(self) -> tuple[str, ...]:
        return (LOCKS,)

    def load(self, slug: str) -> Scenario:
        if slug != LOCKS:
            raise NoScenario(slug, known=(LOCKS,), nearest=(LOCKS,) if slug.startswith("alter") else ())
        return SCENARIO


class Desk:
    """The leaderboard's area, in memory."""

    def __init__(self) -> None:
        self.book = Book()
        self.clock = FakeClock(moment=hour(24))
        self.outbox = RecordedOutbox(RecordedWeb())
        self.boards = Boards(
            BoardParts(
                results=Results(cast("ResultStore", self.book), NoRides()),
                seen=self.book,
                scenarios=Shelf(),
                book=self.book,
                teams=self.book,
                directory=self.book,
                clock=self.clock,
            )
        )
        self.area = StandingsArea(self.boards, self.outbox, SETTINGS)

    async def told(self, text: str = "", person: str = DANA) -> str:
        asker = Asker(workspace=TEAM, person=person, channel=ROOM, response_url="https://hooks.invalid/1")
        await self.area.run(asker, text)
        message = self.outbox.responses[-1][1]
        check(message)
        return words(message)

    def add(self, *results: Result) -> None:
        self.book.results += results


def team(team_id: str, name: str, *members: str, deleted_at: datetime | None = None) -> Team:
    return Team(
        id=team_id,
        workspace=TEAM,
        name=name,
        members=members,
        created_by=DANA,
        created_at=START,
        deleted_at=deleted_at,
    )


async def test_an_empty_board_invites() -> None:
    desk = Desk()
    told = await desk.told()
    assert "first place is free" in told
    assert "/ride start SCENARIO" in told
    assert "/ride start alter-table-locks for TEAM" in await desk.told("team alter-table-locks this month")


async def test_a_board_has_medals_points_times_and_says_who_one_is() -> None:
    desk = Desk()
    desk.add(result("r1", SAM, total=95, to_fix=245), result("r2", DANA, at=1, total=60, to_fix=None))
    told = await desk.told()
    first, second = f"🥇 <@{SAM}> · *95* points · 1 scenario · fixed in 4:05", f"🥈 *<@{DANA}>* (you)"
    assert told.index(first) < told.index(second)
    assert "practice rides don't count" in told


async def test_a_board_says_fixed_only_of_what_was_fixed() -> None:
    desk = Desk()
    desk.add(result("r1", DANA, total=60, to_fix=None))
    assert f"🥇 *<@{DANA}>* (you) · *60* points · 1 scenario · not fixed" in await desk.told()
    desk.add(result("r2", DANA, at=1, scenario="bloat", total=80, to_fix=300))
    assert "· 2 scenarios · fixed 1 of 2, in 5:00" in await desk.told()
    desk.add(result("r3", DANA, at=2, scenario="wraparound", total=80, to_fix=60))
    told = await desk.told()
    assert "· 3 scenarios · fixed 2 of 3, in 6:00 in total" in told
    assert "15:00" not in told
    desk.add(result("r4", SAM, total=20, to_fix=None), result("r5", SAM, scenario="bloat", to_fix=None))
    assert "fixed none of 2" in await desk.told()
    desk.add(result("r6", "U0ALL", to_fix=100), result("r7", "U0ALL", scenario="bloat", to_fix=100))
    assert "fixed all, in 3:20 in total" in await desk.told()


async def test_a_scenarios_board_does_not_name_the_cause() -> None:
    desk = Desk()
    desk.add(result("r1", SAM, scenario=LOCKS), result("r2", DANA, scenario="bloat"))
    told = await desk.told(LOCKS)
    assert SCENARIO.title not in told
    assert f"<@{SAM}>" in told
    assert f"<@{DANA}>" not in told
    assert "You aren't on it yet" in told


async def test_ones_own_place_beyond_the_first_ten() -> None:
    desk = Desk()
    desk.add(*(result(f"r{number}", f"U{number:03}", at=number, total=90) for number in range(SHOWN + 3)))
    desk.add(result("mine", DANA, total=10))
    told = await desk.told()
    assert told.count("· *90* points") == 2 * SHOWN
    assert f"*14.* *<@{DANA}>* (you) · *10* points" in told
    assert "14 in all" in told


async def test_teams_by_name_those_deleted_too() -> None:
    desk = Desk()
    desk.book.teams = {
        "t1": team("t1", "pay*ments", DANA),
        "t2": team("t2", "gone", DANA, deleted_at=hour(2)),
    }
    desk.add(result("r1", SAM, team="t1", total=50), result("r2", SAM, at=1, team="t2", total=70))
    told = await desk.told("team")
    assert "🥇 gone (deleted) · *70* points" in told
    assert "(yours)" in told.split("🥈")[1]
    assert "None of your teams" in await desk.told("teams", person=SAM)


async def test_only_first_attempts_of_the_time_asked_for() -> None:
    desk = Desk()
    desk.add(result("r1", SAM, total=95), result("r2", DANA, at=20, total=60), result("r3", SAM, at=21))
    told = await desk.told("since 2026-11-03")
    assert f"🥇 *<@{DANA}>* (you)" in told
    assert f"<@{SAM}>" not in told
    assert "since 3 November 2026" in told


async def test_a_day_is_the_askers_own() -> None:
    desk = Desk()
    desk.add(result("r1", DANA, at=6))  # 16:00 UTC on the 2nd
    desk.book.zone = "Asia/Tokyo"
    assert "(you)" in await desk.told("since 2026-11-03")
    desk.book.zone = "Mars/Olympus"
    assert "first place is free" in await desk.told("since 2026-11-03")


async def test_bad_input_is_answered_with_what_works() -> None:
    desk = Desk()
    assert "Did you mean `/ride leaderboard alter-table-locks`" in await desk.told("alter-tabel")
    assert "There are: `/ride leaderboard alter-table-locks`" in await desk.told("xyz")
    for typed, told in [("since soonish", "can't read `soonish` as a day"), ("since", "Which day?")]:
        with pytest.raises(UnclearLineError) as unclear:
            await desk.told(typed)
        said = words(refusals.refusal(unclear.value, DANA, SETTINGS))
        assert told in said
        assert "/ride leaderboard team alter-table-locks since 2026-11-01" in said
    with pytest.raises(PeriodToComeError) as refused:
        await desk.told("since 2027-01-31")
    message = refusals.refusal(refused.value, DANA, SETTINGS)
    check(message)
    assert "31 January 2027 is in the future" in words(message)


async def test_an_unknown_scenario_names_the_nearest() -> None:
    with pytest.raises(UnknownScenarioError) as refused:
        await Desk().boards.board(TEAM, DANA, BoardRequest(scenario="alter"))
    assert refused.value.nearest == (LOCKS,)
