"""What is played, by name."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from tests.load import by_hand, day
from tests.load.figures import Report
from tests.load.stage import load_stage

Play = Callable[[], Awaitable[Report]]

MANY = day.Plan(title="30 teams of two", teams=30, of=2, ahead=timedelta(minutes=3))
NOW = day.Plan(title="16 teams of five, planned now", teams=16, of=5, ahead=timedelta(0))
FEW = day.Plan(title="4 teams of two, planned now", teams=4, of=2, ahead=timedelta(0))


def _played(plan: day.Plan, *, slack_rates: bool = True) -> Play:
    async def play() -> Report:
        async with load_stage(crowd=plan.crowd, slack_rates=slack_rates) as stage:
            return await day.play(stage, plan)

    return play


def _by_hand(*, slack_rates: bool) -> Play:
    async def play() -> Report:
        async with load_stage(crowd=5, slack_rates=slack_rates) as stage:
            return await by_hand.play(
                stage, 5, f"five by hand, Slack's rates {'on' if slack_rates else 'off'}"
            )

    return play


PLAYS: Mapping[str, Play] = {
    "many": _played(MANY),
    "now": _played(NOW),
    "few": _played(FEW),
    "hand": _by_hand(slack_rates=True),
    "hand-free": _by_hand(slack_rates=False),
}
