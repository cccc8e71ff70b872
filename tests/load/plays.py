"""What is played, by name, and the figures to be reached in it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta

from tests.load import by_hand, day
from tests.load.figures import Goal, Report, missed
from tests.load.players import ACKNOWLEDGED, ANSWERED, CHANNEL_PAGE, DIRECT_PAGE, POSTMORTEM
from tests.load.stage import load_stage

Play = Callable[[], Awaitable[Report]]

MANY = day.Plan(title="30 teams of two", teams=30, of=2, ahead=timedelta(minutes=3))
"""Three to four minutes ahead, not ten: what is made ahead takes two of Slack's minutes."""
NOW = day.Plan(title="16 teams of five, planned now", teams=16, of=5, ahead=timedelta(0))
FEW = day.Plan(title="4 teams of two, planned now", teams=4, of=2, ahead=timedelta(0))
BY_HAND = 5

OF_A_DAY: Sequence[Goal] = (
    Goal(what=CHANNEL_PAGE, part=1.0, within=3.0),
    Goal(what=DIRECT_PAGE, part=1.0, within=3.0),
    Goal(what=ACKNOWLEDGED, part=0.95, within=3.0),
    Goal(what=ANSWERED, part=0.95, within=2.0),
    Goal(what=POSTMORTEM, part=0.95, within=10.0),
)
REFUSALS = 10
"""Of Slack's, in a whole day."""
NO_SLOWER = 1.0
"""Seconds by which the slowest may differ between two plays of the same: the machine's own unrest."""


def missed_in(report: Report, plan: day.Plan) -> list[str]:
    """What a day did not reach."""
    return missed(report, OF_A_DAY, rides=plan.teams, refusals=REFUSALS)


def slower(limited: Report, free: Report) -> list[str]:
    """Where people waited longer with Slack's rates than without."""
    goals = [
        Goal(what=what, part=1.0, within=free.waits.part(what, 1.0) + NO_SLOWER)
        for what in free.waits.seconds
    ]
    return missed(limited, goals, rides=BY_HAND, refusals=0)


async def play_day(plan: day.Plan, *, slack_rates: bool = True) -> Report:
    """A day on a stage of its own."""
    async with load_stage(crowd=plan.crowd, slack_rates=slack_rates) as stage:
        return await day.play(stage, plan)


async def play_by_hand(*, slack_rates: bool) -> Report:
    """Rides by hand on a stage of their own."""
    title = f"{BY_HAND} rides by hand, Slack's rates {'on' if slack_rates else 'off'}"
    async with load_stage(crowd=BY_HAND, slack_rates=slack_rates) as stage:
        return await by_hand.play(stage, BY_HAND, title)


PLAYS: Mapping[str, Play] = {
    "many": lambda: play_day(MANY),
    "now": lambda: play_day(NOW),
    "now-free": lambda: play_day(NOW, slack_rates=False),
    "few": lambda: play_day(FEW),
    "hand": lambda: play_by_hand(slack_rates=True),
    "hand-free": lambda: play_by_hand(slack_rates=False),
}
