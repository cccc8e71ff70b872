"""The workspaces that Ride is in, and the client that speaks in each."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.base.errors import OrganisationTokenError
from bot.rides.errors import ChatRefusedError
from bot.slack.transport.outcome import refusals
from bot.slack.transport.patience import Patience, patiently
from bot.slack.transport.plan import ONCE
from bot.slack.transport.web_api import WebApi

log = logging.getLogger(__name__)

NOT_INSTALLED = "not_installed"
"""Our own code beside Slack's: Ride isn't in this workspace, or not any more."""

TOKEN_IS_DEAD = frozenset({"account_inactive", "invalid_auth", "token_expired", "token_revoked"})
"""Slack's codes for a token that will never work again.

Source: the errors of https://docs.slack.dev/reference/methods/auth.test.
"""

Farewell = Callable[[str], None]
"""Told the id of a workspace that has removed Ride: it must be quick."""


class Workspaces(Protocol):
    """Where Ride is installed."""

    async def check(self) -> None:
        """Whether we can speak at all, before anything else is done. Raises what says why not."""
        ...

    async def web(self, workspace: str) -> WebApi:
        """The client of a workspace. Raises ChatRefusedError NOT_INSTALLED where there is none."""
        ...

    async def bot(self, workspace: str) -> AuthorizeResult | None:
        """Who the bot is in a workspace; None where Ride is not installed."""
        ...

    async def refused(self, workspace: str, token: str) -> None:
        """Slack has called this token dead. If it says so once more, the workspace is left."""
        ...

    async def removed(self, workspace: str, at: datetime) -> None:
        """Slack tells that the workspace removed Ride at this time. It may have it anew by now."""
        ...

    def watch(self, farewell: Farewell) -> None:
        """Call back when a workspace was left."""
        ...


async def is_dead(web: WebApi) -> bool:
    """Whether Slack says of a token, asked for nothing else, that it is dead."""
    try:
        async with refusals("auth.test"):
            await web.auth_test()
    except ChatRefusedError as refusal:
        return refusal.code in TOKEN_IS_DEAD
    return False


def of_an_organisation(who: AsyncSlackResponse) -> bool:
    """Whether a token that auth.test has answered for is of an installation in a whole organisation.

    Source: https://docs.slack.dev/enterprise/developing-for-enterprise-orgs.
    """
    team = who.get("team_id")
    return bool(who.get("is_enterprise_install")) or (isinstance(team, str) and team.startswith("E"))


def organisation(who: AsyncSlackResponse) -> str:
    """Which organisation, for people."""
    name, number = who.get("team"), who.get("enterprise_id") or who.get("team_id")
    return f"{name} ({number})" if name else str(number)


class OneWorkspace:
    """The workspace of one bot token, as in Socket Mode: asked once who it is, so that no request waits."""

    def __init__(self, web: WebApi, patience: Patience | None = None) -> None:
        self._web = web
        self._patience = patience or Patience()
        self._bot: AuthorizeResult | None = None
        self._left = False
        self._watchers: list[Farewell] = []

    async def check(self) -> None:
        """Ask Slack who we are, until it answers.

        Raises ChatRefusedError, such as `invalid_auth`, for a bad token, and OrganisationTokenError for that
        of a whole organisation: its requests come from workspaces that auth.test doesn't name.
        """
        await patiently(self._known, self._patience)

    async def web(self, workspace: str) -> WebApi:
        """The one client, for the one workspace."""
        if await self.bot(workspace) is None:
            raise ChatRefusedError("authorization", NOT_INSTALLED)
        return self._web

    async def bot(self, workspace: str) -> AuthorizeResult | None:
        """The one bot, in the one workspace."""
        bot = await self._known()
        return bot if bot.team_id == workspace and not self._left else None

    async def refused(self, workspace: str, token: str) -> None:  # noqa: ARG002 - there is one token
        """Leave, if the token is dead indeed."""
        if not self._left and await is_dead(self._web):
            self._leave(workspace)

    async def removed(self, workspace: str, at: datetime) -> None:  # noqa: ARG002 - its token never comes back
        """Leave. The app's new token, if there is one, takes a new start of the program."""
        if await self.bot(workspace) is not None:
            self._leave(workspace)

    def watch(self, farewell: Farewell) -> None:
        """Call back when the workspace was left."""
        self._watchers.append(farewell)

    def _leave(self, workspace: str) -> None:
        self._left = True
        log.error(
            "Ride was removed from workspace %s, or its token revoked: install the app again, and start Ride "
            "with its new token",
            workspace,
        )
        for farewell in self._watchers:
            farewell(workspace)

    async def _known(self) -> AuthorizeResult:
        if self._bot is None:
            async with refusals("auth.test"):
                response = await self._web.planned(ONCE).auth_test()
            if of_an_organisation(response):
                raise OrganisationTokenError(organisation(response))
            self._bot = AuthorizeResult.from_auth_test_response(
                bot_token=self._web.token, auth_test_response=response
            )
        return self._bot
