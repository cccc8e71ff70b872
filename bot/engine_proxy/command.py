"""`ride engine-proxy`: the door between the bot and the Docker engine."""

import asyncio
import logging
from pathlib import Path
from typing import Annotated

import typer

from bot.base.config import load_settings
from bot.cli.exits import stopping_of
from bot.engine_proxy.engine import Engine
from bot.engine_proxy.errors import NoSocketVolumeError
from bot.engine_proxy.policy import Policy
from bot.engine_proxy.server import EngineProxy, serving
from bot.operations.logs import set_up_logs
from sandbox.containers.container import UID

ENGINE = "/var/run/docker.sock"
LISTEN = Path("/run/engine/docker.sock")
USER = f"{UID}:{UID}"
"""Who sandboxes run as."""
BUILDER = "postgres"
"""Who makes the data of their images."""

log = logging.getLogger(__name__)


def command(
    context: typer.Context,
    *,
    listen: Annotated[Path, typer.Option(help="The socket for the bot, as its DOCKER_HOST.")] = LISTEN,
    engine: Annotated[str, typer.Option(help="The engine's own socket.")] = ENGINE,
    user: Annotated[str, typer.Option(help="Who sandboxes may run as, UID:GID.")] = USER,
) -> None:
    """Pass on to the Docker engine only the calls that Ride's sandboxes need."""
    settings = load_settings()
    set_up_logs(settings)
    if settings.socket_volume is None or settings.socket_folder is None:
        raise NoSocketVolumeError
    policy = Policy(
        sandbox_image=settings.sandbox_image,
        repository=settings.image_repository,
        socket_volume=settings.socket_volume,
        user=user,
        builder=BUILDER,
    )
    sockets = settings.socket_folder

    async def work(stopped: asyncio.Event) -> None:
        async with Engine(engine) as behind:
            async with behind.call("GET", "_ping"):
                pass
            async with serving(EngineProxy(policy, behind, sockets), listen):
                log.info("Ride's engine proxy is ready at %s.", listen)
                await stopped.wait()

    stopping_of(context).run(work)
