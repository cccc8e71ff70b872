"""The container that we run in: by it we are on the sandboxes' networks, which reach only containers."""

import asyncio
import socket
from pathlib import Path

from docker import DockerClient

from sandbox.containers.docker_engine import NOT_FOUND, DockerEngine, EngineRefusedError
from sandbox.errors import SandboxError

INSIDE = Path("/.dockerenv")
"""There in every container of a Docker engine."""


class Anchor:
    """That container, by its name or id, or else the one whose id our host name is."""

    def __init__(self, engine: DockerEngine, named: str | None) -> None:
        self._engine = engine
        self._named = named

    async def look(self) -> None:
        """Raises SandboxError when there is no such container, or the engine does not answer."""
        named = await self._name()
        try:
            await self._engine.do(lambda client: client.api.inspect_container(named))
        except EngineRefusedError as error:
            if error.status != NOT_FOUND:
                raise
            raise SandboxError(
                f"This engine has no container {named}, so Ride can't join the sandboxes' networks. "
                "Set RIDE_SWARM_ATTACH to the container that Ride runs in; it has to be on the engine that "
                "DOCKER_HOST points to."
            ) from error

    async def join(self, network: str) -> None:
        """Be on a network; nothing happens when we are."""
        named = await self._name()
        await self._engine.do(lambda client: _connect(client, named, network))

    async def _name(self) -> str:
        if self._named is not None:
            return self._named
        if await asyncio.to_thread(INSIDE.exists):
            return socket.gethostname()
        raise SandboxError(
            "A swarm's networks reach only containers, and Ride isn't running in one. Start it in a "
            "container on a manager of the swarm (docs/scale.md), or name the container whose network it "
            "shares in RIDE_SWARM_ATTACH."
        )


def _connect(client: DockerClient, container: str, network: str) -> None:
    on = client.api.inspect_container(container)["NetworkSettings"]["Networks"]
    if network not in on:
        client.api.connect_container_to_network(container, network)
