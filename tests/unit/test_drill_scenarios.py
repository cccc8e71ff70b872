"""Which scenario a drill rides."""

from dataclasses import dataclass

import pytest

from bot.drills.scenarios import LEVELS, candidates, pick
from bot.rides.errors import UnknownScenarioError
from scenarios import errors as scenario_errors
from scenarios.model.scenario import Scenario
from tests.slack_doubles import SCENARIO


def scenario(slug: str, level: str) -> Scenario:
    return SCENARIO.model_copy(update={"slug": slug, "level": level})


@dataclass(frozen=True)
class Shelf:
    """A catalogue in memory."""

    scenarios: tuple[Scenario, ...]

    def slugs(self) -> tuple[str, ...]:
        return tuple(one.slug for one in self.scenarios)

    def load(self, slug: str) -> Scenario:
        for one in self.scenarios:
            if one.slug == slug:
                return one
        raise scenario_errors.UnknownScenarioError(slug, known=self.slugs(), nearest=("lock-queue",))


SHELF = Shelf(
    (
        scenario("bloat", "L2"),
        scenario("lock-queue", "L3"),
        scenario("vacuum", "L3"),
        scenario("wraparound", "L5"),
    )
)


@pytest.mark.parametrize(
    ("wanted", "slugs"),
    [
        ("", ["bloat", "lock-queue", "vacuum", "wraparound"]),
        ("vacuum", ["vacuum"]),
        ("L3", ["lock-queue", "vacuum"]),
        ("L5", ["wraparound"]),
        ("L1", ["bloat"]),
        ("L4", ["lock-queue", "vacuum"]),
    ],
)
def test_what_may_be_ridden(wanted: str, slugs: list[str]) -> None:
    assert [one.slug for one in candidates(SHELF, wanted)] == slugs


def test_an_unknown_scenario_names_the_nearest() -> None:
    with pytest.raises(UnknownScenarioError) as raised:
        candidates(SHELF, "lock-cue")
    assert raised.value.nearest == ("lock-queue",)
    for wanted in ("", *LEVELS):
        with pytest.raises(UnknownScenarioError):
            candidates(Shelf(()), wanted)


def test_one_that_was_not_ridden_comes_first() -> None:
    among = candidates(SHELF, "")
    for number in range(50):
        assert pick(among, {"bloat", "vacuum", "wraparound"}, f"{number}", 1).slug == "lock-queue"
        assert pick(among, {"bloat", "vacuum"}, f"{number}", 1).slug in {"lock-queue", "wraparound"}


def test_where_all_were_ridden_any_comes() -> None:
    among = candidates(SHELF, "")
    picked = {pick(among, set(SHELF.slugs()), f"{number}", 1).slug for number in range(100)}
    assert picked == set(SHELF.slugs())


def test_the_seed_decides_it() -> None:
    among = candidates(SHELF, "")
    assert [pick(among, (), "a seed", number).slug for number in range(6)] == [
        pick(among, (), "a seed", number).slug for number in range(6)
    ]
    assert len({pick(among, (), "a seed", number).slug for number in range(30)}) == 4
