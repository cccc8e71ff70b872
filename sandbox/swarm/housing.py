"""A sandbox that is a service of a swarm: reached over the network that it shares with nobody but us."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from docker import DockerClient
from docker.errors import NotFound

from sandbox.address import Address
from sandbox.containers.docker_engine import NOT_FOUND, DockerEngine, EngineRefusedError
from sandbox.containers.housing import ContainerHousing
from sandbox.errors import SandboxError
from sandbox.swarm.roll import RollCall

log = logging.getLogger(__name__)

LOST_SECONDS = 30.0
"""A manager gives a machine up about 15 s after its last word (dispatcher heartbeat of 5 s, three times)."""
REMOVE_SECONDS = 15.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Berth:
    """Where in the swarm a sandbox is."""

    id: str
    """The sandbox's, and the name of its service and of its network."""
    service: str
    """The service's own id."""
    address: Address
    password: str
    """The observer's."""


class SwarmHousing(ContainerHousing):
    """Fulfils the Housing protocol over the manager, for how it fares, and the server, for all else."""

    def __init__(self, engine: DockerEngine, roll: RollCall, berth: Berth) -> None:
        super().__init__(berth.id, berth.address, berth.password)
        self._engine = engine
        self._roll = roll
        self._service = berth.service

    @property
    def patience(self) -> float:
        return LOST_SECONDS

    async def cause(self) -> str | None:
        return await self._roll.cause(self._service)

    async def said(self) -> str:
        return await _last_words(self._engine, self._service)

    async def end(self) -> None:
        await self.let_go()
        await remove(self._engine, self.id)


async def _last_words(engine: DockerEngine, service: str, lines: int = 20) -> str:
    """The end of what a service's task said; empty if there is nothing, or nobody to ask."""

    def read(client: DockerClient) -> bytes:
        said = client.api.service_logs(service, stdout=True, stderr=True, tail=str(lines), is_tty=False)
        return b"".join(said)

    try:
        return (await engine.do(read)).decode(errors="replace").strip()
    except SandboxError:
        return ""


async def remove(engine: DockerEngine, name: str) -> None:
    """Remove a sandbox's service and network, as far as they are there, and wait until they are not.

    What isn't gone after some seconds, such as a network on which a lost machine's task still is, is left:
    who clears next finds it.
    """
    await _is_gone(engine, _removal_of(name))
    deadline = time.monotonic() + REMOVE_SECONDS
    refused = "the engine still lists it"
    while True:
        try:
            if await _is_gone(engine, lambda client: _remove_network(client, name)):
                return
        except EngineRefusedError as error:
            # Its task is still on it, or it is half gone: the engine's codes for that differ by version.
            refused = str(error)
        if time.monotonic() > deadline:
            log.warning("the network %s could not be removed yet and is left for later: %s", name, refused)
            return
        await asyncio.sleep(0.1)


def _removal_of(service: str) -> Callable[[DockerClient], object]:
    return lambda client: client.api.remove_service(service)  # type: ignore[no-untyped-call]


def _remove_network(client: DockerClient, name: str) -> None:
    network = client.api.inspect_network(name)
    # Those of this machine: ours, and perhaps one that the engine keeps for itself and calls by no id.
    for container in network.get("Containers") or {}:
        try:
            client.api.disconnect_container_from_network(container, name, force=True)
        except NotFound:
            continue
    client.api.remove_network(name)


async def _is_gone(engine: DockerEngine, call: Callable[[DockerClient], object]) -> bool:
    """Whether what the call is about isn't there (any more)."""
    try:
        await engine.do(call)
    except EngineRefusedError as error:
        if error.status != NOT_FOUND:
            raise
        return True
    return False
