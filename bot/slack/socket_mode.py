"""Socket Mode: Slack's requests come over a WebSocket that we open, so no public address is needed."""

import asyncio

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from bot.slack.outcome import refusals

CONNECT_WITHIN = 30.0
"""Seconds until a connection that Slack has promised must stand."""


class SocketMode:
    """One connection, with the app-level token. Fulfils bot.slack.intake.Intake."""

    def __init__(self, app_token: str) -> None:
        self._app_token = app_token
        self._handler: AsyncSocketModeHandler | None = None

    async def open(self, app: AsyncApp) -> None:
        """Connect. Raises ChatRefusedError, such as `invalid_auth`."""
        self._handler = AsyncSocketModeHandler(app, self._app_token)
        client = self._handler.client
        # Left to itself the client tries a refused token again for ever: ask for the first address here.
        async with refusals("apps.connections.open"):
            client.wss_uri = await client.issue_new_wss_url()
            async with asyncio.timeout(CONNECT_WITHIN):
                await self._handler.connect_async()  # type: ignore[no-untyped-call]

    async def connected(self) -> bool:
        """Whether the connection stands."""
        return self._handler is not None and await self._handler.client.is_connected()

    async def close(self) -> None:
        """Disconnect, without leaving a task."""
        if self._handler is None:
            return
        client, self._handler = self._handler.client, None
        tasks = [client.message_processor, client.current_session_monitor, client.message_receiver]
        await client.close()  # type: ignore[no-untyped-call]
        # The client cancels its tasks and doesn't wait for their end.
        await asyncio.gather(*(task for task in tasks if task is not None), return_exceptions=True)
