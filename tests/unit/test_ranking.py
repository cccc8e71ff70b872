"""Which rides count on a leaderboard, and who is before whom."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.standings.participation import joined_late, took_part
from bot.standings.period import Calendar, Unit, Wanted, Which, period
from bot.standings.ranking import Attempt, Contenders, Sightings, attempts, rank
from bot.standings.trends import Trend, trend
from scenarios.journal.events import (
    Acknowledged,
    Backend,
    Event,
    FacilitatorSpoke,
    HintTaken,
    IncidentLive,
    Measurement,
    Paged,
    PersonJoined,
    RoleTaken,
    StatementLogged,
    StatusUpdated,
)
from storage.results import Result
from tests.results import START, hour, result

PEOPLE, TEAMS = Contenders.PEOPLE, Contenders.TEAMS
NOBODY: Sightings = {}


def counted(
    *results: Result, seen: Sightings = NOBODY, contenders: Contenders = PEOPLE
) -> set[tuple[str, str]]:
    """Who has which ride on the board."""
    return {(one.contender, one.result.ride) for one in attempts(results, seen, contenders)}


def places(*results: Result, contenders: Contenders = PEOPLE) -> list[tuple[int, str]]:
    board = rank(attempts(results, NOBODY, contenders))
    return [(one.place, one.contender) for one in board]


def test_the_first_attempt_counts_and_no_later_one() -> None:
    worse, better = result("r1", "A", total=30), result("r2", "A", at=1, total=100)
    assert counted(better, worse) == {("A", "r1")}


def test_each_scenario_has_a_first_attempt_of_its_own() -> None:
    other = result("r2", "A", at=1, total=60, scenario="bloat")
    [standing] = rank(attempts([result("r1", "A"), other], NOBODY, PEOPLE))
    assert (standing.total, standing.scenarios, standing.seconds) == (140, 2, 600)
    assert standing.ended_at == other.ended_at


def test_a_ride_after_the_postmortem_was_seen_is_practice_and_so_are_all_that_follow() -> None:
    seen = {("A", "locks"): hour(-1)}
    assert counted(result("r1", "A"), result("r2", "A", at=5), seen=seen) == set()


@pytest.mark.parametrize(("seen_at", "counts"), [(-0.01, False), (0, True), (0.2, True)])
def test_only_a_postmortem_seen_before_the_ride_began_makes_it_practice(seen_at: float, counts: bool) -> None:
    assert bool(counted(result("r1", "A"), seen={("A", "locks"): hour(seen_at)})) is counts


@pytest.mark.parametrize(("seen_at", "counts"), [(0.1, False), (0.2, True)])
def test_for_one_who_joins_late_the_ride_begins_when_they_join(seen_at: float, counts: bool) -> None:
    ride = result("r1", "A", "B", team="t1", joined={"B": hour(0.2)})
    seen = {("B", "locks"): hour(seen_at)}
    assert counted(ride, seen=seen) == ({("A", "r1"), ("B", "r1")} if counts else {("A", "r1")})
    assert bool(counted(ride, seen=seen, contenders=TEAMS)) is counts


def test_the_postmortem_of_another_scenario_or_seen_by_another_person_is_nothing() -> None:
    seen = {("A", "bloat"): hour(-1), ("B", "locks"): hour(-1)}
    assert counted(result("r1", "A", "B"), seen=seen) == {("A", "r1")}


def test_a_team_practises_when_anybody_who_rode_had_seen_the_postmortem() -> None:
    ride = result("r1", "A", "B", team="t1")
    assert counted(ride, contenders=TEAMS) == {("t1", "r1")}
    assert counted(ride, seen={("B", "locks"): hour(-1)}, contenders=TEAMS) == set()
    assert counted(ride, seen={("C", "locks"): hour(-1)}, contenders=TEAMS) == {("t1", "r1")}


def test_a_ride_for_no_team_is_on_no_teams_board() -> None:
    assert counted(result("r1", "A"), contenders=TEAMS) == set()


def test_a_teams_first_attempt_counts_whoever_rode() -> None:
    rides = [result("r1", "A", team="t1"), result("r2", "B", at=1, team="t1", total=100)]
    assert counted(*rides, contenders=TEAMS) == {("t1", "r1")}


def test_nobody_who_did_nothing_is_on_the_board() -> None:
    assert counted(result("r1")) == set()


def test_more_points_first() -> None:
    assert places(result("r1", "A", total=70), result("r2", "B", total=71)) == [(1, "B"), (2, "A")]


def test_ties_go_to_the_faster_fix_then_to_who_was_first() -> None:
    slow, fast = result("r1", "A", to_fix=301), result("r2", "Z", at=9, to_fix=300)
    late = result("r3", "C", at=10, to_fix=300)
    assert places(slow, late, fast) == [(1, "Z"), (2, "C"), (3, "A")]


def test_not_fixed_is_behind_the_slowest_fix_and_has_no_time() -> None:
    never = result("r1", "A", total=40, to_fix=None)
    slow = result("r2", "B", total=40, to_fix=899)
    longer = result("r3", "C", total=40, to_fix=None, time_limit=1200.0)
    assert places(never, slow, longer) == [(1, "B"), (2, "A"), (2, "C")]
    assert [one.seconds for one in rank(attempts([never, slow], NOBODY, PEOPLE))] == [899, 0]


def test_a_ride_without_points_costs_no_place_among_equals() -> None:
    first, second = result("r1", "A", total=90), result("r2", "B", at=1, total=90)
    nothing = result("r3", "A", at=2, scenario="bloat", total=0, to_fix=None)
    assert places(first, second, nothing) == [(1, "A"), (2, "B")]
    equal = result("r2", "B", total=90)
    assert places(first, equal, nothing) == [(1, "A"), (1, "B")]


def test_more_fixes_go_before_a_faster_one() -> None:
    one, other = result("r1", "A", total=40, to_fix=600), result("r2", "A", scenario="bloat", total=40)
    lucky = result("r3", "B", total=80, to_fix=10)
    assert places(one, other, lucky) == [(1, "A"), (2, "B")]


def test_those_who_rode_together_share_their_place() -> None:
    together, other = result("r1", "A", "B"), result("r2", "C", total=10)
    assert places(together, other) == [(1, "A"), (1, "B"), (3, "C")]


def test_no_attempts_no_board() -> None:
    assert rank([]) == []
    assert isinstance(attempts([result("r1", "A")], NOBODY, PEOPLE)[0], Attempt)


# -- who took part


def test_taking_part_is_to_do_something() -> None:
    statement = StatementLogged(
        at=START, person="B", session="s", pid=1, database="d", application="psql", text="SELECT 1"
    )
    events: list[Event] = [
        Paged(at=START, person="NOBODY", number=1),
        FacilitatorSpoke(at=START, by="FAC", speaker="Robin", text="Well?"),
        HintTaken(at=START, person="FAC", number=1, revealed=True),
        statement,
        HintTaken(at=START, person="A", number=2),
        Acknowledged(at=START, person="C", by="button"),
        RoleTaken(at=START, person="D", role="scribe"),
        StatusUpdated(at=START, person="E", text="Soon."),
        statement,
    ]
    assert took_part(events) == ("B", "A", "C", "D", "E")
    assert took_part([]) == ()


def test_late_is_who_joins_a_live_incident() -> None:
    blocker = Backend(pid=1)
    measured = Measurement(
        writers_waiting=1, oldest_wait_seconds=1, writes_per_second=0, writes_per_second_before=9
    )

    def joins(person: str, at: float) -> PersonJoined:
        return PersonJoined(at=hour(at), person=person, name=person, role=person)

    live = IncidentLive(at=hour(0.1), measured=measured, blocker=blocker, waiting=())
    assert joined_late([joins("A", 0), live, joins("B", 0.2), joins("B", 0.3)]) == {"B": hour(0.2)}


# -- periods

NOW = datetime(2026, 11, 4, 23, 30, tzinfo=UTC)
"""A Wednesday; in Tokyo it is Thursday already."""


def calendar(which: Which, unit: Unit, *, onwards: bool = False) -> Calendar:
    return Calendar(which=which, unit=unit, onwards=onwards)


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        (date(2026, 10, 7), date(2026, 10, 7), None),
        (calendar(Which.THIS, "week"), date(2026, 11, 2), None),
        (calendar(Which.LAST, "week"), date(2026, 10, 26), date(2026, 11, 1)),
        (calendar(Which.THIS, "month"), date(2026, 11, 1), None),
        (calendar(Which.LAST, "month"), date(2026, 10, 1), date(2026, 10, 31)),
        (calendar(Which.LAST, "month", onwards=True), date(2026, 10, 1), None),
        (calendar(Which.THIS, "year"), date(2026, 1, 1), None),
        (calendar(Which.LAST, "year"), date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_a_period_has_its_days(wanted: Wanted, first: date, last: date | None) -> None:
    found = period(wanted, "UTC", NOW)
    assert (found.first, found.last) == (first, last)


def test_a_day_begins_where_the_asker_is() -> None:
    tokyo = period(date(2026, 11, 5), "Asia/Tokyo", NOW)
    assert tokyo.start == datetime(2026, 11, 4, 15, tzinfo=UTC)
    assert tokyo.holds(tokyo.start)
    assert not tokyo.holds(tokyo.start - timedelta(microseconds=1))


def test_last_month_ends_where_this_one_begins_also_when_clocks_changed() -> None:
    found = period(calendar(Which.LAST, "month"), "Europe/Lisbon", NOW)
    assert found.start == datetime(2026, 9, 30, 23, tzinfo=UTC)
    assert found.end == datetime(2026, 11, 1, tzinfo=UTC)
    assert not found.holds(datetime(2026, 11, 1, tzinfo=UTC))


# -- trends


@pytest.mark.parametrize(
    ("points", "goes"),
    [
        ([], Trend.UNKNOWN),
        ([40], Trend.UNKNOWN),
        ([20, 40], Trend.UP),
        ([40, 20], Trend.DOWN),
        ([40, 40, 40], Trend.STEADY),
        ([38, 40], Trend.STEADY),
        ([0, 40, 40, 0], Trend.STEADY),
        ([0, 10, 30, 40, 40], Trend.UP),
    ],
)
def test_a_trend_in_a_word(points: list[int], goes: Trend) -> None:
    assert trend(points, 40) is goes
