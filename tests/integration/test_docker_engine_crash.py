"""What becomes of sandboxes when the Docker engine itself crashes: it is killed here, and started again."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from docker import DockerClient

from sandbox.containers.docker_engine import DockerEngine
from sandbox.containers.docker_provider import DockerProvider, DockerSettings
from sandbox.sql_session.person_session import PersonSession
from scenarios.model.scenario import Scenario
from tests.integration.docker_fixtures import DOCKER, give_up
from tests.integration.sandbox_fixtures import LEASE, eventually
from tests.integration.swarm_fixtures import copy_image
from tests.integration.swarm_rig import Machine, missing, single

pytestmark = list(DOCKER)


@pytest.fixture(scope="module")
def machine(docker_engine: DockerClient, sandbox_image: str) -> Iterator[Machine]:
    """An engine of our own, which may be killed."""
    lacks = missing()
    if lacks is not None:
        give_up(f"no engine of our own here: {lacks}")
    with (
        tempfile.TemporaryDirectory(prefix="ride-crash-", ignore_cleanup_errors=True) as folder,
        single(Path(folder)) as found,
    ):
        copy_image(sandbox_image, docker_engine, found)
        yield found


@pytest.fixture
def settings(machine: Machine, sandbox_image: str) -> Iterator[DockerSettings]:
    # A short path, for the sockets' sake.
    with tempfile.TemporaryDirectory(prefix="ride-", dir="/tmp") as folder:
        yield DockerSettings(image=sandbox_image, installation="crash", socket_folder=Path(folder))


@pytest.fixture
async def provider(machine: Machine, settings: DockerSettings) -> AsyncIterator[DockerProvider]:
    made = _provider(machine, settings)
    yield made
    await made.clear([])
    await made.close()


async def test_the_engine_crashes_under_a_ride(
    machine: Machine, provider: DockerProvider, scenario: Scenario
) -> None:
    """The incident is over with it, which nobody takes for a fix; what is left goes at the next look."""
    await provider.prepare(scenario, lambda _: None)
    sandbox = await provider.start(scenario, "r1", LEASE)
    await sandbox.arm()
    assert await sandbox.check_alive() is None
    machine.crash_engine()

    async def noticed() -> bool:
        return await sandbox.check_alive() is not None

    await eventually(noticed)
    assert await sandbox.check_alive() == "its container was stopped from outside"
    with machine.client() as client:
        assert len(client.containers.list(all=True)) == 1
        assert await provider.clear([sandbox.id]) == [sandbox.id]
        assert client.containers.list(all=True) == []
    again = await provider.start(scenario, "r2", LEASE)
    await again.arm()
    await again.destroy()


async def test_bot_and_engine_crash_together(
    machine: Machine, provider: DockerProvider, settings: DockerSettings, scenario: Scenario
) -> None:
    """The next bot finds nothing to adopt, and clears away what the first one had."""
    await provider.prepare(scenario, lambda _: None)
    sandbox = await provider.start(scenario, "r1", timedelta(minutes=5))
    await provider.close()
    machine.crash_engine()
    following = _provider(machine, settings)
    try:
        assert await following.adopt(scenario, sandbox.id) is None
        assert await following.clear([]) == [sandbox.id]
        with machine.client() as client:
            assert client.containers.list(all=True) == []
        assert settings.socket_folder is not None
        assert list(settings.socket_folder.iterdir()) == []
    finally:
        await following.close()


def _provider(machine: Machine, settings: DockerSettings) -> DockerProvider:
    engine = DockerEngine(lambda: DockerClient(base_url=machine.url))
    return DockerProvider(settings, PersonSession, engine)
