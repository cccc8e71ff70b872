"""What all interactive payloads have in common, and how they reach the app."""

import logging

from bot.workspace.company.installation import Installation
from bot.workspace.company.state import User
from bot.workspace.errors import ControlError, UndeliveredError
from bot.workspace.json_values import JsonObject
from bot.workspace.parts import Parts

log = logging.getLogger(__name__)


def interaction(parts: Parts, app: Installation, kind: str, user: User) -> JsonObject:
    """The keys that tell who did something, and where the app is."""
    team = parts.state.team
    return {
        "type": kind,
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": team.id},
        "api_app_id": app.app_id,
        "token": app.verification_token,
        "team": {"id": team.id, "domain": team.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def interactive(parts: Parts) -> Installation:
    """The app, if it takes interactions. Raises ControlError `not_enabled`."""
    app = parts.app
    if not app.manifest.settings.interactivity.is_enabled:
        raise ControlError("not_enabled", "This app is not configured to handle interactive responses.")
    return app


async def deliver(parts: Parts, payload: JsonObject, *, accepts_response: bool = False) -> JsonObject:
    """Send an interaction; gives what the app acknowledged it with.

    Raises ControlError: `dispatch_failed` when the app can't be reached, `http_client_error` when it refuses,
    `operation_timeout` when it doesn't acknowledge.
    """
    try:
        return await parts.delivery.deliver(
            parts.app, "interactive", payload, accepts_response=accepts_response
        )
    except UndeliveredError as error:
        log.info("%s: %s", payload["type"], error)
        raise ControlError(error.code, _WORDS[error.code], status=200) from error


_WORDS = {
    "dispatch_failed": "The app is not connected: nothing happened.",
    "http_client_error": "The app refused it: nothing happened.",
    "operation_timeout": "The app did not answer in time: try again.",
}
