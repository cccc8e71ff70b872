"""Who the bot is in the workspace that a request comes from: what Bolt asks before every listener."""

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext

from bot.slack.transport.workspaces import Workspaces


class Authorization(AsyncAuthorize):
    """Asks the workspaces; a request from where Ride is not installed reaches no listener."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,  # noqa: ARG002 - Bolt's own parameter names
        enterprise_id: str | None,  # noqa: ARG002
        team_id: str | None,
        user_id: str | None,  # noqa: ARG002
        actor_enterprise_id: str | None = None,  # noqa: ARG002
        actor_team_id: str | None = None,  # noqa: ARG002
        actor_user_id: str | None = None,  # noqa: ARG002
    ) -> AuthorizeResult | None:
        """The bot's identity there; None, which Bolt answers with a word to install the app."""
        return await self._workspaces.bot(team_id) if team_id else None
