"""`ride serve` in a workspace that isn't its own: it rides, hands over, and says nothing twice."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from signal import SIGINT, SIGTERM

import pytest
from aiohttp import web

from bot.slack.manifest import manifest
from bot.slack.messages.buttons import ACKNOWLEDGE
from bot.slack.settings import SlackSettings
from bot.workspace.people.client import WorkspaceClient
from bot.workspace.server import Workspace
from tests.acceptance.ride_fixtures import ask, private
from tests.acceptance.ride_program import PATIENCE, Launcher, Place, Program
from tests.acceptance.test_cli_circumstances import is_refused
from tests.acceptance.test_cli_stopping import BLOCKER, paged, start_ride
from tests.acceptance.test_drills import window
from tests.integration.socket_mode_server import APP_TOKEN, BOT_TOKEN, SocketModeServer, serving
from tests.integration.storage_fixtures import Server

READY = "Ride is ready"


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    """Where the app is installed."""
    async with Workspace() as serving:
        serving.install(manifest(SlackSettings()))
        yield serving


def settings(workspace: Workspace) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_APP_TOKEN": workspace.app_token,
        "SLACK_API_URL": workspace.api_url,
    }


@pytest.fixture(params=["sqlite", "postgresql"])
def stored(request: pytest.FixtureRequest) -> dict[str, str]:
    """The setting that says where rides are stored: in the data folder, or on a server."""
    if request.param == "sqlite":
        return {}
    server = request.getfixturevalue("storage_server")
    assert isinstance(server, Server)
    return {"RIDE_DATABASE_URL": server.new_database()}


async def stops(serving: Program) -> None:
    assert await serving.stopped_by(SIGTERM) == 0
    assert "Traceback" not in serving.said
    assert "ERROR" not in serving.said


async def test_a_ride(ride: Launcher, place: Place, workspace: Workspace) -> None:
    serving = await ride("serve", settings=settings(workspace))
    await serving.says(READY)
    async with WorkspaceClient(workspace.url) as client:
        dana = await client.as_user("dana")
        home = (await dana.channel("incidents")).id
        channel = await start_ride(dana)
        await paged(dana, channel)
        await dana.command(channel, "/ride", "stop")
        await dana.wait_for(home, lambda message: channel in message.text and message.is_bot, PATIENCE)
    # The sandbox goes after the last word; stopped in between, the next program would clear it away.
    await serving.says("sandbox removed")
    await stops(serving)
    assert "WARNING" not in serving.said, "nothing was wrong"
    assert place.leftovers() == []


async def test_the_next_one_goes_on_with_the_ride(
    ride: Launcher, place: Place, workspace: Workspace, stored: dict[str, str]
) -> None:
    serving = await ride("serve", settings=settings(workspace) | stored)
    await serving.says(READY)
    async with WorkspaceClient(workspace.url) as client:
        dana = await client.as_user("dana")
        home = (await dana.channel("incidents")).id
        channel = await start_ride(dana)
        await paged(dana, channel)
        await stops(serving)
        (sandbox,) = place.sandboxes.iterdir()
        running = {process.pid for process in place.processes() if process.name() == "postgres"}
        assert running

        again = await ride("serve", settings=settings(workspace) | stored)
        await again.says(READY)
        assert list(place.sandboxes.iterdir()) == [sandbox]
        assert running & {process.pid for process in place.processes()}
        await dana.command(channel, "/sql", BLOCKER)
        await dana.wait_for(home, lambda message: channel in message.text and message.is_bot, PATIENCE)
        messages = await dana.messages(channel)
        said = Counter(message.text for message in messages if message.is_bot and not message.subtype)
        assert sum(ACKNOWLEDGE in message.buttons or "paged" in message.text for message in messages) == 1
        assert [text for text, count in said.items() if count > 1] == []
        assert [text for text in said if "Postmortem" in text]
        await again.says("sandbox removed")
        await stops(again)
    assert place.leftovers() == []


async def test_a_drill_outlives_the_program(
    ride: Launcher, workspace: Workspace, stored: dict[str, str]
) -> None:
    """It falls due while nobody is there, or just after: it starts then, once."""
    serving = await ride("serve", settings=settings(workspace) | stored)
    await serving.says(READY)
    async with WorkspaceClient(workspace.url) as client:
        dana, lee = await client.as_user("dana"), await client.as_user("lee")
        home = (await dana.channel("incidents")).id
        await ask(dana, home, "/ride", "team create payments @dana", private)
        known = {one.id for one in await dana.conversations()}
        hours = window(timedelta(seconds=4), timedelta(seconds=6))
        planned = await ask(lee, home, "/ride", f"drill payments {hours}", private)
        assert "payments" in planned.words
        await serving.kill()
        assert known == {one.id for one in await dana.conversations()}

        again = await ride("serve", settings=settings(workspace) | stored)
        opened = await dana.wait_for_conversation(
            lambda one: one.id not in known and one.name.startswith("inc-"), PATIENCE
        )
        await paged(dana, opened.id)
        await again.kill()
        third = await ride("serve", settings=settings(workspace) | stored)
        await third.says(READY)
        listed = await ask(lee, home, "/ride", "drill list", private)
        assert "start" in listed.words
        await dana.command(opened.id, "/ride", "stop")
        await dana.wait_for(opened.id, lambda message: "stopped" in message.text.lower(), PATIENCE)
        incidents = [one for one in await dana.conversations() if one.name.startswith("inc-")]
        assert [one.id for one in incidents] == [opened.id]
        await stops(third)


async def test_one_at_a_time(ride: Launcher, workspace: Workspace) -> None:
    serving = await ride("serve", settings=settings(workspace))
    await serving.says(READY)
    code, second = await ride.run("serve", settings=settings(workspace))
    is_refused(code, second, "Another `ride serve`", "RIDE_DATA_FOLDER")
    await stops(serving)


async def test_it_is_stopped_while_it_starts(ride: Launcher, place: Place, workspace: Workspace) -> None:
    cache = str(place.root / "cache")
    serving = await ride("serve", settings={**settings(workspace), "RIDE_CACHE_FOLDER": cache})
    await serving.says("Making a database cluster")
    assert await serving.stopped_by(SIGINT, SIGINT) == 0
    assert "Traceback" not in serving.said
    assert place.leftovers() == []


async def test_no_tokens(ride: Launcher) -> None:
    code, serving = await ride.run("serve")
    is_refused(code, serving, "SLACK_BOT_TOKEN and SLACK_APP_TOKEN are not set", "make demo")
    code, serving = await ride.run("serve", settings={"SLACK_BOT_TOKEN": "xoxb-1"})
    is_refused(code, serving, "SLACK_APP_TOKEN is not set")


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"])
async def test_a_wrong_token(ride: Launcher, place: Place, workspace: Workspace, name: str) -> None:
    wrong = {**settings(workspace), name: f"{'xoxb' if 'BOT' in name else 'xapp-1'}-wrong"}
    code, serving = await ride.run("serve", settings=wrong)
    is_refused(code, serving, "`invalid_auth`", name, workspace.api_url)
    assert "-wrong" not in serving.said
    assert place.leftovers() == []


async def test_a_token_of_a_whole_organisation(ride: Launcher, place: Place) -> None:
    async with serving() as slack:
        slack.who |= {"team": "Starship", "team_id": "E0SHIP", "is_enterprise_install": True}
        code, refused = await ride.run("serve", settings=settings_of(slack))
    is_refused(code, refused, "organisation Starship (E0SHIP)", "one workspace", "--http")
    assert place.leftovers() == []


async def test_slack_is_out_of_order_while_it_starts(ride: Launcher, place: Place) -> None:
    async def broken(_: web.Request) -> web.Response:
        return web.Response(status=503, text="<html>later</html>", content_type="text/html")

    async with serving() as slack:
        slack.faults = {"auth.test": [broken], "apps.connections.open": [broken]}
        started = await ride("serve", settings=settings_of(slack))
        await started.says("Slack is out of order: auth.test")
        await started.says("Slack is out of order: apps.connections.open")
        await asyncio.wait_for(slack.connected.wait(), PATIENCE)
        await stops(started)
    assert place.leftovers() == []


def settings_of(slack: SocketModeServer) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_API_URL": f"{slack.url}/api/",
    }


async def test_nobody_there(ride: Launcher, place: Place) -> None:
    nowhere = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
    code, serving = await ride.run("serve", settings={**nowhere, "SLACK_API_URL": "http://127.0.0.1:9/api/"})
    is_refused(code, serving, "`connection_error`", "SLACK_API_URL")
    assert place.leftovers() == []
