"""Two workspaces behind one API, and a small app with a page to install it from."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace.people.client import WorkspaceClient
from bot.workspace.server import Workspace
from bot.workspace.slack import Slack
from tests.integration.workspace_fixtures import http_manifest, serving

EVENTS = ("app_mention", "app_uninstalled", "tokens_revoked")


class App:
    """A small app with a page to install it from. It fetches its tokens only when a test says so."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self.url = ""
        self.scope: str | None = "chat:write,commands,channels:read,app_mentions:read"
        self.redirect_uri: str | None = None
        self.came_back: list[dict[str, str]] = []
        self.heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.commands: list[str] = []

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if request.path.endswith("/install"):
            response = web.Response(text=self._install_page(), content_type="text/html")
            response.set_cookie("state", "s1", secure=True, httponly=True)
            return response
        if request.path.endswith("/done"):
            assert request.cookies == {"state": "s1"}
            self.came_back.append(dict(request.query))
            return web.Response(text="Thank you")
        if request.method == "GET":
            # A browser asks for an icon.
            return web.Response()
        if request.content_type != "application/json":
            self.commands.append(str((await request.post())["team_id"]))
            return web.Response()
        body = await request.json()
        if body["type"] == "url_verification":
            return web.Response(text=body["challenge"])
        self.heard.put_nowait(body)
        return web.Response()

    def _install_page(self) -> str:
        asked = {
            "client_id": self.registration.client_id,
            "scope": self.scope,
            "state": "s1",
            "redirect_uri": self.redirect_uri,
        }
        query = urlencode({name: value for name, value in asked.items() if value is not None})
        return f'<p><a href="{self._slack.authorize_url}?{query.replace("&", "&amp;")}">Add to Slack</a></p>'

    @property
    def registration(self) -> Any:
        return self._slack.workspaces[0].parts.registration

    @property
    def install_url(self) -> str:
        return f"{self.url}/install"

    async def token(self, code: str | None = None, **changed: Any) -> dict[str, Any]:
        """Exchange the last code for a token."""
        arguments = {
            "client_id": self.registration.client_id,
            "client_secret": self.registration.client_secret,
            "code": code or self.came_back[-1]["code"],
            "redirect_uri": self.redirect_uri,
            **changed,
        }
        form = {name: value for name, value in arguments.items() if value is not None}
        # slack_sdk's own oauth_v2_access uses what aiohttp has deprecated, and warnings are errors.
        client = AsyncWebClient(base_url=self._slack.api_url)
        response = await client.api_call("oauth.v2.access", data=form)
        assert isinstance(response.data, dict)
        return response.data

    def client(self, token: str) -> AsyncWebClient:
        return AsyncWebClient(token=token, base_url=self._slack.api_url)

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(10):
            return await self.heard.get()


class Stage:
    """Two workspaces of the same ids, and the app."""

    def __init__(self, slack: Slack, app: App, clients: list[WorkspaceClient]) -> None:
        self.slack, self.app = slack, app
        self.harbor, self.quay = clients

    async def install(self, client: WorkspaceClient, person: str = "lee") -> AsyncWebClient:
        assert (await client.install(self.app.install_url, person)).text == "Thank you"
        return self.app.client((await self.app.token())["access_token"])


@asynccontextmanager
async def staged(**options: Any) -> AsyncIterator[Stage]:
    workspaces = [
        Workspace(repeating_ids=True, **options),
        Workspace(name="Quay & Sons", repeating_ids=True, **options),
    ]
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(Slack(workspaces))
        app = App(slack)
        app.url = await stack.enter_async_context(serving(app.handle))
        slack.register(http_manifest(app.url, events=EVENTS))
        clients = [await stack.enter_async_context(WorkspaceClient(one.url)) for one in workspaces]
        yield Stage(slack, app, clients)
