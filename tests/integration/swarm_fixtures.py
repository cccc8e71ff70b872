"""A swarm of two machines for the tests, with the sandboxes' image on both and a container for the bot.

The tests themselves are the bot: they go into the container's network, where the sandboxes' networks lead.
"""

import asyncio
import ctypes
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

import pytest
from docker import DockerClient

from sandbox.containers.docker_engine import DockerEngine
from sandbox.containers.docker_provider import DockerSettings
from sandbox.sql_session.person_session import PersonSession
from sandbox.swarm.provider import SwarmProvider, SwarmSettings
from scenarios.model.scenario import Scenario
from tests.integration.docker_fixtures import give_up
from tests.integration.swarm_rig import Machine, Swarm, missing, swarm

CLONE_NEWNET = 0x40000000
"""From linux/sched.h."""
ANCHOR = "bot"
CHUNK = 1 << 20

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """The swarm, ready for sandboxes."""

    swarm: Swarm
    image: str
    """The base image."""
    anchor: int
    """A process in the container in whose network the bot is."""

    def settings(self, *constraints: str, installation: str = "test") -> SwarmSettings:
        """As in a deployment, but for the encryption: not every kernel carries it."""
        return SwarmSettings(
            containers=DockerSettings(image=self.image, installation=installation),
            constraints=constraints,
            encrypted=False,
            attach=ANCHOR,
        )

    def provider(self, settings: SwarmSettings) -> SwarmProvider:
        """A provider at the manager."""
        url = self.swarm.manager.url
        return SwarmProvider(settings, PersonSession, DockerEngine(lambda: DockerClient(base_url=url)))


@pytest.fixture(scope="module")
def ground(docker_engine: DockerClient, sandbox_image: str, scenario: Scenario) -> Iterator[Ground]:
    """Two machines with all that a ride needs."""
    lacks = missing()
    if lacks is not None:
        give_up(f"no swarm of two machines here: {lacks}")
    with (
        tempfile.TemporaryDirectory(prefix="ride-swarm-", ignore_cleanup_errors=True) as folder,
        swarm(Path(folder)) as machines,
        machines.manager.client() as manager,
    ):
        copy_image(sandbox_image, docker_engine, machines.manager)
        container = manager.containers.run(
            sandbox_image, entrypoint=["sleep", "infinity"], detach=True, name=ANCHOR, init=True
        )
        container.reload()
        found = Ground(
            swarm=machines,
            image=sandbox_image,
            anchor=machines.manager.process(container.attrs["State"]["Pid"]),
        )
        made = asyncio.run(_build(found, scenario))
        copy_image(made, manager, machines.worker)
        yield found


@pytest.fixture
def inside(ground: Ground) -> Iterator[None]:
    """The test is in the bot's container, as far as the network goes."""
    with in_network_of(ground.anchor):
        yield


@pytest.fixture
def swarm_settings(ground: Ground, inside: None, monkeypatch: pytest.MonkeyPatch) -> SwarmSettings:
    """An installation of its own, with its sandboxes at the manager: at the engine that DOCKER_HOST names."""
    monkeypatch.setenv("DOCKER_HOST", ground.swarm.manager.url)
    return ground.settings("node.role==manager", installation=token_hex(8))


@contextmanager
def in_network_of(process: int) -> Iterator[None]:
    """This thread, and what it starts, in the network of another process."""
    with Path("/proc/thread-self/ns/net").open() as here, Path(f"/proc/{process}/ns/net").open() as there:
        _enter(there.fileno())
        try:
            yield
        finally:
            _enter(here.fileno())


def _enter(namespace: int) -> None:
    if _libc.setns(namespace, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


async def _build(ground: Ground, scenario: Scenario) -> str:
    provider = ground.provider(ground.settings())
    try:
        await provider.prepare(scenario, lambda _: None)
        (image,) = await provider.images.all()
    finally:
        await provider.close()
    return image.name


def copy_image(image: str, source: DockerClient, machine: Machine) -> None:
    """As `docker save | docker load`."""
    with machine.client() as target, tempfile.TemporaryFile() as archive:
        for chunk in source.images.get(image).save(CHUNK, named=True):
            archive.write(chunk)
        archive.seek(0)
        target.images.load(archive)
