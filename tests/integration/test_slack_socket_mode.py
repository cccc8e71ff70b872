"""The real Bolt app over a real WebSocket, with a front in memory."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.rides.announcements import ResultLine, Symptom
from bot.rides.errors import ChatRefusedError
from bot.slack.settings import SlackSettings
from bot.slack.transport.app import SlackApp
from sandbox.answer import Finished, StillRunning
from scenarios.journal.events import Backend, Outcome
from tests.integration.socket_mode_server import APP_TOKEN, BOT, BOT_TOKEN, TEAM, SocketModeServer, serving
from tests.slack_doubles import FakeFront, finished


@pytest.fixture
async def server() -> AsyncIterator[SocketModeServer]:
    async with serving() as server:
        yield server


@pytest.fixture
def settings(server: SocketModeServer) -> SlackSettings:
    return SlackSettings(
        bot_token=BOT_TOKEN, app_token=APP_TOKEN, api_url=f"{server.url}/api/", messages_a_second=100
    )


@pytest.fixture
def front() -> FakeFront:
    return FakeFront(channel="C0ROOM")


@pytest.fixture
async def slack(
    server: SocketModeServer, settings: SlackSettings, front: FakeFront
) -> AsyncIterator[SlackApp]:
    slack = SlackApp(settings)
    await slack.serve(front)
    await asyncio.wait_for(server.connected.wait(), 5)
    yield slack
    await slack.close()


@pytest.mark.usefixtures("slack")
@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_a_connection_that_slack_refreshes_is_followed_by_another(
    server: SocketModeServer, reason: str
) -> None:
    await server.refresh(reason)
    await server.command("/sql", "select 1")
    await server.wait_call("chat.postMessage")


@pytest.mark.usefixtures("slack")
async def test_sql_is_acknowledged_with_nothing_and_posted(
    server: SocketModeServer, front: FakeFront
) -> None:
    await server.command("/sql", "select 1")
    post = await server.wait_call("chat.postMessage")
    assert post["channel"] == "C0ROOM"
    assert "(1 row)" in json.dumps(post["blocks"])
    assert front.asked == [("sql", TEAM, "U0DANA", "C0ROOM", "select 1")]


@pytest.mark.usefixtures("slack")
async def test_connect_is_ephemeral_and_in_no_log(
    server: SocketModeServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await server.command("/ride", "connect")
    told = await server.wait_response()
    assert told["response_type"] == "ephemeral"
    assert "s3cr3t" in json.dumps(told)
    assert not server.of("chat.postMessage")
    for secret in ("s3cr3t", BOT_TOKEN, APP_TOKEN):
        assert secret not in caplog.text


@pytest.mark.usefixtures("slack")
async def test_an_expired_response_url_becomes_a_whisper(server: SocketModeServer) -> None:
    await server.command("/ride", "status", use="expired")
    whisper = await server.wait_call("chat.postEphemeral")
    assert whisper["user"] == "U0DANA"


@pytest.mark.usefixtures("slack")
async def test_still_running_is_replaced_and_the_rest_comes_as_a_file(
    server: SocketModeServer, front: FakeFront
) -> None:
    done: asyncio.Future[Finished] = asyncio.get_running_loop().create_future()
    front.answer = StillRunning(
        seconds=2.5, waiting_for="Lock/relation", blocked_by=(Backend(pid=42),), finished=done
    )
    await server.command("/sql", "select * from orders")
    waiting = await server.wait_call("chat.postMessage")
    assert "pid 42" in json.dumps(waiting["blocks"])
    text = "\n".join(f"row {number}" for number in range(1_000))
    done.set_result(finished(text))
    update = await server.wait_call("chat.update")
    assert "Still running" not in json.dumps(update["blocks"])
    completed = await server.wait_call("files.completeUploadExternal")
    assert completed["channel_id"] == "C0ROOM"
    assert completed["thread_ts"] == update["ts"]
    assert server.uploaded == [f"-- app_db: select * from orders\n{text}".encode()]


@pytest.mark.usefixtures("slack")
async def test_a_mention_in_a_thread_and_its_second_delivery(
    server: SocketModeServer, front: FakeFront
) -> None:
    event = {
        "type": "event_callback",
        "team_id": TEAM,
        "event_id": "Ev1",
        "event": {
            "type": "app_mention",
            "user": "U0DANA",
            "channel": "C0ROOM",
            "ts": "5.1",
            "thread_ts": "4.1",
            "text": f"<@{BOT}> sql ```select 1```",
        },
    }
    await server.deliver("events_api", event)
    await server.deliver("events_api", event)
    post = await server.wait_call("chat.postMessage")
    assert post["thread_ts"] == "4.1"
    event["event_id"] = "Ev2"
    event["event"] |= {"ts": "6.1"}  # type: ignore[operator]
    await server.deliver("events_api", event)
    await server.wait_call("chat.postMessage", 2)
    assert len(front.asked) == 2


@pytest.mark.usefixtures("slack")
async def test_a_click_on_acknowledge(server: SocketModeServer, front: FakeFront) -> None:
    await server.deliver(
        "interactive",
        {
            "type": "block_actions",
            "team": {"id": TEAM},
            "user": {"id": "U0DANA"},
            "channel": {"id": "C0ROOM"},
            "container": {"type": "message", "message_ts": "1.1"},
            "response_url": f"{server.url}/respond/click",
            "actions": [{"action_id": "acknowledge", "block_id": "b", "type": "button", "value": "7k3m"}],
        },
    )
    assert "Acknowledged" in (await server.wait_response())["text"]
    assert front.asked == [("acknowledge", TEAM, "U0DANA", "7k3m")]


async def test_a_message_waits_out_a_429_and_those_behind_it_keep_their_order(
    server: SocketModeServer, slack: SlackApp
) -> None:
    server.too_many_requests = 1
    said = [
        Symptom(speaker="Robin", emoji="", text=f"line {number}", elapsed=timedelta(0)) for number in range(3)
    ]
    await asyncio.gather(*(slack.chat.post(TEAM, "C0ROOM", one, key=str(one.text)) for one in said))
    assert [call["text"][-6:] for call in server.of("chat.postMessage")] == ["line 0", "line 1", "line 2"]


async def test_the_result_goes_to_everyone_until_the_address_is_used_up(
    server: SocketModeServer, slack: SlackApp
) -> None:
    said = ResultLine(
        ride="7k3m",
        title="T",
        outcome=Outcome.EXPIRED,
        learners=("U0DANA",),
        channel=None,
        total=0,
        to_fix=None,
    )
    url = f"{server.url}/respond/start"
    assert [await slack.chat.reply(TEAM, url, said) for _ in range(6)] == [True] * 5 + [False]
    assert (await server.wait_response())["response_type"] == "in_channel"


async def test_a_bad_token_is_told_by_its_code(settings: SlackSettings, front: FakeFront) -> None:
    for wrong, step in (
        (replace(settings, bot_token="xoxb-wrong"), "auth.test"),
        (replace(settings, app_token="xapp-wrong"), "apps.connections.open"),
    ):
        slack = SlackApp(wrong)
        with pytest.raises(ChatRefusedError) as caught:
            await slack.serve(front)
        await slack.close()
        assert (caught.value.step, caught.value.code) == (step, "invalid_auth")


async def test_closing_leaves_no_task(
    server: SocketModeServer, settings: SlackSettings, front: FakeFront
) -> None:
    slack = SlackApp(settings)
    await slack.serve(front)
    await server.command("/sql", "select 1")
    await server.wait_call("chat.postMessage")
    await slack.close()
    left = {task for task in asyncio.all_tasks() if "slack" in repr(task.get_coro())}
    assert not left
