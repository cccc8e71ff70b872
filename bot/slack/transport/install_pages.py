"""Installing Ride in a workspace: two pages, with Slack's own between them.

Source: https://docs.slack.dev/authentication/installing-with-oauth.
"""

import hmac
import logging
from collections.abc import Callable
from urllib.parse import urlencode, urljoin

from aiohttp import web
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.rides.errors import ChatRefusedError
from bot.rides.ports import Clock
from bot.slack.manifest import bot_scopes
from bot.slack.messages import installing as words
from bot.slack.messages.installing import Page
from bot.slack.settings import HttpSettings, SlackSettings
from bot.slack.transport.installation_store import STATE_LASTS, StateStore
from bot.slack.transport.installed_workspaces import InstalledWorkspaces
from bot.slack.transport.outcome import refusals
from bot.slack.transport.web_api import WebApi

log = logging.getLogger(__name__)

COOKIE = "ride-install"
"""Ties what comes back from Slack to the browser that was sent there."""

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class InstallPages:
    """Sends people to Slack, and takes in what they allowed there."""

    def __init__(
        self,
        workspaces: InstalledWorkspaces,
        states: StateStore,
        clock: Clock,
        *,
        client: Callable[[str | None], WebApi],
        settings: SlackSettings,
        http: HttpSettings,
    ) -> None:
        """`client` makes one for a bot token, or one without."""
        self._workspaces = workspaces
        self._states = states
        self._clock = clock
        self._client = client
        self._settings = settings
        self._http = http

    async def offer(self, request: web.Request) -> web.Response:  # noqa: ARG002 - a handler's signature
        """The first page, with the way to Slack's."""
        state = await self._states.async_issue()
        asked = {
            "client_id": self._http.client_id,
            "scope": ",".join(bot_scopes()),
            "redirect_uri": self._http.redirect_url,
            "state": state,
        }
        authorize = urljoin(self._settings.api_url, "../oauth/v2/authorize")
        answer = answered(words.offer(self._settings.app_name, f"{authorize}?{urlencode(asked)}"))
        answer.set_cookie(
            COOKIE,
            state,
            max_age=int(STATE_LASTS.total_seconds()),
            path="/slack",
            secure=self._http.public_url.startswith("https:"),
            httponly=True,
            samesite="Lax",
        )
        return answer

    async def take_back(self, request: web.Request) -> web.Response:
        """The second page: back from Slack, with a code or a refusal."""
        answer = await self._took_back(request)
        answer.del_cookie(COOKIE, path="/slack")
        return answer

    async def _took_back(self, request: web.Request) -> web.Response:
        app, again = self._settings.app_name, self._http.install_url
        state, cookie = request.query.get("state", ""), request.cookies.get(COOKIE, "")
        # Others may send anything, bytes that are no text too.
        given, kept = (text.encode(errors="surrogateescape") for text in (state, cookie))
        ours = hmac.compare_digest(given, kept) and bool(state)
        if not ours or not await self._states.async_consume(state):
            return answered(words.not_begun_here(app, again), status=400)
        if error := request.query.get("error"):
            log.info("an installation was not allowed: %r", error[:100])
            return answered(words.declined(app, again))
        try:
            installation = await self._exchange(request.query.get("code", ""))
            if installation is None:
                return answered(words.whole_organisation(app, again), status=400)
            await self._workspaces.install(installation)
        except ChatRefusedError as refusal:
            log.warning("an installation failed: %s answered %s", refusal.step, refusal.code)
            return answered(words.refused(app, refusal.code, again), status=502)
        name = installation.team_name or installation.team_id or ""
        client = f"https://app.slack.com/client/{installation.team_id}"
        return answered(words.installed(app, name, self._settings.ride_command, client))

    async def _exchange(self, code: str) -> Installation | None:
        """What Slack gives for the code; None for an installation in a whole organisation."""
        async with refusals("oauth.v2.access"):
            # In the form, as Slack takes them too: the SDK's own method uses what aiohttp has deprecated.
            given = await self._client(None).api_call(
                "oauth.v2.access",
                data={
                    "client_id": self._http.client_id,
                    "client_secret": self._http.client_secret,
                    "code": code,
                    "redirect_uri": self._http.redirect_url,
                },
            )
        if given.get("is_enterprise_install") or not given.get("team"):
            return None
        # Only this says which bot it is; and a token that can't speak is better known now.
        async with refusals("auth.test"):
            bot = await self._client(str(given["access_token"])).auth_test()
        return _installation(given, bot, self._clock.now().timestamp())


def _installation(given: AsyncSlackResponse, bot: AsyncSlackResponse, now: float) -> Installation:
    return Installation(
        app_id=given.get("app_id"),
        team_id=str(given["team"]["id"]),
        team_name=given["team"].get("name"),
        bot_token=str(given["access_token"]),
        bot_id=bot.get("bot_id"),
        bot_user_id=given.get("bot_user_id"),
        bot_scopes=given.get("scope") or "",
        user_id=str((given.get("authed_user") or {}).get("id") or ""),
        installed_at=now,
    )


def answered(page: Page, *, status: int = 200) -> web.Response:
    """A page as an answer that no cache keeps and no other site shows."""
    return web.Response(text=page.html(), content_type="text/html", status=status, headers=_HEADERS)
