"""Who the bot is in its workspace: asked once, so that no request waits for it."""

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext

from bot.slack.outbox import refusals
from bot.slack.web_api import WebApi


class Authorization(AsyncAuthorize):
    """What Bolt asks before every listener."""

    def __init__(self, web: WebApi) -> None:
        self._web = web
        self._result: AuthorizeResult | None = None

    async def check(self) -> AuthorizeResult:
        """The bot's own identity. Raises ChatRefusedError, such as `invalid_auth`, for a bad token."""
        if self._result is None:
            async with refusals("auth.test"):
                response = await self._web.auth_test()
            self._result = AuthorizeResult.from_auth_test_response(
                bot_token=self._web.token, auth_test_response=response
            )
        return self._result

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,  # noqa: ARG002 - Bolt's own parameter names
        enterprise_id: str | None,  # noqa: ARG002
        team_id: str | None,  # noqa: ARG002
        user_id: str | None,  # noqa: ARG002
        actor_enterprise_id: str | None = None,  # noqa: ARG002
        actor_team_id: str | None = None,  # noqa: ARG002
        actor_user_id: str | None = None,  # noqa: ARG002
    ) -> AuthorizeResult:
        """One workspace: the same answer for every request."""
        return await self.check()
