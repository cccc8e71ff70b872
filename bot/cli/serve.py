"""`ride serve`: the bot in a real workspace, alone or as one of several on one database."""

import asyncio
import logging
from contextlib import AsyncExitStack
from functools import partial
from typing import Annotated

import typer

from bot.base.config import Settings, load_settings
from bot.base.errors import FolderInUseError, SlackRefusedError
from bot.base.state_folder import own_folder
from bot.base.stopping import first
from bot.cli.exits import stopping_of
from bot.operations.logs import set_up_logs
from bot.operations.operations import Operations, operating
from bot.program.app import running
from bot.program.leadership import Candidate
from bot.program.slack_mode import check_settings, listening
from bot.rides.errors import ChatRefusedError
from bot.slack.transport.site import Site
from storage.database import is_sqlite
from storage.fence import Fence

log = logging.getLogger("ride")


async def serve(settings: Settings, stopped: asyncio.Event, *, http: bool) -> None:
    """Serve until stopped. Raises FolderInUseError, ChatRefusedError and StorageErrors from the start."""
    async with (
        operating(settings.operations_address) as operations,
        listening(settings, http=http) as site,
    ):
        term = partial(_lead, settings, stopped, operations, site)
        url = settings.storage_url()
        if not is_sqlite(url):
            await Candidate(url, operations.readiness).run(stopped, term)
            return
        # A file is one program's: whoever has the folder leads.
        with own_folder(settings.data_folder, "serve") as folder:
            if not folder.first:
                raise FolderInUseError(settings.data_folder)
            await term(None)


async def _lead(
    settings: Settings, stopped: asyncio.Event, operations: Operations, site: Site | None, fence: Fence | None
) -> None:
    async with AsyncExitStack() as stack:
        entering = running(settings, operations=operations, site=site, fence=fence)
        program = await first(stopped, stack.enter_async_context(entering))
        if program is None:
            return
        for scenario in program.catalogue.all():
            if not stopped.is_set():
                await first(stopped, program.provider.prepare(scenario, log.info))
        if not stopped.is_set():
            log.info("Ride is ready: type %s list in Slack.", settings.ride_command)
        await stopped.wait()
        log.info("Stopping. Live rides continue when `ride serve` runs again.")


def command(
    context: typer.Context,
    *,
    http: Annotated[
        bool, typer.Option("--http", help="Serve over HTTP, for every workspace that installs Ride.")
    ] = False,
) -> None:
    """Run the bot in one Slack workspace over Socket Mode, or in several over HTTP."""
    settings = load_settings()
    check_settings(settings, http=http)
    set_up_logs(settings)
    try:
        stopping_of(context).run(partial(serve, settings, http=http))
    except ChatRefusedError as refusal:
        raise SlackRefusedError(refusal.step, refusal.code, settings.slack_api_url) from None
