"""The table of a game day, what was hard, and the medians."""

import pytest

from bot.gamedays.results import Lost, hardest, medians, standings
from scenarios.journal.events import Outcome
from scenarios.judging.scorecard import Times
from tests.game_days import game_day, result

ENTRANTS = game_day().entrants


def places(*results: object) -> list[tuple[str, int | None]]:
    return [(one.team, one.place) for one in standings(ENTRANTS, results)]  # type: ignore[arg-type]


def test_most_points_first_and_those_without_a_score_last() -> None:
    found = places(
        result("a", points=20),
        result("c", points=90),
        result("d", points=50, outcome=Outcome.STOPPED, to_fix=None),
    )
    assert found == [("c", 1), ("a", 2), ("b", None), ("d", None)]


def test_equal_points_are_decided_by_the_time_to_fix_then_by_who_was_first() -> None:
    found = standings(
        ENTRANTS,
        [
            result("a", to_fix=200, ended=1),
            result("b", to_fix=100, ended=9),
            result("c", to_fix=100, ended=8),
            result("d", outcome=Outcome.EXPIRED, to_fix=None, ended=0),
        ],
    )
    assert [(one.team, one.place, one.decided_by) for one in found] == [
        ("c", 1, None),
        ("b", 2, "first"),
        ("a", 3, "time"),
        ("d", 4, "fixes"),
    ]


def test_between_whom_nothing_decides_share_a_place() -> None:
    found = places(*(result(team, ended=5) for team in "abc"), result("d", points=1))
    assert found == [("a", 1), ("b", 1), ("c", 1), ("d", 4)]


def test_rounds_are_summed_and_fewer_fixes_are_no_shorter_time() -> None:
    found = standings(
        ENTRANTS,
        [
            result("a", 0, points=40, to_fix=50),
            result("a", 1, points=40, to_fix=None, outcome=Outcome.EXPIRED),
            result("b", 0, points=30, to_fix=300),
            result("b", 1, points=50, to_fix=400),
        ],
    )
    assert [(one.team, one.total, one.fixed, one.rides, one.to_fix) for one in found[:2]] == [
        ("b", 80, 2, 2, 700),
        ("a", 80, 1, 2, 50),
    ]


def test_nobody_has_a_score() -> None:
    assert {place for _, place in places(result("a", outcome=Outcome.VOID))} == {None}


def test_what_a_team_found_hard_with_most_points_first() -> None:
    missed = (("Nothing tied them.", 15), ("No look.", 10), ("Late.", 5), ("Small.", 1))
    found = hardest(ENTRANTS, [result("a", missed=missed, traps=(("A victim.", 10),)), result("b")])
    assert [one.team for one in found] == ["a", "b"]
    assert found[0].missed == (
        Lost(why="Nothing tied them.", points=15),
        Lost(why="No look.", points=10),
        Lost(why="Late.", points=5),
    )
    assert found[0].traps == (Lost(why="A victim.", points=10),)
    assert (found[1].missed, found[1].traps) == ((), ())


def test_what_was_missed_in_two_rounds_counts_twice() -> None:
    found = hardest(
        ENTRANTS,
        [result("a", missed=(("No look.", 10), ("Once.", 15))), result("a", 1, missed=(("No look.", 10),))],
    )
    assert found[0].missed[0] == Lost(why="No look.", points=20)


@pytest.mark.parametrize(
    ("values", "expected"), [([10], 10), ([10, 30], 20), ([10, None, 50, 20], 20), ([None], None), ([], None)]
)
def test_medians_of_those_that_got_there(values: list[float | None], expected: float | None) -> None:
    rides = [
        result("a", times=Times(to_live=1, to_acknowledge=value, to_detect=None, to_fix=None))
        for value in values
    ]
    rides.append(result("b", outcome=Outcome.STOPPED, to_fix=1))
    found = medians(rides)
    assert found.rides == len(values)
    assert (found.acknowledge.seconds, found.acknowledge.of) == (
        expected,
        len([value for value in values if value is not None]),
    )
    assert found.detect.seconds is None
    assert found.fix.of == 0
