"""Nothing that was taken in is lost when the program ends, and nothing that hangs holds it up."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.program import shutdown
from bot.slack.settings import SlackSettings
from bot.slack.transport.app import SlackApp
from tests.integration.socket_mode_server import APP_TOKEN, BOT_TOKEN, SocketModeServer, serving
from tests.slack_doubles import FakeFront


@pytest.fixture
async def server() -> AsyncIterator[SocketModeServer]:
    async with serving() as server:
        yield server


async def test_a_request_that_came_last_is_acknowledged_and_done(server: SocketModeServer) -> None:
    slack = SlackApp(
        SlackSettings(
            bot_token=BOT_TOKEN, app_token=APP_TOKEN, api_url=f"{server.url}/api/", messages_a_second=100
        )
    )
    front = FakeFront(channel="C0ROOM")
    await slack.serve(front)
    await asyncio.wait_for(server.connected.wait(), 5)
    # `command` returns when it is acknowledged; half of them are on their way when the line is cut.
    sent = [asyncio.create_task(server.command("/sql", f"select {number}")) for number in range(20)]
    while not front.asked:  # noqa: ASYNC110
        await asyncio.sleep(0)
    await slack.hang_up()
    assert not await slack.connected()
    await slack.close()
    acknowledged = [task for task in sent if task.done() and task.exception() is None]
    for task in sent:
        task.cancel()
    await asyncio.gather(*sent, return_exceptions=True)
    assert acknowledged
    assert len(front.asked) == len(acknowledged)
    assert len(server.of("chat.postMessage")) == len(front.asked)


async def test_what_hangs_is_left(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(shutdown, "WITHIN", 0.05)
    order: list[str] = []

    class Slack:
        async def hang_up(self) -> None:
            order.append("hang up")

        async def close(self) -> None:
            order.append("slack")
            raise RuntimeError("Slack is gone")

    class Rides:
        async def close(self, *, stop_rides: bool = False) -> None:
            order.append("rides")
            await asyncio.Event().wait()

    class Services:
        rides = Rides()

        async def close(self) -> None:
            order.append("services")
            await asyncio.Event().wait()

    with pytest.raises(RuntimeError, match="Slack is gone"):
        await shutdown.hand_over(Slack(), Services(), stop_rides=False)  # type: ignore[arg-type]
    assert order == ["hang up", "services", "slack", "rides"]
    assert caplog.text.count("could not be left in order") == 2
