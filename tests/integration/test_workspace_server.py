"""The workspace as a program of its own."""

import asyncio
import json
import sys
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.cli.demo import demo_workspace
from bot.workspace.errors import WorkspaceError
from bot.workspace.people.client import WorkspaceClient
from bot.workspace.server import Workspace
from tests.integration.workspace_fixtures import http_manifest, manifest, web_client


async def test_it_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    file = tmp_path / "manifest.json"
    file.write_text(json.dumps(manifest()))
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.workspace", "--manifest", str(file), stdout=asyncio.subprocess.PIPE
    )
    try:
        assert program.stdout is not None
        async with asyncio.timeout(20):
            lines = [(await program.stdout.readline()).decode().strip() for _ in range(4)]
        settings = dict(line.split("=", 1) for line in lines[1:])
        bot = AsyncWebClient(token=settings["SLACK_BOT_TOKEN"], base_url=settings["SLACK_API_URL"])
        assert (await bot.auth_test())["user"] == "echo"
        opened = await bot.apps_connections_open(app_token=settings["SLACK_APP_TOKEN"])
        assert opened["url"].startswith("ws://127.0.0.1:")
        async with WorkspaceClient(lines[0].rpartition(" ")[2]) as client:
            assert (await client.info()).team.name == "Harbor"
        program.terminate()
        async with asyncio.timeout(10):
            assert await program.wait() == 0
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()


async def test_it_serves_several_workspaces_for_an_app_with_request_urls(tmp_path: Path) -> None:
    file = tmp_path / "manifest.json"
    file.write_text(json.dumps(http_manifest("http://127.0.0.1:1/slack")))
    arguments = ["--manifest", str(file), "--workspace", "Harbor", "--workspace", "Quay"]
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.workspace", *arguments, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert program.stdout is not None
        async with asyncio.timeout(20):
            lines = [(await program.stdout.readline()).decode().strip() for _ in range(6)]
        for line in lines[:2]:
            name, _, url = line.partition(" is at ")
            async with WorkspaceClient(url) as client:
                assert (await client.info()).team.name == name
        settings = dict(line.split("=", 1) for line in lines[2:])
        assert all(settings.values())
        asked = {"client_id": settings["SLACK_CLIENT_ID"], "scope": "chat:write"}
        authorize = settings["SLACK_API_URL"].removesuffix("api/") + "oauth/v2/authorize"
        async with ClientSession() as session, session.get(authorize, params=asked) as response:
            text = await response.text()
        assert (response.status, "Harbor" in text, "Quay" in text) == (200, True, True)
        program.terminate()
        async with asyncio.timeout(10):
            assert await program.wait() == 0
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()


async def refused_within(bot: AsyncWebClient, calls: int) -> str | None:
    """Retry-After of the first refusal among so many users.list, of which Slack's tier has 20 a minute."""
    bot.retry_handlers = []
    for _ in range(calls):
        try:
            await bot.users_list()
        except SlackApiError as error:
            return str(error.response.headers["Retry-After"]) if error.response.status_code == 429 else None
    return None


async def test_it_keeps_slacks_rates_if_it_is_told_to(tmp_path: Path) -> None:
    file = tmp_path / "manifest.json"
    file.write_text(json.dumps(manifest()))
    arguments = ["--manifest", str(file), "--slack-rates"]
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.workspace", *arguments, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert program.stdout is not None
        async with asyncio.timeout(20):
            lines = [(await program.stdout.readline()).decode().strip() for _ in range(4)]
        settings = dict(line.split("=", 1) for line in lines[1:])
        bot = AsyncWebClient(token=settings["SLACK_BOT_TOKEN"], base_url=settings["SLACK_API_URL"])
        retry_after = await refused_within(bot, 21)
        assert retry_after is not None
        assert 50 <= int(retry_after) <= 60
    finally:
        program.kill()
        await program.wait()


@pytest.mark.parametrize("slack_rates", [False, True])
async def test_a_demo_keeps_slacks_rates_if_it_is_told_to(*, slack_rates: bool) -> None:
    async with demo_workspace(slack_rates=slack_rates) as workspace:
        workspace.install(manifest())
        bot = web_client(workspace)
        home = workspace.state.channel_named("ride-club")
        assert home is not None
        assert ((await refused_within(bot, 21)) is not None) == slack_rates
        await bot.conversations_history(channel=home.id)
        if slack_rates:
            with pytest.raises(SlackApiError) as refused:
                await bot.conversations_history(channel=home.id)
            assert refused.value.response.headers["Retry-After"] == "60"


@pytest.mark.parametrize("content", ["{", "{}"])
async def test_a_bad_manifest_is_said(tmp_path: Path, content: str) -> None:
    file = tmp_path / "manifest.json"
    file.write_text(content)
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.workspace", "--manifest", str(file), stderr=asyncio.subprocess.PIPE
    )
    _, errors = await program.communicate()
    assert program.returncode == 1
    assert errors.decode().startswith("The workspace can't start: ")
    assert "Traceback" not in errors.decode()


async def test_a_taken_port_is_an_oserror_and_leaves_nothing() -> None:
    async with Workspace() as first:
        second = Workspace()
        with pytest.raises(OSError, match=r"\d"):
            await second.start(port=int(first.url.rpartition(":")[2]))
        await second.aclose()


async def test_routes_can_be_mounted() -> None:
    async def hello(request: web.Request) -> web.Response:
        return web.Response(text=f"hello {request.path}")

    def mount(app: web.Application) -> None:
        app.router.add_get("/hello", hello)

    async with (
        Workspace(mounts=[mount]) as workspace,
        ClientSession() as session,
        session.get(f"{workspace.url}/hello") as response,
    ):
        assert await response.text() == "hello /hello"


async def test_an_app_in_a_container_reaches_it_on_a_bridge() -> None:
    """127.0.0.2 stands for the bridge's address: the Host of what comes is not loopback's usual name."""
    workspace = Workspace()
    with pytest.raises(WorkspaceError, match=r"127\.0\.0\.2"):
        await workspace.start(host="127.0.0.2")
    for host in ("0.0.0.0", "192.168.1.0/24", "example.org", "8.8.8.8"):
        with pytest.raises(WorkspaceError):
            await workspace.start(host=host, bridged=True)
    async with await workspace.start(host="127.0.0.2", bridged=True), ClientSession() as session:
        assert workspace.url.startswith("http://127.0.0.2:")
        async with session.get(f"{workspace.url}/control/workspace") as response:
            assert response.status == 200
        for other in ("evil.example", "127.0.0.3"):
            async with session.get(f"{workspace.url}/control/workspace", headers={"Host": other}) as response:
                assert response.status == 403
