"""`ride serve --http` behind a proxy, as in production, and two workspaces whose people install it."""

import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from io import BytesIO

import aiohttp
from aiohttp import web
from cryptography.fernet import Fernet

from bot.workspace.company.installation import Registration
from bot.workspace.delivery.request_urls import signature
from bot.workspace.people.client import UserClient, WorkspaceClient
from bot.workspace.server import Workspace
from bot.workspace.slack import Slack
from tests.acceptance.ride_program import Launcher, Program

FORM = "application/x-www-form-urlencoded"
_HOP = {"host", "content-length", "transfer-encoding", "connection"}
"""Headers of one leg of the way."""


@dataclass(kw_only=True, slots=True)
class Proxy:
    """Stands between Slack and Ride at the public address."""

    url: str = ""
    backend: str = ""
    """Where Ride listens; empty: nobody does."""
    loses: Callable[[bytes], bool] = lambda _: False
    """Of which requests the answers are lost, once Ride has taken them in."""
    bodies: list[bytes] = field(default_factory=list)
    """What came from Slack, in order."""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if not self.backend:
            return web.Response(status=502)
        body = await request.read()
        if request.method == "POST":
            self.bodies.append(body)
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _HOP}
        async with (
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.request(
                request.method,
                self.backend + request.path_qs,
                data=BytesIO(body),
                headers=headers,
                allow_redirects=False,
            ) as response,
        ):
            answer = web.Response(status=response.status, body=await response.read())
            for name, value in response.headers.items():
                if name.lower() not in _HOP | {"content-encoding"}:
                    answer.headers.add(name, value)
        return web.Response(status=504) if self.loses(body) else answer


@dataclass(kw_only=True, slots=True)
class HttpStage:
    """Ride over HTTP, and the workspaces, in which it is not installed yet."""

    slack: Slack
    app: Registration
    proxy: Proxy
    harbor: WorkspaceClient
    quay: WorkspaceClient
    settings: dict[str, str]
    ride: Launcher
    program: Program

    @property
    def install_url(self) -> str:
        return f"{self.proxy.url}/slack/install"

    async def install(self, client: WorkspaceClient, person: str = "lee") -> None:
        """Install Ride in a workspace, as somebody there."""
        page = await client.install(self.install_url, person)
        name = (await client.info()).team.name
        assert (page.status, f"is now in {name}" in unescape(page.text)) == (200, True), page.text

    async def begin(self) -> None:
        """Start the program, after an end of it."""
        self.program = await self.ride("serve", "--http", settings=self.settings)
        await self.lead_to(self.program)

    async def lead_to(self, program: Program) -> None:
        """Let the proxy lead to a program, once it listens and is ready."""
        self.proxy.backend = "http://" + (await program.says(r"requests are taken at (\S+:\d+)"))[1]
        await program.says("Ride is ready")

    async def post(
        self,
        body: str,
        *,
        kind: str = FORM,
        secret: str | None = None,
        age: float = 0,
        headers: Mapping[str, str] | None = None,
    ) -> int:
        """Send what pretends to come from Slack; gives the HTTP status."""
        timestamp = str(int(time.time() - age))
        signed = signature(secret or self.app.signing_secret, timestamp, body)
        signed_as = {
            "Content-Type": kind,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signed,
            **(headers or {}),
        }
        async with (
            aiohttp.ClientSession() as session,
            session.post(
                f"{self.proxy.url}/slack/events", data=BytesIO(body.encode()), headers=signed_as
            ) as response,
        ):
            return response.status


@asynccontextmanager
async def over_http(ride: Launcher) -> AsyncIterator[HttpStage]:
    """Two workspaces with the same ids of people and channels, and `ride serve --http` for them."""
    workspaces = [Workspace(repeating_ids=True), Workspace(name="Quay & Sons", repeating_ids=True)]
    proxy = Proxy()
    async with AsyncExitStack() as stack:
        proxy.url = await stack.enter_async_context(_public(proxy))
        slack = await stack.enter_async_context(Slack(workspaces))
        public = {"RIDE_PUBLIC_URL": proxy.url}
        code, printed = await ride.run("manifest", "--http", settings=public)
        assert code == 0, printed.said
        app = slack.register(json.loads(printed.out))
        settings = {
            **public,
            "RIDE_HTTP_ADDRESS": "127.0.0.1:0",
            "RIDE_TOKEN_KEYS": Fernet.generate_key().decode(),
            "SLACK_API_URL": slack.api_url,
            "SLACK_CLIENT_ID": app.client_id,
            "SLACK_CLIENT_SECRET": app.client_secret,
            "SLACK_SIGNING_SECRET": app.signing_secret,
        }
        program = await ride("serve", "--http", settings=settings)
        clients = [await stack.enter_async_context(WorkspaceClient(one.url)) for one in workspaces]
        staged = HttpStage(
            slack=slack,
            app=app,
            proxy=proxy,
            harbor=clients[0],
            quay=clients[1],
            settings=settings,
            ride=ride,
            program=program,
        )
        await staged.lead_to(program)
        yield staged


@asynccontextmanager
async def _public(proxy: Proxy) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", proxy.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def people(client: WorkspaceClient, *names: str) -> list[UserClient]:
    return [await client.as_user(name) for name in names]
