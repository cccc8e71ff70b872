"""What the load tests are measured with: it has to see what is slow, refused, lost or missing."""

import asyncio
import math
from dataclasses import replace

import pytest

from tests.load.eyes import Eyes, Sight
from tests.load.figures import Goal, Report, missed, percentile

GOAL = Goal(what="page", part=0.95, within=3.0)
PAGE = Sight(
    at=1.0,
    channel="C1",
    ts="1.0",
    text="You're being paged",
    blocks=({"type": "actions", "elements": [{"type": "button", "action_id": "acknowledge"}]},),
    edited=False,
    direct=False,
    ephemeral=False,
    thread=False,
)


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile([5.0], 0.95) == 5.0
    assert percentile([float(number) for number in range(100, 0, -1)], 0.95) == 95.0
    assert percentile([1.0, 2.0, 3.0], 0.5) == 2.0
    assert percentile([1.0, 2.0, 3.0], 1.0) == 3.0


def test_what_is_slow_missing_or_lost_is_said() -> None:
    report = Report(title="a day")
    assert GOAL.missed(report.waits) is not None, "nobody was paged at all"
    assert report.waits.part("page", 0.95) == math.inf
    for _ in range(19):
        report.waits.add("page", 1.0)
    report.waits.add("page", 9.0)
    assert GOAL.missed(report.waits) is None, "one in twenty may wait longer"
    report.waits.add("page", 9.0)
    assert "9.00 s" in (GOAL.missed(report.waits) or "")
    report.outcomes.update(["resolved", "void"])
    report.troubles.append("p01 saw nothing")
    found = "\n".join(missed(report, [GOAL], rides=2, refusals=10))
    for words in ("p01 saw nothing", "9.00 s", "'void': 1", "to be 2 resolved", "refusals"):
        assert words in found


async def test_eyes_see_what_was_there_and_what_comes() -> None:
    eyes = Eyes("p01")
    assert PAGE.has_button("acknowledge")
    eyes.saw(PAGE)
    assert await eyes.see(lambda one: one.channel == "C1", 1.0) is PAGE
    coming = asyncio.create_task(eyes.see(lambda one: one.edited, 5.0, after=1))
    await asyncio.sleep(0)
    edited = replace(PAGE, edited=True, blocks=())
    eyes.saw(edited)
    assert await coming is edited
    assert not edited.has_button("acknowledge")
    with pytest.raises(TimeoutError, match="p01 saw no such thing"):
        await eyes.see(lambda one: one.direct, 0.01)
