"""Sandboxes on another machine of a real swarm: what only this provider has to show."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import timedelta
from secrets import token_hex

import pytest
from docker import DockerClient
from docker.models.containers import Container

from sandbox.errors import SandboxError
from sandbox.server.labels import INSTALLATION_LABEL, SANDBOX_LABEL
from sandbox.server.running import RunningSandbox
from sandbox.swarm.provider import SwarmProvider, SwarmSettings
from scenarios.model.scenario import Scenario
from tests.integration.docker_fixtures import DOCKER
from tests.integration.sandbox_fixtures import LEASE, client, eventually, rows
from tests.integration.swarm_fixtures import Ground

pytestmark = [*DOCKER, pytest.mark.usefixtures("inside")]

ON_THE_WORKER = "node.role==worker"
OVERLAYS = "10.0"


@pytest.fixture
def settings(ground: Ground) -> SwarmSettings:
    """An installation of its own for each test; sandboxes on the machine where the bot is not."""
    return ground.settings(ON_THE_WORKER, installation=token_hex(8))


@pytest.fixture
async def provider(ground: Ground, settings: SwarmSettings) -> AsyncIterator[SwarmProvider]:
    """What is left of its sandboxes is cleared away at the end."""
    made = ground.provider(settings)
    try:
        yield made
    finally:
        await made.clear(())
        await made.close()


@asynccontextmanager
async def another_life(ground: Ground, settings: SwarmSettings) -> AsyncIterator[SwarmProvider]:
    made = ground.provider(settings)
    try:
        yield made
    finally:
        await made.close()


async def start(provider: SwarmProvider, scenario: Scenario, lease: timedelta = LEASE) -> RunningSandbox:
    sandbox = await provider.start(scenario, "ride", lease)
    assert isinstance(sandbox, RunningSandbox)
    return sandbox


@contextmanager
def container_of(sandbox: RunningSandbox, ground: Ground) -> Iterator[Container]:
    """The sandbox's container, at the engine of the other machine."""
    with ground.swarm.worker.client() as worker:
        (found,) = worker.containers.list(filters={"label": f"{SANDBOX_LABEL}={sandbox.id}"})
        yield found


def run(container: Container, command: str) -> tuple[int, str]:
    """A shell command in the container; its exit code and what it said."""
    code, said = container.exec_run(["bash", "-c", command])
    assert isinstance(said, bytes)
    return int(code or 0), said.decode(errors="replace")


def remains(manager: DockerClient, installation: str) -> list[str]:
    """The services and networks of an installation."""
    filters = {"label": f"{INSTALLATION_LABEL}={installation}"}
    services = [str(one.name) for one in manager.services.list(filters=filters)]
    return services + [str(one.name) for one in manager.networks.list(filters=filters)]


async def test_an_incident_on_another_machine(
    ground: Ground, provider: SwarmProvider, settings: SwarmSettings, scenario: Scenario
) -> None:
    sandbox = await start(provider, scenario)
    measured, queue = await sandbox.arm()
    assert (measured.writers_waiting, measured.writes_per_second) == (4, 0)
    assert [blocker.group for blocker in queue.blockers] == [scenario.blocker]
    login = await sandbox.add_person("U1", "ada")
    async with client(login) as connection:
        assert await rows(connection, "SELECT current_user::text") == [("ada",)]
    with container_of(sandbox, ground):
        pass  # it runs there, and not here
    await sandbox.destroy()
    with ground.swarm.manager.client() as manager:
        assert remains(manager, settings.containers.installation) == []


async def test_from_inside_there_is_no_way_to_anywhere(
    ground: Ground, provider: SwarmProvider, scenario: Scenario
) -> None:
    one, two = await asyncio.gather(start(provider, scenario), start(provider, scenario))
    neighbour = two.housing.address
    with container_of(one, ground) as container, container_of(two, ground) as other:
        _, status = run(container, "cat /proc/1/status")
        assert "CapEff:\t0000000000000000" in status
        assert "CapBnd:\t0000000000000000" in status
        assert "Uid:\t60777\t60777" in status
        assert run(container, "echo x >/etc/x")[0] != 0
        # One network of its own, and no gateway out of it.
        _, routes = run(container, "cat /proc/net/route")
        targets = [line.split()[1] for line in routes.splitlines()[1:]]
        assert "00000000" not in targets
        assert len(targets) == 1
        # The neighbour is there, for it itself; not from here, nor is the machine under it.
        knock = f"timeout 3 bash -c '</dev/tcp/{neighbour.host}/{neighbour.port}'"
        assert run(other, knock) == (0, "")
        assert run(container, knock)[0] != 0
        for machine in (ground.swarm.worker, ground.swarm.manager):
            assert run(container, f"timeout 3 bash -c '</dev/tcp/{machine.address}/2377'")[0] != 0
        assert run(container, "cat /sys/fs/cgroup/pids/pids.max")[1].strip() == "256"
        limit = run(container, "cat /sys/fs/cgroup/memory/memory.limit_in_bytes")[1]
        assert int(limit) == ground.settings().containers.memory


