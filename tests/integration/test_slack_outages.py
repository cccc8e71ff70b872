"""What becomes of the connection to Slack when Slack, or the way there, is out of order for a while."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.rides.errors import ChatRefusedError
from bot.slack.settings import SlackSettings
from bot.slack.transport import socket_client
from bot.slack.transport.app import SlackApp
from bot.slack.transport.patience import Patience, patiently
from tests.integration.socket_mode_server import APP_TOKEN, BOT_TOKEN, Fault, SocketModeServer, serving
from tests.slack_doubles import FakeFront

AT_ONCE = Patience(tries_for=5.0, first=0.01, longest=0.05)
CALLS = ("auth.test", "apps.connections.open")


async def html(_: web.Request) -> web.Response:
    return web.Response(status=503, text="<html>We'll be back</html>", content_type="text/html")


async def text(_: web.Request) -> web.Response:
    return web.Response(status=503, text="upstream connect error")


async def no_code(_: web.Request) -> web.Response:
    return web.json_response({"ok": False}, status=500)


async def too_many(_: web.Request) -> web.Response:
    return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "0"})


async def cut(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def revoked(_: web.Request) -> web.Response:
    return web.json_response({"ok": False, "error": "invalid_auth"})


FAULTS: dict[str, Fault] = {"html": html, "text": text, "no code": no_code, "429": too_many, "cut": cut}


@pytest.fixture
async def server() -> AsyncIterator[SocketModeServer]:
    async with serving() as server:
        yield server


@pytest.fixture
async def slack(server: SocketModeServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SlackApp]:
    """Not served yet. Its tries follow each other quickly."""
    monkeypatch.setattr(socket_client, "PING_EVERY", 0.2)
    monkeypatch.setattr(socket_client, "COMES_BACK", AT_ONCE)
    settings = SlackSettings(
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        api_url=f"{server.url}/api/",
        messages_a_second=100,
    )
    slack = SlackApp(settings, patience=AT_ONCE)
    yield slack
    await slack.close()


async def takes_commands(server: SocketModeServer, number: int) -> None:
    await asyncio.wait_for(server.connected.wait(), 10)
    await server.command("/sql", "select 1")
    await server.wait_call("chat.postMessage", number)


@pytest.mark.parametrize("method", CALLS)
@pytest.mark.parametrize("fault", FAULTS)
async def test_it_starts_as_soon_as_slack_answers(
    server: SocketModeServer, slack: SlackApp, caplog: pytest.LogCaptureFixture, method: str, fault: str
) -> None:
    server.faults[method] = [FAULTS[fault]] * 3
    await slack.serve(FakeFront(channel="C0ROOM"))
    await takes_commands(server, 1)
    assert len(server.of(method)) == 4
    told = [one for one in caplog.records if one.levelno >= logging.WARNING]
    assert len(told) == 1
    assert method in told[0].getMessage()
    assert told[0].exc_info is None


@pytest.mark.parametrize("method", CALLS)
async def test_a_token_that_is_refused_ends_the_start_at_once(
    server: SocketModeServer, slack: SlackApp, method: str
) -> None:
    server.faults[method] = [revoked]
    with pytest.raises(ChatRefusedError) as caught:
        await slack.serve(FakeFront(channel="C0ROOM"))
    assert (caught.value.step, caught.value.code) == (method, "invalid_auth")
    assert len(server.of(method)) == 1


async def test_it_gives_up_in_the_end() -> None:
    async def ask() -> None:
        raise ChatRefusedError("auth.test", "fatal_error")

    with pytest.raises(ChatRefusedError):
        await patiently(ask, Patience(tries_for=0.1, first=0.02, longest=0.05))


@pytest.mark.parametrize("fault", [*FAULTS, "invalid_auth"])
async def test_a_connection_that_was_cut_comes_back_when_slack_answers_again(
    server: SocketModeServer, slack: SlackApp, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    """A token that is refused is tried again too: it may have been a mistake of Slack's."""
    await slack.serve(FakeFront(channel="C0ROOM"))
    await takes_commands(server, 1)
    server.faults["apps.connections.open"] = [FAULTS.get(fault, revoked)] * 4
    await server.cut()
    await takes_commands(server, 2)
    assert await slack.connected()
    told = [one for one in caplog.records if one.levelno >= logging.WARNING]
    assert len(told) == 1
    assert told[0].exc_info is None


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_a_refresh_waits_for_slack(server: SocketModeServer, slack: SlackApp, reason: str) -> None:
    await slack.serve(FakeFront(channel="C0ROOM"))
    server.faults["apps.connections.open"] = [html] * 3
    await server.refresh(reason)
    await takes_commands(server, 1)
    assert server.open_connections == 1


async def test_each_try_has_an_address_of_its_own(server: SocketModeServer, slack: SlackApp) -> None:
    """Slack takes an address once."""
    server.broken_links = 2
    await slack.serve(FakeFront(channel="C0ROOM"))
    await takes_commands(server, 1)
    server.broken_links = 2
    await server.cut()
    await takes_commands(server, 2)
    assert len(server.of("apps.connections.open")) == 6


@pytest.mark.parametrize("refreshed", [False, True])
async def test_closing_in_an_outage_leaves_no_task(
    server: SocketModeServer, slack: SlackApp, *, refreshed: bool
) -> None:
    await slack.serve(FakeFront(channel="C0ROOM"))
    await asyncio.wait_for(server.connected.wait(), 5)
    server.faults["apps.connections.open"] = [html] * 1_000
    await (server.ask_to_refresh("warning") if refreshed else server.cut())
    await server.wait_call("apps.connections.open", 4)
    await slack.close()
    left = {task for task in asyncio.all_tasks() if "SocketModeClient" in repr(task.get_coro())}
    assert not left
