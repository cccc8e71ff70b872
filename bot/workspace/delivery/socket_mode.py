"""Socket Mode: WebSocket connections of the app, envelopes and their acknowledgements.

Source: https://docs.slack.dev/apis/events-api/using-socket-mode.
"""

import asyncio
import json
import logging
import secrets
import uuid
from dataclasses import dataclass, field

from aiohttp import WSCloseCode, WSMsgType, web

from bot.workspace.company.identifiers import Clock
from bot.workspace.company.installation import Installation
from bot.workspace.delivery.delivery import ACKNOWLEDGE_WITHIN, EnvelopeType
from bot.workspace.errors import NotAcknowledgedError, NotConnectedError
from bot.workspace.json_values import JsonObject

log = logging.getLogger(__name__)

TICKET_SECONDS = 30.0
"""How long an address from apps.connections.open can be used, once."""
MAX_CONNECTIONS = 10
HEARTBEAT = 10.0
CLOSE_WITHIN = 1.0
"""Seconds that an app has to say goodbye too."""
CONNECTION_SECONDS = 18_060
"""What Slack says a connection lasts; these last as long as the workspace."""


@dataclass(eq=False, slots=True)
class _Connection:
    socket: web.WebSocketResponse
    waiting: dict[str, asyncio.Future[JsonObject]] = field(default_factory=dict)

    def lost(self) -> None:
        for waiting in self.waiting.values():
            if not waiting.done():
                waiting.set_exception(NotAcknowledgedError("the connection closed"))


class SocketMode:
    """The app's connections. Each envelope goes to one of them, in turn."""

    def __init__(self, *, clock: Clock, acknowledge_within: float = ACKNOWLEDGE_WITHIN) -> None:
        self._clock = clock
        self._acknowledge_within = acknowledge_within
        self._tickets: dict[str, float] = {}
        self._connections: list[_Connection] = []
        self._turn = 0
        self._changed = asyncio.Condition()
        self.app_id = ""

    @property
    def connections(self) -> int:
        """How many are open."""
        return len(self._connections)

    async def wait_connected(self) -> None:
        """Return when the app has a connection."""
        async with self._changed:
            await self._changed.wait_for(lambda: bool(self._connections))

    def ticket(self) -> str:
        """A ticket for one connection."""
        now = self._clock()
        self._tickets = {ticket: end for ticket, end in self._tickets.items() if end > now}
        ticket = secrets.token_urlsafe(24)
        self._tickets[ticket] = now + TICKET_SECONDS
        return ticket

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """Serve a connection until it ends."""
        if self._tickets.pop(request.query.get("ticket", ""), 0.0) <= self._clock():
            raise web.HTTPForbidden(text="This ticket was used or has expired: call apps.connections.open.")
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT, timeout=CLOSE_WITHIN)
        await socket.prepare(request)
        connection = _Connection(socket)
        if len(self._connections) >= MAX_CONNECTIONS:
            await self._disconnect(connection, "too_many_websockets")
            return socket
        # Before anything else can be sent to it.
        await socket.send_json(self._hello())
        self._connections.append(connection)
        async with self._changed:
            self._changed.notify_all()
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._acknowledged(connection, message.data)
        finally:
            if connection in self._connections:
                self._connections.remove(connection)
            connection.lost()
        return socket

    def _hello(self) -> JsonObject:
        return {
            "type": "hello",
            "num_connections": len(self._connections) + 1,
            "connection_info": {"app_id": self.app_id},
            "debug_info": {
                "host": "applink-local",
                "build_number": 1,
                "approximate_connection_time": CONNECTION_SECONDS,
            },
        }

    def _acknowledged(self, connection: _Connection, data: str) -> None:
        try:
            message = json.loads(data)
            envelope = message["envelope_id"]
        except (ValueError, KeyError, TypeError):
            log.warning("the app sent a message that is not an acknowledgement: %.200s", data)
            return
        waiting = connection.waiting.get(envelope)
        if waiting is None:
            log.warning("the app acknowledged the envelope %s, which does not wait (any more)", envelope)
        elif not waiting.done():
            payload = message.get("payload")
            waiting.set_result(payload if isinstance(payload, dict) else {})

    async def deliver(
        self,
        app: Installation,  # noqa: ARG002 - the connections are of the one app
        kind: EnvelopeType,
        payload: JsonObject,
        *,
        accepts_response: bool = False,
        retry: tuple[int, str] | None = None,
    ) -> JsonObject:
        """Send an envelope; gives the payload of the acknowledgement, empty when there is none.

        `retry` is the number of this further attempt and why there is one. Raises NotConnectedError, or
        NotAcknowledgedError after 3 s.
        """
        connection = self._next()
        envelope: JsonObject = {
            "envelope_id": str(uuid.uuid4()),
            "type": kind,
            "payload": payload,
            "accepts_response_payload": accepts_response,
        }
        if kind == "events_api":
            number, reason = retry or (0, "")
            envelope |= {"retry_attempt": number, "retry_reason": reason}
        waiting: asyncio.Future[JsonObject] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope["envelope_id"]] = waiting
        try:
            async with asyncio.timeout(self._acknowledge_within):
                await connection.socket.send_json(envelope)
                return await waiting
        except TimeoutError as error:
            raise NotAcknowledgedError(f"no acknowledgement in {self._acknowledge_within:g} s") from error
        except ConnectionError as error:
            raise NotConnectedError("the connection closed") from error
        finally:
            del connection.waiting[envelope["envelope_id"]]
            waiting.cancel()

    def _next(self) -> _Connection:
        open_ones = [one for one in self._connections if not one.socket.closed]
        if not open_ones:
            raise NotConnectedError("no Socket Mode connection is open")
        self._turn += 1
        return open_ones[self._turn % len(open_ones)]

    async def close(self) -> None:
        """Tell every connection to go, and close it."""
        leaving = [self._disconnect(connection, "link_disabled") for connection in self._connections]
        await asyncio.gather(*leaving)

    @staticmethod
    async def _disconnect(connection: _Connection, reason: str) -> None:
        try:
            await connection.socket.send_json(
                {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-local"}}
            )
            await connection.socket.close(code=WSCloseCode.GOING_AWAY, message=reason.encode())
        except ConnectionError:
            log.debug("a connection was gone before it could be closed")
