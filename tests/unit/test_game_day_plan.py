"""What may be wrong with a plan, when teams ride, and how often a message is edited."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.gamedays.edit_pace import EditPace, EditPaces, EditRates
from bot.gamedays.plan import BREAK, Fault, Plan, draw, form_problems, overlap, planned_span, shared
from bot.gamedays.schedule import first_round, is_over, to_follow
from storage.game_days import GameDay, Slot, SlotState
from tests.game_days import HOUR, NAMES, game_day, slot
from tests.slack_doubles import SCENARIO

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
GOOD = Plan(
    name="Winter",
    starts_at=HOUR,
    scenarios=("alter-table-locks",),
    teams=("a", "b"),
    facilitators=("U9",),
)
MINUTE = timedelta(minutes=1)


def test_nothing_is_wrong_with_a_good_plan() -> None:
    assert form_problems(GOOD, NOW, [SCENARIO]) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"name": "  "}, Fault.NAME_MISSING),
        ({"name": "x" * 41}, Fault.NAME_TOO_LONG),
        ({"starts_at": None}, Fault.MOMENT_MISSING),
        ({"starts_at": NOW - timedelta(minutes=2, seconds=1)}, Fault.MOMENT_PAST),
        ({"starts_at": NOW + timedelta(days=367)}, Fault.MOMENT_TOO_FAR),
        ({"scenarios": ()}, Fault.SCENARIOS_MISSING),
        ({"scenarios": ("alter-table-locks",) * 6}, Fault.SCENARIOS_TOO_MANY),
        ({"scenarios": (), "level": "L1"}, Fault.LEVEL_WITHOUT_SCENARIO),
        ({"scenarios": (), "level": ""}, Fault.LEVEL_WITHOUT_SCENARIO),
        ({"teams": ()}, Fault.TEAMS_MISSING),
        ({"teams": tuple(f"t{number}" for number in range(31))}, Fault.TEAMS_TOO_MANY),
        ({"facilitators": ()}, Fault.FACILITATORS_MISSING),
    ],
)
def test_what_is_wrong_with_a_plan(changes: dict[str, object], fault: Fault) -> None:
    found = form_problems(replace(GOOD, **changes), NOW, [SCENARIO])  # type: ignore[arg-type]
    assert [problem.fault for problem in found] == [fault]


def test_the_minute_in_which_a_form_was_filled_in_is_now() -> None:
    assert form_problems(replace(GOOD, starts_at=NOW - timedelta(seconds=90)), NOW, [SCENARIO]) == []


def test_a_draw_can_be_repeated_and_repeats_nothing_before_it_must() -> None:
    pool = [SCENARIO.model_copy(update={"slug": f"s{number}"}) for number in range(4)]
    pool.append(SCENARIO.model_copy(update={"slug": "easy", "level": "L1"}))
    drawn = draw(pool, "L3", 6, "day1")
    assert drawn == draw(list(reversed(pool)), "L3", 6, "day1")
    assert len(drawn) == 6
    assert set(drawn[:4]) == {"s0", "s1", "s2", "s3"}
    assert {draw(pool, "L3", 4, f"day{number}") for number in range(20)} > {drawn[:4]}
    assert draw(pool, "L5", 2, "day1") == ()


def test_who_is_in_two_teams() -> None:
    assert shared({"a": ("U1", "U2"), "b": ("U3", "U2")}) == {"U2": ("a", "b")}


@pytest.mark.parametrize(
    ("begins", "ends", "expected"),
    [(0, 10, True), (10, 20, False), (-10, 0, False), (-5, 1, True), (2, 3, True)],
)
def test_overlap(begins: int, ends: int, expected: bool) -> None:
    mine = (NOW, NOW + 10 * MINUTE)
    assert overlap(mine, (NOW + begins * MINUTE, NOW + ends * MINUTE)) is expected


def test_how_long_a_day_is_planned_to_take() -> None:
    quarter = 15 * MINUTE
    assert planned_span([quarter], 4, None, timedelta()) == quarter
    assert planned_span([quarter, quarter], 5, 2, 10 * MINUTE) == 2 * quarter + BREAK + 20 * MINUTE


# -- the schedule


def test_together_all_are_due_at_the_hour() -> None:
    assert {one.due_at for one in first_round(game_day(), 1)} == {HOUR}


def test_waves_are_minutes_of_ride_time_apart() -> None:
    found = first_round(game_day(wave_size=2, wave_minutes=10), speed=5)
    assert [(one.team, one.due_at - HOUR) for one in found] == [
        ("a", timedelta()),
        ("b", timedelta()),
        ("c", 2 * MINUTE),
        ("d", 2 * MINUTE),
    ]


def states(*found: SlotState, number: int = 0) -> list[Slot]:
    return [slot(team, number, state=state) for team, state in zip(NAMES, found, strict=True)]


TWO = game_day(scenarios=("alter-table-locks", "second"))


def follows(day: GameDay, slots: list[Slot], speed: float = 1) -> list[tuple[str, int, timedelta]]:
    found = to_follow(day, slots, HOUR, speed)
    return [(one.team, one.round, one.due_at - HOUR) for one in found]


def test_the_next_round_waits_for_all_and_is_for_all() -> None:
    assert follows(TWO, states("done", "failed", "done", "running")) == []
    assert follows(TWO, states("done", "failed", "done", "done"), speed=2) == [
        (team, 1, BREAK / 2) for team in NAMES
    ]
    assert {one.scenario for one in to_follow(TWO, states("done", "done", "done", "done"), HOUR, 1)} == {
        "second"
    }


def test_a_round_in_which_nobody_could_start_is_not_gone_on_from() -> None:
    slots = states("failed", "failed", "failed", "failed")
    assert follows(TWO, slots) == []
    assert not is_over(game_day(), slots)


def test_in_waves_each_team_goes_on_by_itself() -> None:
    day = replace(TWO, wave_size=1, wave_minutes=5)
    assert follows(day, states("done", "running", "due", "failed")) == [("a", 1, BREAK), ("d", 1, BREAK)]


def test_nothing_follows_the_last_round() -> None:
    slots = [*states("done", "done", "done", "failed"), *states("done", "done", "done", "done", number=1)]
    assert follows(TWO, slots) == []
    assert is_over(TWO, slots)
    assert not is_over(TWO, slots[:4])
    assert not is_over(TWO, [*slots[:7], slot("d", 1, state="running")])


# -- edits


def edits(rates: EditRates, *, only_clocks: bool, minutes: int = 3) -> list[datetime]:
    """As many as a pace allows to somebody who always wants more."""
    pace, now, made = EditPace(NOW, rates), NOW, []
    while now < NOW + minutes * MINUTE:
        wait = pace.wait(now, only_clocks=only_clocks)
        if wait > timedelta(0):
            now += wait + timedelta(milliseconds=1)
            continue
        pace.edited(now, only_clocks=only_clocks)
        made.append(now)
    return made


def test_a_workspace_has_so_many_edits_in_any_minute_and_fewer_for_clocks() -> None:
    for only_clocks, limit in ((False, 20), (True, 12)):
        made = edits(EditRates(), only_clocks=only_clocks)
        busiest = max(sum(at <= one < at + MINUTE for one in made) for at in made)
        assert limit - 1 <= busiest <= limit


def test_clocks_leave_something_for_what_happens() -> None:
    pace = EditPace(NOW, EditRates())
    while pace.wait(NOW, only_clocks=True) == timedelta(0):
        pace.edited(NOW, only_clocks=True)
    assert pace.wait(NOW, only_clocks=False) == timedelta(0)


def test_each_workspace_has_its_own() -> None:
    paces = EditPaces()
    assert paces.of("T1", NOW, EditRates()) is paces.of("T1", NOW, EditRates())
    assert paces.of("T1", NOW, EditRates()) is not paces.of("T2", NOW, EditRates())
