"""Ride without Slack: the local workspace and the bot in one program, joined by Socket Mode as with Slack."""

import errno
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from bot.base.config import Settings
from bot.base.errors import PortTakenError
from bot.program.app import Program, running
from bot.program.slack_mode import installation_settings
from bot.slack.manifest import manifest as app_manifest
from bot.workspace.page.routes import mount
from bot.workspace.server import Workspace
from scenarios.model.scenario import Scenario

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Demo:
    """A demo that runs."""

    program: Program
    workspace: Workspace
    settings: Settings


def own_api_url(workspace: Workspace) -> str:
    """Where a workspace's Web API is."""
    return workspace.api_url


def demo_workspace(*, slack_rates: bool = False) -> Workspace:
    """The workspace of a demo, with its page. `slack_rates` holds the bot to Slack's published limits."""
    return Workspace(mounts=[mount], rate_limits=slack_rates, outside_marketplace=slack_rates)


@asynccontextmanager
async def running_demo(
    settings: Settings,
    folder: Path,
    *,
    port: int = 0,
    speed: float = 1.0,
    prepare: Sequence[Scenario] | None = None,
    workspace: Workspace | None = None,
    api_url: Callable[[Workspace], str] = own_api_url,
    progress: Callable[[str], None],
) -> AsyncIterator[Demo]:
    """The workspace, the page and the bot, until the block is left; then nothing of it is left running.

    `prepare` are the scenarios to make ready before anybody asks; None: all. `workspace` is one that is not
    started yet; None: `demo_workspace()`. `api_url` says where the bot finds the Web API of the started
    workspace. Raises PortTakenError.
    """
    progress("Opening the workspace")
    workspace = workspace if workspace is not None else demo_workspace()
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
                "slack_api_url": api_url(workspace),
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
