"""What all interactive payloads have in common, and how they reach the app."""

from bot.workspace.errors import ControlError, NotAcknowledgedError, NotConnectedError
from bot.workspace.installation import Installation
from bot.workspace.json_values import JsonObject
from bot.workspace.parts import Parts
from bot.workspace.state import User


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

    Raises ControlError: `dispatch_failed` when no app is connected, `operation_timeout` when it doesn't
    acknowledge.
    """
    try:
        return await parts.socket_mode.deliver("interactive", payload, accepts_response=accepts_response)
    except NotConnectedError as error:
        raise ControlError(
            "dispatch_failed", "The app is not connected: nothing happened.", status=200
        ) from error
    except NotAcknowledgedError as error:
        raise ControlError(
            "operation_timeout", "The app did not answer in time: try again.", status=200
        ) from error
