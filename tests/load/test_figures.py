"""The figures that hold with Slack's rates on, on a machine that does nothing else: not in `make test`."""

from collections.abc import Awaitable, Callable

import pytest
from rich.console import Console

from tests.load.figures import Report, show
from tests.load.plays import MANY, NOW, missed_in, play_by_hand, play_day, slower

Told = Callable[[Report], Report]


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    """Shows what was measured, whatever comes of it."""

    def tell(report: Report) -> Report:
        with capsys.disabled():
            show(report, Console(width=110))
        return report

    return tell


async def missed(play: Callable[[], Awaitable[list[str]]]) -> list[str]:
    """What was not reached in two plays running: a machine has moments of its own."""
    return await play() and await play()


async def test_thirty_teams_start_in_the_same_second(told: Told) -> None:
    async def play() -> list[str]:
        return missed_in(told(await play_day(MANY)), MANY)

    assert await missed(play) == []


async def test_sixteen_teams_planned_now_start_when_the_form_says(told: Told) -> None:
    async def play() -> list[str]:
        return missed_in(told(await play_day(NOW)), NOW)

    assert await missed(play) == []


async def test_five_rides_by_hand_are_as_without_rates(told: Told) -> None:
    async def play() -> list[str]:
        free = told(await play_by_hand(slack_rates=False))
        return slower(told(await play_by_hand(slack_rates=True)), free)

    assert await missed(play) == []
