"""App manifests that can be installed, and what is said of those that can't."""

import copy
from typing import Any

import pytest

from bot.workspace.errors import InvalidManifestError
from bot.workspace.installation import Manifest

GOOD: dict[str, Any] = {
    "display_information": {"name": "Echo"},
    "features": {
        "bot_user": {"display_name": "echo"},
        "slash_commands": [{"command": "/echo", "description": "Says it again"}],
    },
    "oauth_config": {"scopes": {"bot": ["commands", "app_mentions:read"]}},
    "settings": {"event_subscriptions": {"bot_events": ["app_mention"]}},
}


def changed(path: str, value: object) -> dict[str, Any]:
    manifest = copy.deepcopy(GOOD)
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
