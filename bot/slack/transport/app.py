"""The Slack app: built from its parts, taking requests in, closed without a trace."""

import logging
from collections.abc import Sequence

from slack_bolt.async_app import AsyncApp
from slack_bolt.logger.messages import warning_client_prioritized_and_token_skipped
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from bot.base.clock import SystemClock
from bot.rides.front import Front
from bot.rides.ports import Clock
from bot.slack.areas.area import Area
from bot.slack.chat.chat import SlackChat
from bot.slack.listeners import Listeners
from bot.slack.messages.installing import not_installed
from bot.slack.settings import SlackSettings
from bot.slack.transport.authorization import Authorization
from bot.slack.transport.background import Background
from bot.slack.transport.intake import Intake
from bot.slack.transport.leader_gate import Hold, always
from bot.slack.transport.metering import SlackMeter
from bot.slack.transport.outbox import Outbox
from bot.slack.transport.patience import Patience
from bot.slack.transport.people import People
from bot.slack.transport.plan import ONCE
from bot.slack.transport.postings import Records
from bot.slack.transport.socket_mode import SocketMode
from bot.slack.transport.web_api import WebApi, sdk_logger
from bot.slack.transport.workspaces import Farewell, OneWorkspace, Workspaces


class SlackApp:
    """The bot in its workspaces. `chat` is there at once, for the engine; `serve` needs its front."""

    def __init__(
        self,
        settings: SlackSettings,
        *,
        workspaces: Workspaces | None = None,
        intake: Intake | None = None,
        outbox: Outbox | None = None,
        meter: SlackMeter | None = None,
        hold: Hold = always,
        records: Records | None = None,
        clock: Clock | None = None,
        patience: Patience | None = None,
    ) -> None:
        """By itself it is in the workspace of the bot token, over Socket Mode; `patience` is its start's."""
        self._settings = settings
        own = WebApi(settings, bot_token=settings.bot_token, meter=meter, hold=hold)
        self.workspaces: Workspaces = workspaces or OneWorkspace(own, patience)
        self._intake = intake or SocketMode(settings.app_token, meter=meter, patience=patience)
        self._outbox = outbox or Outbox(self.workspaces, settings, hold=hold, records=records, clock=clock)
        self.background = Background()
        self._people = People(self._outbox, clock or SystemClock(), self.background)
        self.chat = SlackChat(self._outbox, settings, self._people)

    @property
    def outbox(self) -> Outbox:
        """The way out, for the areas."""
        return self._outbox

    def build(self, front: Front, areas: Sequence[Area] = ()) -> AsyncApp:
        """A Bolt app with all listeners, not connected to anything."""
        logger = sdk_logger()
        logger.addFilter(_news)
        app = AsyncApp(
            name=self._settings.app_name,
            logger=logger,
            # Without a token: Bolt takes the one that `authorize` gives.
            client=WebApi(self._settings, bot_token=None).planned(ONCE),
            authorize=Authorization(self.workspaces),  # type: ignore[arg-type]  # None is an answer, too
            user_facing_authorize_error_message=not_installed(),
            oauth_flow=_nobodys_flow(),
            # What comes in is Slack's: over Socket Mode the connection is, else RequestUrls has looked.
            request_verification_enabled=False,
            ssl_check_enabled=False,
            url_verification_enabled=True,
        )
        listeners = Listeners(
            front,
            self._outbox,
            self._settings,
            self.background,
            areas,
            people=self._people,
            removed=self.workspaces.removed,
        )
        listeners.register(app)
        return app

    def watch(self, farewell: Farewell) -> None:
        """Call back when a workspace was left, once nobody there is known any more."""

        def left(workspace: str) -> None:
            self._people.forget(workspace)
            farewell(workspace)

        self.workspaces.watch(left)

    async def check(self) -> None:
        """Look whether we can speak, before anything else is done. Raises what says why not.

        ChatRefusedError for a bad token, UnreadableTokensError for tokens that no key opens.
        """
        await self.workspaces.check()

    async def serve(self, front: Front, areas: Sequence[Area] = ()) -> None:
        """Returns when Slack's messages come in. Raises ChatRefusedError, such as `invalid_auth`."""
        await self.check()
        await self._intake.open(self.build(front, areas))

    async def connected(self) -> bool:
        """Whether Slack's messages come in."""
        return await self._intake.connected()

    async def hang_up(self) -> None:
        """Take in nothing more; what was taken in goes on."""
        await self._intake.close()

    async def close(self) -> None:
        """Take in nothing more, let what is nearly done finish, and end the rest."""
        await self.hang_up()
        await self.background.close()
        await self._outbox.close()


def _news(record: logging.LogRecord) -> bool:
    """Whether it is worth a line. Bolt reads SLACK_BOT_TOKEN by itself, beside us, and warns at each start
    that it doesn't use it: it has our client.
    """
    return record.msg != warning_client_prioritized_and_token_skipped()


def _nobodys_flow() -> AsyncOAuthFlow:
    """Installing is InstallPages' business. Without a flow Bolt makes one of its own where the environment
    has the app's credentials, with files to keep tokens in, and says so."""
    inert = AsyncOAuthSettings(
        client_id="none",
        client_secret="none",  # noqa: S106 - there is none
        installation_store=AsyncInstallationStore(),
        state_store=AsyncOAuthStateStore(),
    )
    return AsyncOAuthFlow(settings=inert, logger=sdk_logger())
