"""A game day outlives the program that runs it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.base.config import Settings
from bot.cli.demo import LOOPBACK, Demo
from bot.program.app import running
from bot.program.slack_mode import installation_settings
from bot.slack.manifest import manifest
from bot.workspace.people.client import WorkspaceClient
from bot.workspace.server import Workspace
from tests.acceptance.game_day_stage import END_IT, LOOK, DayStage, next_minute, options
from tests.acceptance.ride_fixtures import PATIENCE, Stage
from tests.integration.storage_fixtures import Server

SPEED = 10.0
SLOWLY = 4.0
LEAD = timedelta(seconds=65)
"""Nearer than this the hour would be moved: 45 seconds for a ride, the rest for the channels."""
CREWS = {"apes": ("dana", "sam"), "bears": ("ines", "noor")}


@pytest.fixture(params=["sqlite", "postgresql"])
def stored(request: pytest.FixtureRequest, tmp_path: Path, cache_folder: Path) -> Settings:
    """With a database in the data folder, and with one on a server."""
    url = None
    if request.param == "postgresql":
        server = request.getfixturevalue("storage_server")
        assert isinstance(server, Server)
        url = server.new_database()
    return Settings(data_folder=tmp_path, cache_folder=cache_folder, database_url=url)


@asynccontextmanager
async def workspace_for(settings: Settings) -> AsyncIterator[tuple[Workspace, Settings]]:
    """A workspace with the app installed, and the bot's settings for it."""
    workspace = Workspace()
    await workspace.start(host=LOOPBACK, port=0)
    try:
        workspace.install(manifest(installation_settings(settings)))
        yield (
            workspace,
            settings.model_copy(
                update={
                    "slack_bot_token": SecretStr(workspace.bot_token),
                    "slack_app_token": SecretStr(workspace.app_token),
                    "slack_api_url": workspace.api_url,
                }
            ),
        )
    finally:
        await workspace.aclose()


@asynccontextmanager
async def life(workspace: Workspace, settings: Settings, *, speed: float = SPEED) -> AsyncIterator[Stage]:
    """One life of the program; rides and days wait for the next."""
    async with (
        running(settings, speed=speed) as program,
        WorkspaceClient(workspace.url) as client,
    ):
        names = [user.name for user in (await client.info()).users]
        people = {name: await client.as_user(name) for name in names}
        yield Stage(demo=Demo(program=program, workspace=workspace, settings=settings), people=people)


async def plan(day: DayStage, moment: datetime) -> None:
    """Two teams, all together."""
    await day.make_teams(CREWS)
    form = await day.open_form()
    assert list(options(form, "teams")) == list(CREWS)
    assert (await day.lee.submit(form.id, day.filled(form, moment))).errors == {}
    await day.find_channels()


async def test_in_the_middle(stored: Settings) -> None:
    async with workspace_for(stored) as (
        workspace,
        settings,
    ):
        async with life(workspace, settings) as stage:
            day = await DayStage.on(stage)
            await plan(day, datetime.now(UTC))
            await day.page_of(stage.dana)
            await day.runs(stage.dana, LOOK, END_IT)
            board = await day.board(lambda m: "✅ fixed" in m.words and "🚨 live" in m.words)
        async with life(workspace, settings) as stage:
            day.stage = stage
            await day.click("gameday_pause", "bears")
            await day.board(lambda m: m.ts == board.ts and "⏸️ paused" in m.words)
            await day.click("gameday_resume", "bears")
            ines = stage.people["ines"]
            # Statements are refused until the ride goes on.
            await ines.wait_for(await day.incident(ines), lambda m: "resumed the ride" in m.text, PATIENCE)
            await day.runs(ines, END_IT)
            podium = await day.lee.wait_for(day.channel, lambda m: "the result" in m.words, PATIENCE)
            assert "🥇 *apes* · *100*" in podium.words
            assert "🥈 *bears*" in podium.words
            said = [m for m in await day.lee.messages(day.channel) if m.is_bot and not m.subtype]
            assert sum("Scoreboard" in m.text for m in said) == 1
            controls = [m for m in await day.lee.messages(day.console) if "Controls of" in m.text]
            assert len(controls) == 1
            await stage.demo.program.rides.wait_idle()


async def test_before_the_hour_while_the_rides_are_prepared(stored: Settings) -> None:
    async with workspace_for(stored) as (
        workspace,
        settings,
    ):
        hour = next_minute(datetime.now(UTC), LEAD + timedelta(seconds=3))
        async with life(workspace, settings, speed=SLOWLY) as stage:
            day = await DayStage.on(stage)
            await plan(day, hour)
            await day.lee.wait_for(
                day.channel, lambda m: m.words.count("getting ready") == len(CREWS), PATIENCE * 3
            )
            # The console knows the channels that are made.
            await day.lee.wait_for(day.console, lambda m: m.words.count("in <#") == len(CREWS), PATIENCE)
        async with life(workspace, settings, speed=SLOWLY) as stage:
            day.stage = stage
            await day.board(lambda m: m.words.count("🚨 live") == len(CREWS), patience=PATIENCE * 3)
            rides = await stage.demo.program.store.recent((await day.info()).team.id, 10)
            lives = [ride.live_at for ride in rides if ride.live_at is not None]
            assert len(lives) == len(CREWS)
            assert max(lives) - min(lives) <= timedelta(seconds=1)
            await day.click("gameday_end_day")
            await day.lee.wait_for(day.channel, lambda m: "No team has a score" in m.words, PATIENCE)
            await stage.demo.program.rides.wait_idle()
