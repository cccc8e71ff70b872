"""The manifest asks for exactly what the bot uses."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from bot.slack.declared import EVENTS
from bot.slack.manifest import bot_scopes, manifest
from bot.slack.settings import HttpSettings, SlackSettings
from bot.slack.transport.web_api import METHODS
from tests.slack_doubles import SETTINGS

FACTS = Path(os.environ.get("RIDE_SLACK_FACTS") or Path(__file__).parents[3] / "shared" / "slack")


def test_commands_have_their_configured_names_and_escaping() -> None:
    settings = SlackSettings(bot_token="b", app_token="a", ride_command="/drill", sql_command="/query")
    commands = manifest(settings)["features"]["slash_commands"]
    assert [(one["command"], one["should_escape"]) for one in commands] == [
        ("/drill", True),
        ("/query", False),
    ]


def test_socket_mode_interactivity_and_events_are_on() -> None:
    told = manifest(SETTINGS)["settings"]
    assert told["socket_mode_enabled"] is True
    assert told["interactivity"] == {"is_enabled": True}
    assert told["event_subscriptions"] == {
        "bot_events": [
            "app_home_opened",
            "app_mention",
            "app_uninstalled",
            "subteam_updated",
            "team_join",
            "tokens_revoked",
            "user_change",
        ]
    }


def test_in_http_mode_everything_goes_to_one_address() -> None:
    http = HttpSettings(public_url="https://ride.example.com")
    told = manifest(SETTINGS, http)
    here = "https://ride.example.com/slack/events"
    assert told["settings"]["socket_mode_enabled"] is False
    assert told["settings"]["interactivity"] == {"is_enabled": True, "request_url": here}
    assert told["settings"]["event_subscriptions"]["request_url"] == here
    assert {command["url"] for command in told["features"]["slash_commands"]} == {here}
    assert told["oauth_config"]["redirect_urls"] == ["https://ride.example.com/slack/oauth_redirect"]


def test_the_bot_may_send_direct_messages_and_people_may_type_commands_there() -> None:
    home = manifest(SETTINGS)["features"]["app_home"]
    assert home["home_tab_enabled"] is True
    assert home["messages_tab_enabled"] is True
    assert home["messages_tab_read_only_enabled"] is False


def test_the_bots_name_has_only_what_slack_takes() -> None:
    settings = SlackSettings(app_name="Ride (Staging) 2")
    assert manifest(settings)["features"]["bot_user"]["display_name"] == "ride-staging-2"
    assert SlackSettings(app_name="演習").bot_name == "ride"


def test_scopes_are_exactly_those_of_methods_events_and_commands() -> None:
    assert manifest(SETTINGS)["oauth_config"]["scopes"]["bot"] == [
        "app_mentions:read",
        "chat:write",
        "commands",
        "files:write",
        "groups:history",
        "groups:read",
        "groups:write",
        "im:history",
        "im:write",
        "pins:write",
        "usergroups:read",
        "users:read",
    ]


def test_the_manifest_is_json_without_a_token() -> None:
    text = json.dumps(manifest(SETTINGS))
    assert "xoxb" not in text
    assert "xapp" not in text


def test_texts_fit_slacks_limits() -> None:
    told = manifest(SETTINGS)
    assert len(told["display_information"]["name"]) <= 35
    assert len(told["display_information"]["description"]) <= 140
    for command in told["features"]["slash_commands"]:
        assert len(command["command"]) <= 32
        assert len(command["description"]) <= 2000
        assert len(command["usage_hint"]) <= 1000


@pytest.mark.skipif(not FACTS.is_dir(), reason=f"no Slack facts in {FACTS.name}/: set RIDE_SLACK_FACTS")
def test_each_method_names_a_scope_that_slack_documents_for_it() -> None:
    facts: dict[str, Any] = json.loads((FACTS / "methods.json").read_text())
    for name, method in METHODS.items():
        documented = facts[name]["bot_scopes"]
        assert bool(method.scopes) == bool(documented), f"{name} needs one of {documented}"
        for scope in method.scopes:
            assert scope in documented, f"{name} needs one of {documented}, not {scope}"


def test_every_scope_is_accounted_for() -> None:
    used = (
        {scope for method in METHODS.values() for scope in method.scopes}
        | {scope for scope in EVENTS.values() if scope}
        | {"commands"}
    )
    assert set(bot_scopes()) == used


@pytest.mark.parametrize("name", ["ride", "/", "/Ride", "/ri de", "/" + "x" * 32])
def test_a_name_that_slack_would_not_take_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="can't be a slash command"):
        SlackSettings(bot_token="b", app_token="a", ride_command=name)


def test_two_commands_need_two_names() -> None:
    with pytest.raises(ValueError, match="two names"):
        SlackSettings(bot_token="b", app_token="a", ride_command="/x", sql_command="/x")


def test_settings_show_no_token() -> None:
    assert "xoxb" not in repr(SETTINGS)
    assert "xapp" not in repr(SETTINGS)
