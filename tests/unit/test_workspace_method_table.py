"""The workspace's table of methods, held to Slack's own reference and to what the bot calls."""

import pytest

from bot.slack.manifest import manifest
from bot.slack.settings import SlackSettings
from bot.slack.transport.web_api import METHODS as CALLED
from bot.workspace.manifest import Manifest
from bot.workspace.web_api.method_table import COMMON_ERRORS, METHODS, Tier, Type
from bot.workspace.web_api.methods import HANDLERS
from tests.slack_facts import facts

_TYPES = {"number": Type.INTEGER, "integer": Type.INTEGER, "boolean": Type.BOOLEAN, "array": Type.LIST}
LISTS_AS_STRINGS = {"users"}
"""Slack's reference calls names with commas between them a string."""


def test_every_method_has_a_handler() -> None:
    assert HANDLERS.keys() == METHODS.keys()


def test_every_method_that_the_bot_calls_is_answered() -> None:
    assert CALLED.keys() <= METHODS.keys()


def test_the_bots_own_manifest_can_be_installed() -> None:
    settings = SlackSettings(bot_token="xoxb-1", app_token="xapp-1")
    assert Manifest.read(manifest(settings)).features.slash_commands


@pytest.mark.parametrize("name", METHODS)
def test_arguments_are_slacks(name: str) -> None:
    slacks = facts("methods.json")[name]["args"]
    ours = METHODS[name].arguments
    assert ours.keys() <= slacks.keys()
    required = {argument for argument, fact in slacks.items() if fact["required"]}
    assert required <= ours.keys()
    for argument, fact in slacks.items():
        if argument not in ours or fact["type"] is None or argument in LISTS_AS_STRINGS:
            continue
        assert ours[argument].type is _TYPES.get(fact["type"], Type.STRING), argument


@pytest.mark.parametrize("name", METHODS)
def test_errors_are_slacks(name: str) -> None:
    assert METHODS[name].errors <= set(facts("methods.json")[name]["errors"])
    assert not METHODS[name].errors & COMMON_ERRORS


@pytest.mark.parametrize("name", METHODS)
def test_scopes_are_slacks(name: str) -> None:
    slacks = set(facts("methods.json")[name]["bot_scopes"])
    ours = METHODS[name].all_scopes()
    assert ours <= slacks
    assert bool(ours) == bool(slacks), "a method that needs a scope needs one here too"
    missing = {scope for scope in slacks - ours if not scope.startswith(("mpim:", "im:"))}
    # The others of conversations.open are for group direct messages, which the workspace has not.
    assert name == "conversations.open" or not missing, "what Slack allows, this allows"


@pytest.mark.parametrize("name", METHODS)
def test_rate_tiers_are_slacks(name: str) -> None:
    words = facts("methods.json")[name]["rate_limit"]
    tiers = {"Tier 1": Tier.ONE, "Tier 2": Tier.TWO, "Tier 3": Tier.THREE, "Tier 4": Tier.FOUR}
    assert METHODS[name].tier is tiers.get(words.partition(":")[0], Tier.SPECIAL)
