"""The workspace as a program of its own."""

import asyncio
import json
import sys
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace.client import WorkspaceClient
from bot.workspace.server import Workspace
from tests.integration.workspace_fixtures import manifest


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
