"""Socket Mode: Slack's requests come over a WebSocket that we open, so no public address is needed."""

import asyncio

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.slack.outcome import refusals

CONNECT_WITHIN = 30.0
"""Seconds until a connection that Slack has promised must stand."""
ANSWERS_WITHIN = 1.0
"""Seconds for the acknowledgements of what was read when the connection closes."""
HANGS_UP_WITHIN = 1.0
"""Seconds for Slack to answer to our close."""
_STEPS = 3
"""Turns of the event loop from a message that left the client's queue to its request in our hands."""


class SocketMode:
    """One connection, with the app-level token. Fulfils bot.slack.intake.Intake."""

    def __init__(self, app_token: str) -> None:
        self._app_token = app_token
        self._handler: _Handler | None = None

    async def open(self, app: AsyncApp) -> None:
        """Connect. Raises ChatRefusedError, such as `invalid_auth`."""
        self._handler = _Handler(app, self._app_token)
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
        handler, self._handler = self._handler, None
        client = handler.client
        client.auto_reconnect_enabled = False
        await _end(client.message_receiver)
        await handler.answer_all()
        try:
            async with asyncio.timeout(HANGS_UP_WITHIN):
                await client.close()  # type: ignore[no-untyped-call]
        except TimeoutError:  # Slack doesn't answer to our close
            await client.aiohttp_client_session.close()
        # The client cancels its tasks and doesn't wait for their end.
        await _end(client.message_processor, client.current_session_monitor)


class _Handler(AsyncSocketModeHandler):
    """Knows which requests it has in hand."""

    def __init__(self, app: AsyncApp, app_token: str) -> None:
        super().__init__(app, app_token)
        self._in_hand: set[asyncio.Task[object]] = set()

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine runs in a task
        self._in_hand.add(task)
        try:
            await super().handle(client, req)
        finally:
            self._in_hand.discard(task)

    async def answer_all(self) -> None:
        """Until every request that was read is acknowledged. One that is not, Slack gives to another."""
        while not self.client.message_queue.empty():
            await self.client.process_message()  # type: ignore[no-untyped-call]
        for _ in range(_STEPS):
            await asyncio.sleep(0)
        if self._in_hand:
            await asyncio.wait(set(self._in_hand), timeout=ANSWERS_WITHIN)


async def _end(*tasks: "asyncio.Future[None] | None") -> None:
    there = [task for task in tasks if task is not None]
    for task in there:
        task.cancel()
    await asyncio.gather(*there, return_exceptions=True)
