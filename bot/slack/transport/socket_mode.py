"""Socket Mode: Slack's requests come over a WebSocket that we open, so no public address is needed."""

import asyncio
from time import time

from slack_bolt.adapter.socket_mode.async_base_handler import AsyncBaseSocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.slack.transport.metering import NoSlackMeter, SlackMeter
from bot.slack.transport.other_connections import LOOKS_AFTER, OtherConnections
from bot.slack.transport.outcome import refusals
from bot.slack.transport.patience import Patience, patiently
from bot.slack.transport.socket_client import STEP, Greeted, SocketClient

CONNECT_WITHIN = 30.0
"""Seconds until a connection that Slack has promised must stand."""
GREETED_WITHIN = 10.0
"""Seconds for Slack's first message on it."""
ANSWERS_WITHIN = 1.0
"""Seconds for the acknowledgements of what was read when the connection closes."""
HANGS_UP_WITHIN = 1.0
"""Seconds for Slack to answer to our close."""
_STEPS = 3
"""Turns of the event loop from a message that left the client's queue to its request in our hands."""


class SocketMode:
    """One connection, with the app-level token. Fulfils bot.slack.transport.intake.Intake."""

    def __init__(
        self,
        app_token: str,
        *,
        meter: SlackMeter | None = None,
        patience: Patience | None = None,
        looks_after: float = LOOKS_AFTER,
    ) -> None:
        """`looks_after` says how many seconds after a count of several connections to count again."""
        self._app_token = app_token
        self._patience = patience or Patience()
        self._line: _Line | None = None
        self._others = OtherConnections(self._count_others, meter or NoSlackMeter(), looks_after=looks_after)

    async def open(self, app: AsyncApp) -> None:
        """Connect, as soon as Slack lets us. Raises ChatRefusedError, such as `invalid_auth`."""
        self._line = _Line(app, self._app_token, self._others.greeted)
        await patiently(self._line.connect, self._patience)

    async def connected(self) -> bool:
        """Whether the connection stands."""
        return self._line is not None and await self._line.client.is_connected()

    async def close(self) -> None:
        """Disconnect, without leaving a task."""
        await self._others.close()
        if self._line is not None:
            line, self._line = self._line, None
            await line.hang_up()

    async def _count_others(self) -> int:
        """How many connections the app has besides ours, as a second one of ours is told when it is greeted.

        While that one stands it takes requests as the first does. Raises ChatRefusedError.
        """
        if self._line is None:
            return 0
        counted: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def greeted(connections: int) -> None:
            if not counted.done():
                counted.set_result(connections)

        second = _Line(self._line.app, self._app_token, greeted)
        try:
            await second.connect()
            ours = 1 + await self.connected()
            async with refusals(STEP), asyncio.timeout(GREETED_WITHIN):
                return await counted - ours
        finally:
            await second.hang_up()


class _Line(AsyncBaseSocketModeHandler):
    """A connection, with the requests in hand that came over it."""

    def __init__(self, app: AsyncApp, app_token: str, greeted: Greeted) -> None:
        self.app: AsyncApp = app
        self.client: SocketClient = SocketClient(app_token, app.client, greeted)
        self.client.socket_mode_request_listeners.append(self.handle)
        self._in_hand: set[asyncio.Task[object]] = set()

    async def connect(self) -> None:
        """Returns when it stands. Raises ChatRefusedError."""
        # Left to itself the client asks again for ever, with a refused token too: the first address is ours.
        async with refusals(STEP):
            self.client.wss_uri = await self.client.new_address()
            async with asyncio.timeout(CONNECT_WITHIN):
                await self.client.connect()

    async def handle(self, client: AsyncBaseSocketModeClient, req: SocketModeRequest) -> None:
        """Hand a request to Bolt, and acknowledge it."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine runs in a task
        self._in_hand.add(task)
        began = time()
        try:
            answer = await run_async_bolt_app(self.app, req)
            await send_async_response(client, req, answer, began)
        finally:
            self._in_hand.discard(task)

    async def hang_up(self) -> None:
        """Answer what was read, and close."""
        client = self.client
        client.auto_reconnect_enabled = False
        await _end(client.message_receiver)
        await self._answer_all()
        try:
            async with asyncio.timeout(HANGS_UP_WITHIN):
                await client.close()
        except TimeoutError:  # Slack doesn't answer to our close
            await client.aiohttp_client_session.close()
        # The client cancels its tasks and doesn't wait for their end.
        await _end(client.message_processor, client.current_session_monitor)

    async def _answer_all(self) -> None:
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
