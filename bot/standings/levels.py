"""What to ride next: the scenario not yet ridden that is nearest a person's level."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from bot.standings.views import NextRide, Why
from scenarios.model.scenario import Scenario
from storage.results import Result

ENOUGH = 70
"""Points from which on a ride shows that one is up to its level."""
LOWEST = "L1"


def level_of(results: Iterable[Result], levels: Mapping[str, str]) -> str:
    """A person's level: the highest at which they resolved an incident with 70 points or more, else L1.

    `results` are their rides that aren't practice, `levels` those of the scenarios by slug.
    """
    shown = [
        levels[result.scenario]
        for result in results
        if result.outcome == "resolved" and result.total >= ENOUGH and result.scenario in levels
    ]
    return max(shown, default=LOWEST, key=_number)


def next_ride(
    scenarios: Sequence[Scenario], known: Collection[str], level: str, best: Mapping[str, int]
) -> NextRide | None:
    """What to ride next; None where there is no scenario at all.

    `known` are the scenarios that the person rode or whose postmortem they saw. Of two as near, it is the
    harder one. Who knows them all is offered the one with the lowest score: as practice.
    """
    fresh = [scenario for scenario in scenarios if scenario.slug not in known]
    if fresh:
        nearest = min(fresh, key=lambda one: (_distance(one, level), -_number(one.level), one.slug))
        return NextRide(scenario=nearest, why=Why.NEAREST if known else Why.FIRST, level=level)
    if not scenarios:
        return None
    weakest = min(scenarios, key=lambda one: (best.get(one.slug, 0), _distance(one, level), one.slug))
    return NextRide(scenario=weakest, why=Why.AGAIN, level=level, best=best.get(weakest.slug))


def _distance(scenario: Scenario, level: str) -> int:
    return abs(_number(scenario.level) - _number(level))


def _number(level: str) -> int:
    """1 for L1, and so on."""
    return int(level.removeprefix("L"))
