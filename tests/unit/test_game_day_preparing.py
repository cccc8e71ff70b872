"""How long before the hour rides are prepared, and when a day that is planned now can start."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.gamedays.parts import Tempo
from bot.gamedays.preparing import CHANNELS_A_MINUTE, LONGEST, Group, ahead_for, begin_at, earliest
from bot.gamedays.schedule import waves

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TEMPO = Tempo()
HOUR = NOW + 60 * MINUTE


def group(teams: int, due: datetime = HOUR, day: str = "a") -> Group:
    return Group(day=day, due_at=due, teams=teams)


def test_more_teams_are_begun_with_earlier_but_never_too_early() -> None:
    assert ahead_for(18, TEMPO) == 3 * MINUTE
    assert ahead_for(36, TEMPO) == 4 * MINUTE
    assert ahead_for(18, Tempo(speed=10)) == timedelta(seconds=45) + MINUTE
    assert ahead_for(10_000, TEMPO) == LONGEST


def test_the_budget_is_within_slacks_tier_two() -> None:
    assert CHANNELS_A_MINUTE < 20


def test_days_at_the_same_hour_share_what_slack_allows() -> None:
    one, other = group(18), group(18, day="b")
    found = begin_at([one, other], TEMPO)
    assert sorted(HOUR - begins for begins in found.values()) == [3 * MINUTE, 4 * MINUTE]


def test_a_day_soon_after_makes_the_one_before_it_begin_earlier() -> None:
    first, second = group(9), group(36, HOUR + MINUTE, day="b")
    found = begin_at([second, first], TEMPO)
    assert found[second] == HOUR + MINUTE - 4 * MINUTE
    assert found[first] == found[second] - MINUTE / 2


def test_days_far_apart_do_not_mind_each_other() -> None:
    one, other = group(18), group(18, HOUR + 10 * MINUTE, day="b")
    assert begin_at([one, other], TEMPO) == {
        one: HOUR - 3 * MINUTE,
        other: HOUR + 7 * MINUTE,
    }


def test_waves() -> None:
    assert waves(5, 2, 10 * MINUTE) == {timedelta(): 2, 10 * MINUTE: 2, 20 * MINUTE: 1}
    assert waves(5, None, timedelta()) == {timedelta(): 5}


def starts(wanted: datetime, teams: int, *others: Group, speed: float = 1) -> datetime:
    return earliest(wanted, waves(teams, None, timedelta()), NOW, others, Tempo(speed=speed))


@pytest.mark.parametrize(
    ("wanted", "teams", "minutes"),
    [(0, 1, 3), (0, 16, 3), (2, 16, 3), (2, 30, 4), (0, 30, 4), (5, 30, 5), (60, 30, 60)],
)
def test_a_start_too_near_is_moved_to_the_minute_at_which_all_are_ready(
    wanted: int, teams: int, minutes: int
) -> None:
    """Two minutes for a ride, and one more for 18 channels, two of which are the day's own."""
    assert starts(NOW + wanted * MINUTE, teams) == NOW + minutes * MINUTE


def test_a_moment_is_shown_to_the_minute_and_so_is_a_full_one() -> None:
    wanted = NOW + timedelta(seconds=30)
    found = earliest(wanted, {timedelta(): 4}, wanted, (), TEMPO)
    assert (found.second, found > wanted + 2 * MINUTE) == (0, True)


def test_what_is_as_wanted_keeps_its_seconds() -> None:
    wanted = HOUR + timedelta(seconds=17)
    assert starts(wanted, 30) == wanted


def test_a_day_that_is_to_start_at_once_waits_for_one_that_is_prepared_now() -> None:
    other = group(30, NOW + 4 * MINUTE, day="b")
    found = starts(NOW, 16, other)
    assert found >= NOW + 5 * MINUTE
    mine = group(16, found)
    begins = begin_at([other, mine], TEMPO)
    assert begins[other] >= begin_at([other], TEMPO)[other], "the other is not kept waiting"


def test_every_wave_is_ready_in_time() -> None:
    for size in (5, 10, 18):
        starting = waves(30, size, 5 * MINUTE / 10)
        found = earliest(NOW, starting, NOW, (), Tempo(speed=10))
        mine = [Group(day="a", due_at=found + after, teams=teams) for after, teams in starting.items()]
        assert min(begin_at(mine, Tempo(speed=10)).values()) >= NOW


def test_any_two_days_find_a_time() -> None:
    for other in range(1, 61, 7):
        found = starts(NOW, 30, group(other, NOW + 2 * MINUTE, day="b"), group(other, HOUR, day="c"))
        assert NOW < found <= NOW + 15 * MINUTE
