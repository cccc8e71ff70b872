"""Which scenario a drill rides."""

from collections.abc import Collection, Sequence
from typing import Protocol, get_args

from bot.drills.spans import chance
from bot.rides.errors import UnknownScenarioError
from scenarios import errors as scenario_errors
from scenarios.model.scenario import Scenario

LEVELS: tuple[str, ...] = get_args(Scenario.model_fields["level"].annotation)
"""From the easiest to the hardest."""


class Scenarios(Protocol):
    """The catalogue."""

    def slugs(self) -> tuple[str, ...]: ...

    def load(self, slug: str) -> Scenario:
        """Raises scenarios.errors.UnknownScenarioError."""
        ...


def is_level(wanted: str) -> bool:
    """Whether it is a level, and not the slug of a scenario."""
    return wanted in LEVELS


def candidates(scenarios: Scenarios, wanted: str) -> tuple[Scenario, ...]:
    """The scenarios that a drill may ride: the named one, those of the level, or all (nothing wanted).

    Where a level has none it is those of the nearest level, rather an easier one. Raises
    UnknownScenarioError.
    """
    if wanted and not is_level(wanted):
        try:
            return (scenarios.load(wanted),)
        except scenario_errors.UnknownScenarioError as error:
            raise UnknownScenarioError(wanted, error.nearest, error.known) from None
    every = [scenarios.load(slug) for slug in scenarios.slugs()]
    if not every:
        raise UnknownScenarioError(wanted, (), ())
    if not wanted:
        return tuple(every)
    level = min({one.level for one in every}, key=lambda one: (_apart(one, wanted), one))
    return tuple(one for one in every if one.level == level)


def level_for(scenarios: Scenarios, wanted: str) -> str | None:
    """The level that a drill has for which one is wanted; None where none is, or nothing can be ridden."""
    if not is_level(wanted) or not scenarios.slugs():
        return None
    return candidates(scenarios, wanted)[0].level


def pick(among: Sequence[Scenario], ridden: Collection[str], seed: str, number: int) -> Scenario:
    """One of them by the seed, rather one that wasn't ridden yet."""
    fresh = [one for one in among if one.slug not in ridden] or list(among)
    return fresh[chance(seed, f"scenario {number}", len(fresh))]


def _apart(one: str, other: str) -> int:
    return abs(LEVELS.index(one) - LEVELS.index(other))