async def test_our_password_is_nowhere_to_be_seen(
    ground: Ground, provider: SwarmProvider, scenario: Scenario
) -> None:
    sandbox = await start(provider, scenario)
    with ground.swarm.manager.client() as manager:
        service = manager.api.inspect_service(sandbox.id)  # type: ignore[no-untyped-call]
    spec = service["Spec"]["TaskTemplate"]["ContainerSpec"]
    (password,) = (one.partition("=")[2] for one in spec["Env"] if one.startswith("RIDE_OBSERVER_PASSWORD="))
    assert password not in str(spec["Labels"])
    login = await sandbox.add_person("U1", "ada")
    async with client(login) as connection:
        for view in ("pg_stat_activity", "pg_stat_statements"):
            seen = await rows(connection, f"SELECT query FROM {view}")
            assert not any(password in str(row) or "SCRAM" in str(row) for row in seen), view
    with container_of(sandbox, ground) as container:
        # The entry script alone was told; what it has started was not.
        look = f"for p in $(grep -l {password} /proc/[0-9]*/environ); do cat ${{p%environ}}comm; done"
        assert not {"postgres", "pgbench"} & set(run(container, look)[1].split())
        assert run(container, "cat /proc/$(head -1 /var/ride/data/postmaster.pid)/comm") == (0, "postgres\n")
        assert run(container, f"grep -rl {password} /var/ride")[1] == ""


async def test_another_life_takes_it_up_from_another_container(
    ground: Ground, provider: SwarmProvider, settings: SwarmSettings, scenario: Scenario
) -> None:
    sandbox = await start(provider, scenario)
    measured, _ = await sandbox.arm()
    login = await sandbox.add_person("U1", "ada")
    await sandbox.leave()
    with ground.swarm.manager.client() as manager:
        # As it is after the bot's container was made anew: it is on none of the networks.
        manager.networks.get(sandbox.id).disconnect("bot", force=True)
    async with another_life(ground, settings) as other:
        adopted = await other.adopt(scenario, sandbox.id)
        assert isinstance(adopted, RunningSandbox)
        assert await adopted.add_person("U1", "whatever") == login
        now = await adopted.measure()
        assert now.writes_per_second_before == measured.writes_per_second_before
        assert await other.clear([sandbox.id]) == []
        async with another_life(
            ground, replace(settings, containers=replace(settings.containers, installation="x"))
        ) as foreign:
            assert await foreign.adopt(scenario, sandbox.id) is None
            assert await foreign.clear(()) == []
        assert await other.clear(()) == [sandbox.id]
    with ground.swarm.manager.client() as manager:
        assert remains(manager, settings.containers.installation) == []


async def test_what_nobody_owns_is_cleared_away(
    ground: Ground, provider: SwarmProvider, settings: SwarmSettings, scenario: Scenario
) -> None:
    sandbox = await start(provider, scenario)
    with ground.swarm.manager.client() as manager:
        # A removal that was cut off.
        manager.api.remove_service(sandbox.id)  # type: ignore[no-untyped-call]
        assert remains(manager, settings.containers.installation) == [sandbox.id]
        assert await provider.clear([sandbox.id]) == [sandbox.id]
        assert remains(manager, settings.containers.installation) == []


@pytest.mark.parametrize(
    ("command", "cause"),
    [
        ("kill -TERM 1", "its container was stopped from outside"),
        ("kill -KILL $(head -1 /var/ride/data/postmaster.pid)", "PostgreSQL stopped by itself"),
    ],
)
async def test_it_says_what_has_ended_it(
    ground: Ground, provider: SwarmProvider, scenario: Scenario, command: str, cause: str
) -> None:
    sandbox = await start(provider, scenario)
    assert await sandbox.check_alive() is None
    with container_of(sandbox, ground) as container:
        run(container, command)

    async def ended() -> bool:
        return await sandbox.check_alive() is not None

    await eventually(ended)
    assert await sandbox.check_alive() == cause
    assert await provider.clear([sandbox.id]) == [sandbox.id]  # kept or not: it is dead


async def test_it_ends_with_its_lease(provider: SwarmProvider, scenario: Scenario) -> None:
    sandbox = await start(provider, scenario)
    await sandbox.renew(timedelta(seconds=0.1))

    async def over() -> bool:
        return await sandbox.check_alive() == "its lease expired"

    await eventually(over)


async def test_no_machine_takes_it(ground: Ground, settings: SwarmSettings, scenario: Scenario) -> None:
    async with another_life(ground, replace(settings, constraints=("node.labels.nobody==has",))) as provider:
        with pytest.raises(
            SandboxError, match=r"No machine in the swarm can take another sandbox .*RIDE_SWARM_CONSTRAINTS"
        ):
            await provider.start(scenario, "ride", LEASE)
    with ground.swarm.manager.client() as manager:
        assert remains(manager, settings.containers.installation) == []


async def test_a_machine_without_the_image(
    ground: Ground, settings: SwarmSettings, scenario: Scenario
) -> None:
    elsewhere = replace(settings, containers=replace(settings.containers, repository="not-copied"))
    async with another_life(ground, elsewhere) as provider:
        await provider.prepare(scenario, lambda _: None)
        with ground.swarm.manager.client() as manager:
            # The same content would have the same id, and be there.
            image = await provider.images.get(scenario, lambda _: None)
            manager.images.get(image.id)
        with pytest.raises(SandboxError, match="ride images build --push"):
            await provider.start(scenario, "ride", LEASE)
    with ground.swarm.manager.client() as manager:
        assert remains(manager, settings.containers.installation) == []


async def test_it_wants_a_manager_and_a_container(
    ground: Ground, settings: SwarmSettings, scenario: Scenario
) -> None:
    async with another_life(ground, replace(settings, attach="nobody")) as provider:
        with pytest.raises(SandboxError, match=r"no container nobody.*RIDE_SWARM_ATTACH"):
            await provider.prepare(scenario, lambda _: None)
