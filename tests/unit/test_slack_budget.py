"""Slack's rates: who goes when, and who goes first."""

import asyncio

import pytest

from bot.slack.transport.budget import MARGIN, MINUTE, Budget, ExpiredError, Importance
from tests.virtual_time import in_virtual_time

POST = "chat.postMessage"
OTHER = "chat.update"
AFTER_A_MINUTE = MINUTE + MARGIN
TEN = {POST: 10, OTHER: 10}


def now() -> float:
    return asyncio.get_running_loop().time()


class Line:
    """Takes turns, and notes who got theirs when."""

    def __init__(self, rates: dict[str, int] | None = None) -> None:
        self.budget = Budget(rates or TEN)
        self.went: list[tuple[str, float]] = []
        self.tasks: list[asyncio.Task[None]] = []

    async def _turn(self, name: str, importance: Importance, within: float | None) -> None:
        await self.budget.turn(POST, importance, within=within)
        self.went.append((name, now()))

    def wait(
        self, name: str, importance: Importance, *, times: int = 1, within: float | None = None
    ) -> list[asyncio.Task[None]]:
        tasks = [asyncio.create_task(self._turn(name, importance, within)) for _ in range(times)]
        self.tasks += tasks
        return tasks

    async def come(self) -> None:
        """Have everybody in the line who was called."""
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    async def all(self) -> None:
        await asyncio.gather(*self.tasks, return_exceptions=True)


@in_virtual_time
async def test_a_minutes_calls_go_at_once_and_the_next_a_minute_later() -> None:
    line = Line()
    line.wait("page", Importance.PAGE, times=21)
    await line.all()
    assert [at for _, at in line.went] == [0.0] * 10 + [AFTER_A_MINUTE] * 10 + [2 * AFTER_A_MINUTE]


@in_virtual_time
async def test_each_call_makes_room_a_minute_after_itself() -> None:
    line = Line()
    line.wait("early", Importance.PAGE, times=4)
    await asyncio.sleep(20)
    line.wait("late", Importance.PAGE, times=8)
    await line.all()
    assert [at for _, at in line.went] == [0.0] * 4 + [20.0] * 6 + [AFTER_A_MINUTE] * 2


@in_virtual_time
async def test_the_most_important_goes_first_and_of_equals_the_first() -> None:
    line = Line()
    line.wait("before", Importance.PAGE, times=10)
    await line.come()
    for name, importance in (
        ("colour", Importance.COLOUR),
        ("board", Importance.BOARD),
        ("answer 1", Importance.ANSWER),
        ("answer 2", Importance.ANSWER),
        ("page", Importance.PAGE),
    ):
        line.wait(name, importance)
    await line.all()
    assert [name for name, _ in line.went[10:]] == ["page", "answer 1", "answer 2", "board", "colour"]


@in_virtual_time
async def test_what_matters_less_leaves_room_for_what_matters_more() -> None:
    line = Line()
    for name, importance in (
        ("colour", Importance.COLOUR),
        ("board", Importance.BOARD),
        ("story", Importance.STORY),
        ("page", Importance.PAGE),
    ):
        line.wait(name, importance, times=10)
        await line.come()
    at_once = [name for name, _ in line.went]
    assert [at_once.count(name) for name in ("colour", "board", "story", "page")] == [4, 2, 3, 1]
    await line.all()
    assert len(line.went) == 40


@in_virtual_time
async def test_methods_have_a_rate_each_and_some_have_none() -> None:
    line = Line()
    line.wait("post", Importance.PAGE, times=10)
    await line.all()
    await line.budget.turn(OTHER, Importance.PAGE)
    for _ in range(1_000):
        await line.budget.turn("auth.test", Importance.COLOUR)
    assert now() == 0
    assert line.budget.delay("auth.test", Importance.COLOUR) == 0


@in_virtual_time
async def test_a_429_closes_the_method_for_everybody() -> None:
    line = Line()
    line.budget.close(POST, 7)
    line.budget.close(POST, 3)
    line.wait("page", Importance.PAGE)
    await line.budget.turn(OTHER, Importance.PAGE)
    assert (now(), line.went) == (0, [])
    assert line.budget.delay(POST, Importance.PAGE) == 7
    await line.all()
    assert line.went == [("page", 7.0)]


@in_virtual_time
async def test_a_429_reaches_those_who_wait_already() -> None:
    line = Line()
    line.wait("before", Importance.PAGE, times=10)
    line.wait("page", Importance.PAGE)
    await asyncio.sleep(60)
    line.budget.close(POST, 10)
    await line.all()
    assert line.went[-1] == ("page", 70.0)


@pytest.mark.parametrize("importance", list(Importance))
@pytest.mark.parametrize(("made", "ahead"), [(0, 0), (3, 0), (10, 0), (10, 3), (10, 25)])
def test_the_delay_is_what_comes_of_it(importance: Importance, made: int, ahead: int) -> None:
    @in_virtual_time
    async def told() -> None:
        line = Line()
        line.wait("before", Importance.PAGE, times=made)
        await asyncio.sleep(5)
        line.wait("ahead", importance, times=ahead)
        await line.come()
        delay = line.budget.delay(POST, importance)
        began = now()
        await asyncio.gather(*line.wait("asked", importance))
        assert delay == pytest.approx(now() - began, abs=0.01)
        await line.all()

    told()


@in_virtual_time
async def test_a_turn_that_comes_too_late_is_left_to_others() -> None:
    line = Line()
    line.wait("before", Importance.PAGE, times=10)
    await line.come()
    (late,) = line.wait("late", Importance.PAGE, within=5)
    line.wait("next", Importance.ANSWER, times=9)
    with pytest.raises(ExpiredError):
        await late
    assert now() == 5
    await line.all()
    assert line.went[10:] == [("next", AFTER_A_MINUTE)] * 9, "the one that expired counts nowhere"


@in_virtual_time
async def test_who_waits_no_more_delays_nobody() -> None:
    line = Line()
    for _ in range(10):
        line.wait("before", Importance.PAGE)
        await asyncio.sleep(1)
    line.wait("first", Importance.PAGE)
    await line.come()
    without = line.budget.delay(POST, Importance.ANSWER)
    (late,) = line.wait("late", Importance.ANSWER, within=5)
    await line.come()
    assert line.budget.delay(POST, Importance.ANSWER) == without + 1
    with pytest.raises(ExpiredError):
        await late
    assert line.budget.delay(POST, Importance.ANSWER) == without - 5
    await line.all()


@in_virtual_time
async def test_who_goes_away_holds_nobody_up() -> None:
    line = Line({POST: 1})
    line.wait("before", Importance.PAGE)
    await line.come()
    (gone,) = line.wait("gone", Importance.PAGE)
    line.wait("next", Importance.ANSWER)
    await line.come()
    gone.cancel()
    await line.all()
    assert gone.cancelled()
    assert line.went == [("before", 0.0), ("next", AFTER_A_MINUTE)]
