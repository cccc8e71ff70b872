"""Slack's Web API at /api/METHOD: tokens, scopes, arguments and rate limits; then the method itself."""

import base64
import logging

from aiohttp import web

from bot.workspace.company.installation import Installation
from bot.workspace.errors import RateLimitedError, SlackError, UndeclaredCodeError
from bot.workspace.json_values import JsonObject
from bot.workspace.parts import Parts
from bot.workspace.web_api.arguments import checked, given
from bot.workspace.web_api.call import Call, require
from bot.workspace.web_api.method_table import COMMON_ERRORS, METHODS, Method, TokenKind
from bot.workspace.web_api.methods import HANDLERS

log = logging.getLogger(__name__)

CONNECTIONS_SCOPE = "connections:write"
"""What the app-level token has."""


class WebApi:
    """Answers the calls of the installed app."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def concerns(self, token: str | None, code: str | None) -> bool:
        """Whether a call with this token, or with this code of an authorization, is for this workspace."""
        app = self._parts.installed
        ours = app is not None and token in (app.bot_token, app.app_token)
        return ours or token in self._parts.revoked or self._parts.grants.knows(code)

    async def handle(self, request: web.Request) -> web.Response:
        """A call. Refusals are HTTP 200 with `{"ok": false}`, as Slack's are; only rate limits are 429."""
        name = request.match_info["method"]
        try:
            body, headers = await self._answer(name, request)
        except SlackError as error:
            log.info("%s: %s %s", name, error.code, "; ".join(error.messages))
            _declared(name, error)
            return web.json_response(error.body())
        except RateLimitedError as error:
            log.info("%s: ratelimited", name)
            return web.json_response(
                {"ok": False, "error": "ratelimited"},
                status=429,
                headers={"Retry-After": str(error.retry_after)},
            )
        return web.json_response({"ok": True, **body}, headers=headers)

    async def _answer(self, name: str, request: web.Request) -> tuple[JsonObject, dict[str, str]]:
        method = METHODS.get(name)
        if method is None:
            raise SlackError("unknown_method")
        values, form_token = await given(request)
        token = bearer(request) or form_token
        if method.token is TokenKind.NONE:
            values = _credentials(request) | values
            return HANDLERS[name](self._call(method, values, app_level=False)), {}
        app, app_level = self._authenticated(token)
        _fits(method, app_level)
        if not app_level:
            require(method.all_scopes(), app)
        self._parts.rate_limits.call(name, method)
        call = self._call(method, values, app_level=app_level)
        if name in self._parts.state.restricted:
            raise SlackError("restricted_action")
        return HANDLERS[name](call), _scope_headers(method, app, app_level)

    def _call(self, method: Method, values: JsonObject, *, app_level: bool) -> Call:
        return Call(
            parts=self._parts,
            method=method,
            arguments=checked(method, values),
            app_level=app_level,
        )

    def _authenticated(self, token: str | None) -> tuple[Installation, bool]:
        """The app, and whether it used its app-level token.

        Raises `not_authed`, `invalid_auth` or, for a token that was good once, `account_inactive`.
        """
        if not token:
            raise SlackError("not_authed")
        app = self._parts.installed
        if app is not None and token == app.bot_token:
            return app, False
        if app is not None and token == app.app_token:
            return app, True
        if token in self._parts.revoked:
            # What Slack says of a bot's token whose app is gone; `token_revoked` is for people's.
            raise SlackError("account_inactive")
        raise SlackError("invalid_auth")


def _declared(name: str, error: SlackError) -> None:
    """Nobody learns to handle a code here that Slack never gives. Raises UndeclaredCodeError."""
    method = METHODS.get(name)
    # api.test gives back whatever error it is asked for.
    if method is None or name == "api.test":
        return
    if error.code not in method.errors | COMMON_ERRORS:
        raise UndeclaredCodeError(f"{name} gave {error.code}, which is not in its table") from error


def bearer(request: web.Request) -> str | None:
    """The token in a request's header."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None


def _credentials(request: web.Request) -> JsonObject:
    """An app's client id and secret, where they come as HTTP Basic authentication."""
    kind, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return {}
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return {}
    return {"client_id": client_id, "client_secret": secret}


def _fits(method: Method, app_level: bool) -> None:
    """Raises `not_allowed_token_type`."""
    wrong = TokenKind.BOT if app_level else TokenKind.APP
    if method.token is wrong:
        raise SlackError("not_allowed_token_type")


def _scope_headers(method: Method, app: Installation, app_level: bool) -> dict[str, str]:
    scopes = (CONNECTIONS_SCOPE,) if app_level else app.scopes
    return {
        "X-OAuth-Scopes": ",".join(scopes),
        "X-Accepted-OAuth-Scopes": ",".join(sorted(method.all_scopes())),
    }
