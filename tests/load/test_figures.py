"""The figures that hold with Slack's rates on, on a machine that does nothing else: not in `make test`."""

import pytest
from rich.console import Console

from tests.load.figures import Report, show
from tests.load.plays import MANY, NOW, missed_in, play_by_hand, play_day, slower


def told(report: Report, capsys: pytest.CaptureFixture[str]) -> Report:
    """Show what was measured, whatever comes of it."""
    with capsys.disabled():
        show(report, Console(width=110))
    return report


async def test_thirty_teams_start_in_the_same_second(capsys: pytest.CaptureFixture[str]) -> None:
    report = told(await play_day(MANY), capsys)
    assert missed_in(report, MANY) == []


async def test_sixteen_teams_planned_now_start_when_the_form_says(capsys: pytest.CaptureFixture[str]) -> None:
    report = told(await play_day(NOW), capsys)
    assert missed_in(report, NOW) == []


async def test_five_rides_by_hand_are_as_without_rates(capsys: pytest.CaptureFixture[str]) -> None:
    free = told(await play_by_hand(slack_rates=False), capsys)
    limited = told(await play_by_hand(slack_rates=True), capsys)
    assert slower(limited, free) == []
