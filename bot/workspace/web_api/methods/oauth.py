"""oauth.v2.access, auth.revoke: how an app gets its token, and how it goes."""

import hmac

from bot.workspace.company.installing import install, revoke
from bot.workspace.errors import SlackError
from bot.workspace.json_values import JsonObject
from bot.workspace.web_api.call import Call


def access(call: Call) -> JsonObject:
    """Install the app in the workspace where somebody allowed it; scopes come on top of what it has."""
    arguments, parts = call.arguments, call.parts
    app = parts.registration
    if app is None or arguments.text("client_id") != app.client_id:
        raise SlackError("invalid_client_id")
    if not hmac.compare_digest(arguments.text("client_secret").encode(), app.client_secret.encode()):
        raise SlackError("bad_client_secret")
    if arguments.text("grant_type") not in ("", "authorization_code"):
        raise SlackError("invalid_grant_type")
    grant = parts.grants.take(arguments.text("code"))
    if grant.redirect_uri is not None and arguments.text("redirect_uri") != grant.redirect_uri:
        raise SlackError("bad_redirect_uri")
    had = parts.installed.scopes if parts.installed is not None else ()
    installed = install(parts, scopes=[*had, *grant.scopes])
    return {
        "access_token": installed.bot_token,
        "token_type": "bot",
        "scope": ",".join(installed.scopes),
        "bot_user_id": installed.bot_user,
        "app_id": installed.app_id,
        "team": {"id": call.state.team.id, "name": call.state.team.name},
        "enterprise": None,
        "authed_user": {"id": grant.user},
        "is_enterprise_install": False,
    }


def revoke_token(call: Call) -> JsonObject:
    """Make the bot token that is used for the call good no more."""
    test = call.arguments.flag("test")
    if not test:
        revoke(call.parts)
    return {"revoked": not test}
