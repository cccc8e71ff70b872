"""A workspace with a small app in it, for the tests that talk to it as Slack's own libraries do."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace.server import Workspace

SCOPES = (
    "app_mentions:read", "bookmarks:read", "bookmarks:write", "channels:history", "channels:join",
    "channels:manage", "channels:read", "chat:write", "commands", "files:read", "files:write",
    "groups:history", "groups:read", "groups:write", "im:history", "im:read", "im:write", "pins:read",
    "pins:write", "reactions:write", "team:read", "usergroups:read", "users:read",
)  # fmt: skip


def manifest(
    *, scopes: tuple[str, ...] = SCOPES, events: tuple[str, ...] = ("app_mention",)
) -> dict[str, Any]:
    """An app with two commands: /escaped has its names turned into ids, /raw has not."""
    return {
        "display_information": {"name": "Echo", "description": "Answers"},
        "features": {
            "bot_user": {"display_name": "echo"},
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "slash_commands": [
                {"command": "/escaped", "description": "With ids", "should_escape": True},
                {"command": "/raw", "description": "As typed", "usage_hint": "anything"},
            ],
        },
        "oauth_config": {"scopes": {"bot": list(scopes)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(events)},
            "interactivity": {"is_enabled": True},
            "socket_mode_enabled": True,
        },
    }


def http_manifest(url: str, *, events: tuple[str, ...] = ("app_mention",)) -> dict[str, Any]:
    """The same app with everything at one Request URL."""
    app = manifest(events=events)
    for command in app["features"]["slash_commands"]:
        command["url"] = url
    app["oauth_config"]["redirect_urls"] = [f"{url}/done"]
    app["settings"] = {
        "event_subscriptions": {"bot_events": list(events), "request_url": url},
        "interactivity": {"is_enabled": True, "request_url": url},
        "socket_mode_enabled": False,
    }
    return app


@asynccontextmanager
async def serving(answer: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    """An app's own server; gives its address."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/slack"
    finally:
        await runner.cleanup()


def web_client(workspace: Workspace) -> AsyncWebClient:
    """Slack's own client, as the bot."""
    return AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)


@asynccontextmanager
async def connected(workspace: Workspace, app: AsyncApp) -> AsyncIterator[None]:
    """Bolt's own Socket Mode connection."""
    handler = AsyncSocketModeHandler(app, workspace.app_token)
    client = handler.client
    await handler.connect_async()  # type: ignore[no-untyped-call]
    await workspace.wait_connected()
    try:
        yield
    finally:
        tasks = [client.message_processor, client.current_session_monitor, client.message_receiver]
        await handler.close_async()  # type: ignore[no-untyped-call]
        for task in tasks:
            if task is not None:
                with contextlib.suppress(asyncio.CancelledError):
                    await task


def bolt_app(workspace: Workspace) -> AsyncApp:
    """An app of Bolt's, without listeners, that talks to the workspace."""
    return AsyncApp(client=web_client(workspace), request_verification_enabled=False)
