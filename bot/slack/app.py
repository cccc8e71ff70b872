"""The Slack app: built from its parts, connected over Socket Mode, closed without a trace."""

import asyncio
from collections.abc import Sequence

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from bot.rides.front import Front
from bot.slack.area import Area
from bot.slack.authorization import Authorization
from bot.slack.background import Background
from bot.slack.chat import SlackChat
from bot.slack.holding import Hold, always
from bot.slack.listeners import Listeners
from bot.slack.messages.installing import not_installed
from bot.slack.metering import SlackMeter
from bot.slack.outbox import Outbox
from bot.slack.outcome import refusals
from bot.slack.settings import SlackSettings
from bot.slack.web_api import WebApi, sdk_logger
from bot.slack.workspaces import OneWorkspace

CONNECT_WITHIN = 30.0
"""Seconds until a connection that Slack has promised must stand."""


class SlackApp:
    """The bot in one workspace. `chat` is there at once, for the engine; `serve` needs the engine's front."""

    def __init__(
        self,
        settings: SlackSettings,
        *,
        workspace: OneWorkspace | None = None,
        outbox: Outbox | None = None,
        meter: SlackMeter | None = None,
        hold: Hold = always,
    ) -> None:
        self._settings = settings
        self._workspace = workspace or OneWorkspace(
            WebApi(settings, bot_token=settings.bot_token, meter=meter, hold=hold)
        )
        self._outbox = outbox or Outbox(self._workspace, settings, hold=hold)
        self._socket: AsyncSocketModeHandler | None = None
        self.background = Background()
        self.chat = SlackChat(self._outbox, settings)

    @property
    def outbox(self) -> Outbox:
        """The way out, for the areas."""
        return self._outbox

    def build(self, front: Front, areas: Sequence[Area] = ()) -> AsyncApp:
        """A Bolt app with all listeners, not connected to anything."""
        app = AsyncApp(
            name=self._settings.app_name,
            logger=sdk_logger(),
            # Without a token: Bolt takes the one that `authorize` gives.
            client=WebApi(self._settings, bot_token=None),
            authorize=Authorization(self._workspace),  # type: ignore[arg-type]  # None is an answer, too
            user_facing_authorize_error_message=not_installed(),
            # Socket Mode: the connection is authenticated, and no request comes over HTTP.
            request_verification_enabled=False,
            ssl_check_enabled=False,
            url_verification_enabled=False,
        )
        Listeners(front, self._outbox, self._settings, self.background, areas).register(app)
        return app

    async def check(self) -> None:
        """Ask Slack who we are, before anything else is done. Raises ChatRefusedError for a bad token."""
        await self._workspace.check()

    async def serve(self, front: Front, areas: Sequence[Area] = ()) -> None:
        """Connect; returns when Slack's messages come in. Raises ChatRefusedError, such as `invalid_auth`."""
        await self._workspace.check()
        self._socket = AsyncSocketModeHandler(self.build(front, areas), self._settings.app_token)
        client = self._socket.client
        # Left to itself the client tries a refused token again for ever: ask for the first address here.
        async with refusals("apps.connections.open"):
            client.wss_uri = await client.issue_new_wss_url()
            async with asyncio.timeout(CONNECT_WITHIN):
                await self._socket.connect_async()  # type: ignore[no-untyped-call]

    async def connected(self) -> bool:
        """Whether Slack's messages come in."""
        return self._socket is not None and await self._socket.client.is_connected()

    async def close(self) -> None:
        """Take in nothing more, let what is nearly done finish, and end the rest."""
        if self._socket is not None:
            client, self._socket = self._socket.client, None
            tasks = [client.message_processor, client.current_session_monitor, client.message_receiver]
            await client.close()  # type: ignore[no-untyped-call]
            # The client cancels its tasks and doesn't wait for their end.
            await asyncio.gather(*(task for task in tasks if task is not None), return_exceptions=True)
        await self.background.close()
