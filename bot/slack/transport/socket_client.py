"""Slack's Socket Mode client, made to come back by itself from any outage, and to say so in few words.

Two things of slack_sdk's own are replaced. Where a connection comes to nothing it tries the same address for
ever, although Slack takes each only once and for a short time: here every try has a new one. And an address
that Slack refuses is asked for at a fixed pace, each try in the log: here with growing pauses, told once.
"""

import asyncio
import logging
import time
from collections.abc import Callable

import aiohttp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

from bot.base.errors import WHAT_TO_DO
from bot.rides.errors import ChatRefusedError
from bot.slack.transport.outcome import refusals
from bot.slack.transport.patience import Patience
from bot.slack.transport.web_api import sdk_logger

log = logging.getLogger(__name__)

STEP = "apps.connections.open"
PING_EVERY = 10.0
"""Seconds; after four without an answer the connection is taken for lost."""
COMES_BACK = Patience(first=1.0, longest=30.0)
"""Between two tries while the program runs. It never gives up."""

Greeted = Callable[[int], None]
"""Told how many connections the app has, when a new one is greeted."""


class SocketClient(SocketModeClient):
    """One connection at a time, and its successors."""

    def __init__(self, app_token: str, web: AsyncWebClient, greeted: Greeted) -> None:
        super().__init__(app_token, logger=sdk_logger(), web_client=web, ping_interval=PING_EVERY)
        self._greeted = greeted
        self._connecting: set[asyncio.Task[object]] = set()
        self.message_listeners.append(self._on_message)

    async def new_address(self) -> str:
        """Where to connect, once. Raises ChatRefusedError."""
        async with refusals(STEP):
            response = await self.web_client.apps_connections_open(app_token=self.app_token)
            address = response.get("url")
        if not isinstance(address, str):
            raise ChatRefusedError(STEP, "no_url")
        return address

    async def issue_new_wss_url(self) -> str:
        """Where to connect, once, as soon as Slack says it."""
        told: str | None = None
        for pause in COMES_BACK.pauses():
            try:
                address = await self.new_address()
            except ChatRefusedError as refusal:
                if told != refusal.code:
                    _tell(refusal)
                told = refusal.code
                await asyncio.sleep(pause)
            else:
                if told is not None:
                    log.info("Slack gives Ride a connection again.")
                return address
        raise AssertionError("there is always another pause")

    async def connect(self) -> None:
        """Returns when a connection stands."""
        await self._leave_session()
        told = False
        for pause in COMES_BACK.pauses():
            address, self.wss_uri = self.wss_uri, None
            try:
                await self._open_session(address or await self.issue_new_wss_url())
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                if not told:
                    log.warning("Slack's connection can't be made (%s). Ride tries again.", error)
                told = True
                await asyncio.sleep(pause)
            else:
                return

    async def connect_to_new_endpoint(self, force: bool = False) -> None:
        """Follow a connection that was lost, or is to be renewed (`force`)."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine runs in a task
        self._connecting.add(task)
        try:
            await super().connect_to_new_endpoint(force)
        finally:
            self._connecting.discard(task)

    async def close(self) -> None:
        """Disconnect, and come back no more."""
        self.closed = True
        coming = [task for task in self._connecting if task is not asyncio.current_task()]
        for task in coming:
            task.cancel()
        await asyncio.gather(*coming, return_exceptions=True)
        await super().close()  # type: ignore[no-untyped-call]

    async def _leave_session(self) -> None:
        """First, for Slack takes ten connections of an app and no more."""
        self.auto_reconnect_enabled = False
        if self.current_session is not None:
            await self.current_session.close()

    async def _open_session(self, address: str) -> None:
        session = await self.aiohttp_client_session.ws_connect(
            address,
            autoping=False,
            heartbeat=self.ping_interval,
            proxy=self.proxy,
            ssl=self.web_client.ssl or True,
        )
        await session.ping(f"sdk-ping-pong:{time.time()}".encode())
        self.current_session = session
        self.stale = False
        self.last_ping_pong_time = None
        self.auto_reconnect_enabled = self.default_auto_reconnect_enabled
        # One of these may be the task that we are in: nothing is awaited from here on.
        for task in (self.current_session_monitor, self.message_receiver):
            if task is not None:
                task.cancel()
        self.current_session_monitor = asyncio.ensure_future(self.monitor_current_session())
        self.message_receiver = asyncio.ensure_future(self.receive_messages())

    async def _on_message(
        self,
        client: AsyncBaseSocketModeClient,  # noqa: ARG002 - a listener's signature
        message: dict[str, object],
        raw: str | None,  # noqa: ARG002
    ) -> None:
        connections = message.get("num_connections")
        if message.get("type") == "hello" and isinstance(connections, int):
            self._greeted(connections)


def _tell(refusal: ChatRefusedError) -> None:
    todo = WHAT_TO_DO.get(refusal.code, "There is nothing to do if it passes.")
    log.warning(
        "Slack gives Ride no new connection: %s answers `%s`. Ride asks until it does. %s",
        refusal.step,
        refusal.code,
        todo,
    )
