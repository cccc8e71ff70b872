"""The app manifest, made from the tables that the listeners and the Web API client are made from."""

from typing import Any

from bot.slack.declared import COMMANDS_SCOPE, EVENTS, slash_commands
from bot.slack.settings import HttpSettings, SlackSettings
from bot.slack.transport.web_api import METHODS


def bot_scopes() -> tuple[str, ...]:
    """The scopes of the methods, events and commands that the bot uses, and no other."""
    scopes = {scope for method in METHODS.values() for scope in method.scopes}
    scopes |= {scope for scope in EVENTS.values() if scope is not None}
    return tuple(sorted(scopes | {COMMANDS_SCOPE}))


def manifest(settings: SlackSettings, http: HttpSettings | None = None) -> dict[str, Any]:
    """The manifest as Slack takes it: https://docs.slack.dev/reference/app-manifest. Plain JSON data.

    For Socket Mode, or with `http` for requests at its addresses.
    """
    oauth: dict[str, Any] = {"scopes": {"bot": list(bot_scopes())}}
    requests: dict[str, str] = {}
    command_url: dict[str, str] = {}
    if http is not None:
        oauth["redirect_urls"] = [http.redirect_url]
        requests = {"request_url": http.events_url}
        command_url = {"url": http.events_url}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": settings.app_name,
            "description": "Practise incidents on a real PostgreSQL",
            "background_color": "#1d2733",
        },
        "features": {
            # Pages come as direct messages: without this tab Slack refuses them (`messages_tab_disabled`),
            # and where it is read-only nobody can type a command beneath one.
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": settings.bot_name, "always_online": True},
            "slash_commands": [
                {
                    "command": command.name,
                    "description": command.description,
                    "usage_hint": command.usage_hint,
                    "should_escape": command.should_escape,
                    **command_url,
                }
                for command in slash_commands(settings)
            ],
        },
        "oauth_config": oauth,
        "settings": {
            "event_subscriptions": {"bot_events": sorted(EVENTS), **requests},
            "interactivity": {"is_enabled": True, **requests},
            "org_deploy_enabled": False,
            "socket_mode_enabled": http is None,
            "token_rotation_enabled": False,
        },
    }
