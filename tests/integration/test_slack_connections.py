"""Two programs with one app-level token: what the bot and the doctor notice, and that nothing is lost."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.base.address import Address
from bot.base.config import Settings
from bot.base.state_folder import own_folder
from bot.doctor.finding import Finding, Grade
from bot.doctor.slack_checks import SocketTokens
from bot.operations.operations import Operations
from bot.operations.readiness import Role
from bot.operations.server import OperationsServer
from bot.slack.manifest import manifest
from bot.slack.settings import SlackSettings
from bot.slack.transport.app import SlackApp
from bot.slack.transport.metering import NoSlackMeter
from bot.slack.transport.socket_mode import SocketMode
from bot.workspace.server import Workspace
from tests.integration.socket_mode_server import APP_TOKEN, BOT_TOKEN, SocketModeServer, serving
from tests.slack_doubles import FakeFront


class Meter(NoSlackMeter):
    """Tells when the connections were counted."""

    def __init__(self) -> None:
        self.others: asyncio.Queue[int] = asyncio.Queue()

    def other_connections(self, number: int) -> None:
        self.others.put_nowait(number)


@pytest.fixture
async def server() -> AsyncIterator[SocketModeServer]:
    async with serving() as server:
        yield server


@pytest.fixture
def meter() -> Meter:
    return Meter()


@pytest.fixture
async def slack(server: SocketModeServer, meter: Meter) -> AsyncIterator[SlackApp]:
    """Not served yet. It looks again at once."""
    settings = SlackSettings(
        bot_token=BOT_TOKEN, app_token=APP_TOKEN, api_url=f"{server.url}/api/", messages_a_second=100
    )
    slack = SlackApp(settings, intake=SocketMode(APP_TOKEN, meter=meter, looks_after=0))
    yield slack
    await slack.close()


async def test_another_program_is_told_in_the_log(
    server: SocketModeServer, slack: SlackApp, meter: Meter, caplog: pytest.LogCaptureFixture
) -> None:
    server.others = 1
    await slack.serve(FakeFront(channel="C0ROOM"))
    assert await asyncio.wait_for(meter.others.get(), 5) == 1
    (told,) = [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING]
    assert "Another program uses this Ride's SLACK_APP_TOKEN" in told
    await slack.close()
    assert server.open_connections == 0


async def test_commands_are_served_while_it_looks(
    server: SocketModeServer, slack: SlackApp, meter: Meter, caplog: pytest.LogCaptureFixture
) -> None:
    server.others = 1
    server.greets.clear()
    await slack.serve(FakeFront(channel="C0ROOM"))
    await server.wait_connections(2)
    server.others = 0
    await server.command("/sql", "select 1")
    await server.wait_call("chat.postMessage")
    server.greets.set()
    assert await asyncio.wait_for(meter.others.get(), 5) == 0
    await server.wait_connections(1)
    await server.command("/sql", "select 1", use="2")
    await server.wait_call("chat.postMessage", 2)
    assert not [one for one in caplog.records if one.levelno >= logging.WARNING]


# -- the doctor


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with Workspace() as workspace:
        workspace.install(manifest(SlackSettings()))
        yield workspace


@pytest.fixture
async def connect(workspace: Workspace) -> AsyncIterator["Connect"]:
    connect = Connect(workspace)
    yield connect
    await asyncio.gather(*(slack.close() for slack in connect.there))


class Connect:
    """Connects one more program with the app's tokens."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.there: list[SlackApp] = []

    async def __call__(self) -> None:
        workspace = self._workspace
        settings = SlackSettings(
            bot_token=workspace.bot_token, app_token=workspace.app_token, api_url=workspace.api_url
        )
        self.there.append(SlackApp(settings))
        await self.there[-1].serve(FakeFront())


def settings_for(workspace: Workspace, folder: Path, operations_address: str | None = None) -> Settings:
    return Settings(
        slack_bot_token=SecretStr(workspace.bot_token),
        slack_app_token=SecretStr(workspace.app_token),
        slack_api_url=workspace.api_url,
        data_folder=folder,
        operations_address=operations_address,
    )


async def examined(settings: Settings) -> Finding:
    (finding,) = await SocketTokens(settings).app()
    return finding


async def test_the_doctor_counts_those_of_others(
    workspace: Workspace, connect: Connect, tmp_path: Path
) -> None:
    settings = settings_for(workspace, tmp_path)
    alone = await examined(settings)
    assert (alone.grade, alone.text.partition("; ")[2]) == (
        Grade.FINE,
        "no other program is connected with it.",
    )

    await connect()
    found = await examined(settings)
    assert found.grade is Grade.WARNING
    assert "no Ride is running" in found.text
    with own_folder(tmp_path, "serve"):
        assert (await examined(settings)).grade is Grade.FINE
        await connect()
        found = await examined(settings)
    assert found.grade is Grade.WARNING
    assert "already has 2 connections with it; there should be one" in found.text
    assert found.todo is not None
    assert "RIDE_DATABASE_URL" in found.todo


@pytest.mark.parametrize(("others", "grade"), [(0, Grade.FINE), (1, Grade.WARNING)])
async def test_the_doctor_asks_the_ride_of_its_machine_and_connects_not(
    server: SocketModeServer, tmp_path: Path, others: int, grade: Grade
) -> None:
    operations = Operations()
    operations.readiness.become(Role.LEADING)
    operations.metrics.other_connections(others)
    answering = OperationsServer(operations.readiness, operations.metrics)
    address = await answering.begin(Address(host="127.0.0.1", port=0))
    settings = Settings(
        slack_app_token=SecretStr(APP_TOKEN),
        slack_api_url=f"{server.url}/api/",
        data_folder=tmp_path,
        operations_address=str(address),
    )
    try:
        assert (await examined(settings)).grade is grade
        assert not server.connected.is_set()
        operations.readiness.become(Role.STANDBY)
        await examined(settings)
        assert server.connected.is_set()
    finally:
        await answering.close()


async def test_the_doctor_on_a_server_that_counts_too_many(server: SocketModeServer, tmp_path: Path) -> None:
    server.others = 10
    settings = Settings(
        slack_app_token=SecretStr(APP_TOKEN), slack_api_url=f"{server.url}/api/", data_folder=tmp_path
    )
    found = await examined(settings)
    assert found.grade is Grade.WARNING
    assert "has 10 connections with it" in found.text
