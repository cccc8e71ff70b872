"""Trigger ids: once, and for three seconds."""

import pytest

from bot.workspace.company.identifiers import Identifiers
from bot.workspace.company.state import State, Team
from bot.workspace.errors import SlackError
from bot.workspace.people.triggers import REMEMBERED, Triggers

TEAM = Team(id="T1", name="Harbor", domain="harbor")


class Clock:
    now = 1_764_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def triggers(clock: Clock) -> Triggers:
    return Triggers(State(TEAM, clock=clock, ids=Identifiers("t")))


def refused(triggers: Triggers, name: str) -> str:
    with pytest.raises(SlackError) as error:
        triggers.exchange(name)
    return error.value.code


def test_it_knows_whose_it_is_and_works_once(triggers: Triggers) -> None:
    name = triggers.new("U1", view="V1")
    trigger = triggers.exchange(name)
    assert (trigger.user, trigger.view) == ("U1", "V1")
    assert refused(triggers, name) == "exchanged_trigger_id"
    assert refused(triggers, "1.2.3") == "invalid_trigger_id"


def test_it_lasts_three_seconds(triggers: Triggers, clock: Clock) -> None:
    early, late = triggers.new("U1"), triggers.new("U1")
    clock.now += 2.9
    assert triggers.exchange(early).user == "U1"
    clock.now += 0.1
    assert refused(triggers, late) == "expired_trigger_id"
    clock.now += REMEMBERED
    triggers.new("U1")
    assert refused(triggers, late) == "invalid_trigger_id", "nobody keeps them for ever"
