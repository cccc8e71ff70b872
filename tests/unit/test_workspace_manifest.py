"""App manifests that can be installed, and what is said of those that can't."""

import copy
from typing import Any

import pytest

from bot.workspace.errors import InvalidManifestError
from bot.workspace.manifest import Manifest

GOOD: dict[str, Any] = {
    "display_information": {"name": "Echo"},
    "features": {
        "bot_user": {"display_name": "echo"},
        "slash_commands": [{"command": "/echo", "description": "Says it again"}],
    },
    "oauth_config": {"scopes": {"bot": ["commands", "app_mentions:read"]}},
    "settings": {"event_subscriptions": {"bot_events": ["app_mention"]}, "socket_mode_enabled": True},
}
HOME = "https://ride.example/slack"
BY_HTTP: dict[str, Any] = {
    **GOOD,
    "features": {
        "bot_user": {"display_name": "echo"},
        "slash_commands": [{"command": "/echo", "description": "Says it again", "url": HOME}],
    },
    "oauth_config": {**GOOD["oauth_config"], "redirect_urls": ["http://127.0.0.1:3000/done"]},
    "settings": {
        "event_subscriptions": {"bot_events": ["app_mention"], "request_url": HOME},
        "interactivity": {"is_enabled": True, "request_url": HOME},
        "socket_mode_enabled": False,
    },
}


def changed(path: str, value: object, of: dict[str, Any] = GOOD) -> dict[str, Any]:
    manifest = copy.deepcopy(of)
    place: Any = manifest
    *parents, last = path.split(".")
    for key in parents:
        place = place[key]
    place[last] = value
    return manifest


def test_a_good_one() -> None:
    manifest = Manifest.read(GOOD)
    assert manifest.features.slash_commands[0].should_escape is False
    assert manifest.settings.interactivity.is_enabled is False


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("oauth_config.scopes.bot", ["commands"], "app_mention needs a bot scope: app_mentions:read"),
        ("oauth_config.scopes.bot", ["app_mentions:read"], "need the bot scope commands"),
        ("settings.event_subscriptions.bot_events", ["link_shared"], "link_shared is not delivered"),
        ("features.slash_commands", [{"command": "echo", "description": ""}], "slash_commands.0.command"),
        ("features.slash_commands", [{"command": "/Echo", "description": ""}], "slash_commands.0.command"),
        (
            "features.slash_commands",
            [{"command": "/echo", "description": ""}] * 2,
            "two slash commands have the same name",
        ),
        ("display_information", {}, "display_information.name"),
    ],
)
def test_bad_ones(path: str, value: object, words: str) -> None:
    with pytest.raises(InvalidManifestError, match=words):
        Manifest.read(changed(path, value))


def test_a_good_one_without_socket_mode() -> None:
    manifest = Manifest.read(BY_HTTP)
    assert manifest.features.slash_commands[0].url == HOME
    assert manifest.oauth_config.redirect_urls == ("http://127.0.0.1:3000/done",)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (
            "features.slash_commands",
            [{"command": "/echo", "description": ""}],
            "without Socket Mode /echo needs a url",
        ),
        ("settings.event_subscriptions.request_url", None, "event_subscriptions needs a request_url"),
        ("settings.interactivity.request_url", None, "interactivity needs a request_url"),
        ("settings.interactivity.request_url", "http://ride.example/slack", "begins with https://"),
        ("settings.event_subscriptions.request_url", "ftp://127.0.0.1/", "begins with https://"),
        ("oauth_config.redirect_urls", ["https:///done"], "oauth_config.redirect_urls.0: .*begins with"),
        ("oauth_config.redirect_urls", ["https://ride.example/#done"], "begins with https://"),
    ],
)
def test_bad_ones_without_socket_mode(path: str, value: object, words: str) -> None:
    with pytest.raises(InvalidManifestError, match=words):
        Manifest.read(changed(path, value, BY_HTTP))
