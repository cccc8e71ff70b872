"""Just enough of Slack's transport to hold the bot's own: Web API over HTTP, Socket Mode, response URLs.

Strict where the transport is what is tested: tokens, acknowledgements within 3 s, response URLs' five uses.
The local workspace is what plays Slack's rules; this only sees that bytes arrive.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

Fault = Callable[[web.Request], Awaitable[web.Response]]
"""What is answered in place of what should be."""

BOT_TOKEN, APP_TOKEN, TEAM, BOT = "xoxb-integration", "xapp-integration", "T0TEST", "U0BOT"


class SocketModeServer:
    """Sends envelopes to the one bot that is connected, and records what the bot calls."""

    def __init__(self) -> None:
        self.url = ""
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.responses: list[dict[str, Any]] = []
        self.uploaded: list[bytes] = []
        self.connected = asyncio.Event()
        self.too_many_requests = 0
        self.faults: dict[str, list[Fault]] = {}
        """For each method, what its next calls get."""
        self.who: dict[str, Any] = {"user_id": BOT, "bot_id": "B0BOT", "team_id": TEAM}
        self.others = 0
        """Connections that other programs have."""
        self.greets = asyncio.Event()
        """Connections that aren't the bot's only one are greeted when it is set."""
        self.greets.set()
        self.broken_links = 0
        """So many connections come to nothing, though their address was good."""
        self._tickets: set[str] = set()
        self._open: list[web.WebSocketResponse] = []
        self._changed = asyncio.Condition()
        self._acks: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._socket: web.WebSocketResponse | None = None
        self._envelopes = 0
        self._uses: dict[str, int] = {}

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/api/{method}", self._api)
        app.router.add_get("/link", self._link)
        app.router.add_post("/respond/{name}", self._respond)
        app.router.add_post("/upload", self._upload)
        return app

    async def deliver(self, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Send an envelope; gives the acknowledgement. TimeoutError after Slack's 3 s."""
        assert self._socket is not None
        self._envelopes += 1
        envelope = f"e{self._envelopes}"
        self._acks[envelope] = asyncio.get_running_loop().create_future()
        await self._socket.send_json(
            {"envelope_id": envelope, "type": kind, "payload": payload, "accepts_response_payload": True}
        )
        return await asyncio.wait_for(self._acks[envelope], 3)

    async def refresh(self, reason: str) -> None:
        """Ask the bot to open another connection, as Slack does every few hours, and wait until it has."""
        before = self._socket
        await self.ask_to_refresh(reason)
        await asyncio.wait_for(self.connected.wait(), 10)
        assert self._socket is not before

    async def ask_to_refresh(self, reason: str) -> None:
        """The same, and go on."""
        assert self._socket is not None
        self.connected.clear()
        await self._socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "test"}})

    async def cut(self) -> None:
        """End the bot's connection without a word before, as in an outage."""
        assert self._socket is not None
        self.connected.clear()
        await self._socket.close(code=WSCloseCode.GOING_AWAY)

    @property
    def open_connections(self) -> int:
        return len(self._open)

    async def wait_connections(self, number: int) -> None:
        """Until so many of the bot's are open."""
        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(lambda: len(self._open) == number), 10)

    async def command(self, name: str, text: str, *, person: str = "U0DANA", use: str = "1") -> None:
        """Type a slash command."""
        await self.deliver(
            "slash_commands",
            {
                "command": name,
                "text": text,
                "team_id": TEAM,
                "user_id": person,
                "channel_id": "C0ROOM",
                "trigger_id": "1.2.3",
                "response_url": f"{self.url}/respond/{use}",
            },
        )

    async def wait_call(self, method: str, number: int = 1) -> dict[str, Any]:
        """The arguments of the method's n-th call, as soon as it came."""
        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(lambda: len(self.of(method)) >= number), 10)
        return self.of(method)[number - 1]

    async def wait_response(self, number: int = 1) -> dict[str, Any]:
        """The n-th answer to a response_url."""
        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(lambda: len(self.responses) >= number), 10)
        return self.responses[number - 1]

    def of(self, method: str) -> list[dict[str, Any]]:
        return [arguments for name, arguments in self.calls if name == method]

    async def _note(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _api(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        if request.content_type == "application/json":
            given = await request.json()
        else:
            given = dict(await request.post()) | dict(request.query)
        expected = APP_TOKEN if method == "apps.connections.open" else BOT_TOKEN
        if request.headers.get("Authorization") != f"Bearer {expected}":
            return web.json_response({"ok": False, "error": "invalid_auth"})
        if method == "chat.postMessage" and self.too_many_requests:
            self.too_many_requests -= 1
            return web.json_response({"ok": False}, status=429, headers={"Retry-After": "1"})
        self.calls.append((method, given))
        if self.faults.get(method):
            await self._note()
            return await self.faults[method].pop(0)(request)
        await self._note()
        answers: dict[str, dict[str, Any]] = {
            "auth.test": self.who,
            "apps.connections.open": {"url": self._link_address()},
            "chat.postMessage": {"ts": f"{len(self.calls)}.000001"},
            "files.getUploadURLExternal": {"upload_url": f"{self.url}/upload", "file_id": "F1"},
            "files.completeUploadExternal": {"files": [{"id": "F1"}]},
        }
        return web.json_response({"ok": True, **answers.get(method, {})})

    async def _respond(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        self._uses[name] = self._uses.get(name, 0) + 1
        if name == "expired" or self._uses[name] > 5:
            return web.Response(status=404, text="used_url")
        self.responses.append(json.loads(await request.text()))
        await self._note()
        return web.Response(text="ok")

    async def _upload(self, request: web.Request) -> web.Response:
        self.uploaded.append(await request.read())
        return web.Response(text="OK")

    def _link_address(self) -> str:
        ticket = str(len(self.calls))
        self._tickets.add(ticket)
        return f"{self.url.replace('http', 'ws')}/link?ticket={ticket}"

    async def _greet(self, socket: web.WebSocketResponse) -> None:
        if len(self._open) > 1:
            await self.greets.wait()
        await socket.send_json({"type": "hello", "num_connections": len(self._open) + self.others})
        self.connected.set()

    async def _link(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query["ticket"]
        if ticket not in self._tickets:
            return web.Response(status=403, text="an address is good once")
        self._tickets.discard(ticket)
        if self.broken_links:
            self.broken_links -= 1
            return web.Response(status=503, text="out of order")
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._socket = socket
        self._open.append(socket)
        await self._note()
        greeting = asyncio.create_task(self._greet(socket))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    acknowledged = json.loads(message.data)
                    self._acks[acknowledged["envelope_id"]].set_result(acknowledged.get("payload") or {})
        finally:
            greeting.cancel()
            self._open.remove(socket)
            if self._socket is socket and self._open:
                self._socket = self._open[-1]
            await self._note()
        return socket


@asynccontextmanager
async def serving() -> AsyncIterator[SocketModeServer]:
    """A server on a free port of this machine."""
    server = SocketModeServer()
    runner = web.AppRunner(server.app())
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        await runner.cleanup()
