"""Ride without Slack: the local workspace and the bot in one program, joined by Socket Mode as with Slack."""

import errno
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from bot.app import Program, running
from bot.config import Settings
from bot.errors import PortTakenError
from bot.slack.manifest import manifest as app_manifest
from bot.slack_mode import installation_settings
from bot.workspace.page.routes import mount
from bot.workspace.server import Workspace
from scenarios.model import Scenario

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Demo:
    """A demo that runs."""

    program: Program
    workspace: Workspace
    settings: Settings


@asynccontextmanager
async def running_demo(
    settings: Settings,
    folder: Path,
    *,
    port: int = 0,
    speed: float = 1.0,
    prepare: Sequence[Scenario] | None = None,
    progress: Callable[[str], None],
) -> AsyncIterator[Demo]:
    """The workspace, the page and the bot, until the block is left; then nothing of it is left running.

    `prepare` are the scenarios to make ready before anybody asks; None: all. Raises PortTakenError.
    """
    progress("Opening the workspace")
    workspace = Workspace(mounts=[mount])
    try:
        await workspace.start(host=LOOPBACK, port=port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTakenError(port) from error
        raise
    try:
        workspace.install(app_manifest(installation_settings(settings)))
        local = settings.model_copy(
            update={
                "slack_bot_token": SecretStr(workspace.bot_token),
                "slack_app_token": SecretStr(workspace.app_token),
                "slack_api_url": workspace.api_url,
                "connect_host": LOOPBACK,
                "data_folder": folder,
                "database_url": None,
            }
        )
        progress("Connecting the bot")
        async with running(local, speed=speed, stop_rides=True) as program:
            for scenario in program.catalogue.all() if prepare is None else prepare:
                progress(f"Preparing {scenario.slug}")
                await program.provider.prepare(scenario, progress)
            yield Demo(program=program, workspace=workspace, settings=local)
    finally:
        await workspace.aclose()
