"""The workspaces that Ride is in, and the client that speaks in each."""

from typing import Protocol

from slack_bolt.authorization import AuthorizeResult

from bot.rides.errors import ChatRefusedError
from bot.slack.outcome import refusals
from bot.slack.web_api import WebApi

NOT_INSTALLED = "not_installed"
"""Our own code beside Slack's: Ride isn't in this workspace, or not any more."""

TOKEN_IS_DEAD = frozenset({"account_inactive", "invalid_auth", "token_expired", "token_revoked"})
"""Slack's codes for a token that will never work again.

Source: the errors of https://docs.slack.dev/reference/methods/auth.test.
"""


class Workspaces(Protocol):
    """Where Ride is installed."""

    async def web(self, workspace: str) -> WebApi:
        """The client of a workspace. Raises ChatRefusedError NOT_INSTALLED where there is none."""
        ...

    async def bot(self, workspace: str) -> AuthorizeResult | None:
        """Who the bot is in a workspace; None where Ride is not installed."""
        ...

    async def lost(self, workspace: str, token: str) -> None:
        """Slack says that this token of the workspace's is dead."""
        ...


class OneWorkspace:
    """The workspace of one bot token, as in Socket Mode: asked once who it is, so that no request waits."""

    def __init__(self, web: WebApi) -> None:
        self._web = web
        self._bot: AuthorizeResult | None = None

    async def check(self) -> AuthorizeResult:
        """The bot's own identity. Raises ChatRefusedError, such as `invalid_auth`, for a bad token."""
        if self._bot is None:
            async with refusals("auth.test"):
                response = await self._web.auth_test()
            self._bot = AuthorizeResult.from_auth_test_response(
                bot_token=self._web.token, auth_test_response=response
            )
        return self._bot

    async def web(self, workspace: str) -> WebApi:
        """The one client, for the one workspace."""
        if (await self.check()).team_id != workspace:
            raise ChatRefusedError("authorization", NOT_INSTALLED)
        return self._web

    async def bot(self, workspace: str) -> AuthorizeResult | None:
        """The one bot, in the one workspace."""
        bot = await self.check()
        return bot if bot.team_id == workspace else None

    async def lost(self, workspace: str, token: str) -> None:
        """Nothing: the token is the installation's setting, and each refusal is told where it comes up."""
