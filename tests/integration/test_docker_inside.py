"""A sandbox's container, seen from inside, and what is the Docker provider's own beside the contract."""

import asyncio
import contextlib
import os
import struct
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from secrets import token_hex

import psycopg
import pytest
from docker import DockerClient
from docker.models.containers import Container
from psycopg import errors

from sandbox.containers import container
from sandbox.containers.docker_engine import DockerEngine, EngineUnreachableError
from sandbox.containers.docker_housing import DockerHousing
from sandbox.containers.docker_provider import DockerProvider, DockerSettings
from sandbox.errors import SandboxError
from sandbox.gateway.gateway import GatewaySettings
from sandbox.provider import Login
from sandbox.server.running import RunningSandbox
from scenarios.model.scenario import Scenario
from tests.integration.docker_fixtures import DOCKER
from tests.integration.sandbox_fixtures import LEASE, client, eventually, make, no_session, rows, running

pytestmark = list(DOCKER)


@pytest.fixture
def settings(sandbox_image: str, image_repository: str) -> DockerSettings:
    return DockerSettings(
        image=sandbox_image,
        repository=image_repository,
        gateway=GatewaySettings(ports=(25432, 25531)),
        installation=token_hex(8),
    )


def housing_of(sandbox: RunningSandbox) -> DockerHousing:
    assert isinstance(sandbox.housing, DockerHousing)
    return sandbox.housing


def container_of(engine: DockerClient, sandbox: RunningSandbox) -> Container:
    return engine.containers.get(housing_of(sandbox).container)


def inside(one: Container, script: str) -> str:
    """What a shell in the container says, as the user that its server is."""
    said = one.exec_run(["sh", "-c", script]).output
    assert isinstance(said, bytes)
    return said.decode(errors="replace")


async def test_there_is_no_way_out_of_a_container(
    docker_engine: DockerClient, settings: DockerSettings, scenario: Scenario
) -> None:
    async with running(settings, scenario) as sandbox, running(settings, scenario) as other:
        one = container_of(docker_engine, sandbox)

        interfaces = inside(one, "cat /proc/net/dev").splitlines()[2:]
        assert [line.split(":")[0].strip() for line in interfaces] == ["lo"]
        assert inside(one, "cat /proc/net/route").splitlines()[1:] == []

        status = dict(line.split(":\t", 1) for line in inside(one, "cat /proc/1/status").splitlines())
        assert [int(status[name], 16) for name in ("CapEff", "CapPrm", "CapBnd", "CapAmb")] == [0] * 4
        assert status["NoNewPrivs"].strip() == "1"
        assert status["Uid"].split() == status["Gid"].split() == [str(container.UID)] * 4
        assert status["Seccomp"].strip() == "2"

        # All that can be written is in memory, or the folder of its own socket.
        written = inside(
            one,
            "for folder in / /etc /tmp /var/tmp /opt/ride /opt/ride/cluster /usr /run /home /var/lib; "
            'do touch "$folder/x" 2>/dev/null && echo "$folder"; done',
        )
        assert written == ""
        mounts = [line.split()[:4] for line in inside(one, "cat /proc/mounts").splitlines()]
        writable = {
            place: kind
            for _, place, kind, options in mounts
            if options.startswith("rw") and kind not in {"proc", "devpts", "mqueue", "cgroup", "cgroup2"}
        }
        sockets = writable.pop(str(container.SOCKETS))
        assert set(writable.values()) == {"tmpfs"}
        assert sockets != "overlay"
        assert inside(one, f"ls -A {container.SOCKETS}").split() == [".s.PGSQL.5432", ".s.PGSQL.5432.lock"]
        assert other.id not in inside(one, "cat /proc/mounts")
        assert inside(one, "ls /var/run/docker.sock 2>/dev/null") == ""


async def test_the_limits_hold_and_the_server_lives(
    docker_engine: DockerClient, settings: DockerSettings, scenario: Scenario
) -> None:
    async with running(settings, scenario) as sandbox:
        one = container_of(docker_engine, sandbox)
        assert (
            one.labels
            | {
                "ride.sandbox": sandbox.id,
                "ride.installation": settings.installation,
                "ride.ride": "ride",
                "ride.scenario": scenario.slug,
                "ride.version": scenario.version,
            }
            == one.labels
        )
        assert int(one.labels["ride.lease"]) > 0
        host = one.attrs["HostConfig"]
        assert (
            host["Memory"] == host["MemorySwap"] == settings.memory > container.ADDRESS_SPACE + container.DATA
        )
        assert host["RestartPolicy"]["Name"] in {"", "no"}
        assert not host["Privileged"]

        login = await sandbox.add_person("U1", "ada")
        async with client(login) as connection:
            writers = "SELECT pid FROM pg_stat_activity WHERE usename = 'app_writer' ORDER BY pid"
            before = await rows(connection, writers)
            # As many processes as it likes, from inside: the kernel says no, and nobody else notices.
            crowd = await asyncio.to_thread(
                inside, one, "for i in $(seq 400); do sleep 2 & done 2>&1 | tail -1; echo done"
            )
            assert "fork" in crowd or "Resource" in crowd, crowd
            with pytest.raises(psycopg.Error) as caught:
                await connection.execute(
                    "SELECT array_agg(s.g) FROM "
                    "(SELECT repeat(generate_series(1, 10000000)::text, 1000) AS g) AS s"
                )
            assert caught.value.sqlstate == "53200"
            assert await rows(connection, writers) == before
        assert await sandbox.check_alive() is None


async def test_nobody_who_rides_steers_the_container(settings: DockerSettings, scenario: Scenario) -> None:
    async with running(settings, scenario) as sandbox:
        login = await sandbox.add_person("U1", "ada")
        async with client(login, "postgres") as connection:
            for role in (login.role, "app_owner"):
                await connection.execute(f"SET ROLE {role}".encode())
                for statement in (
                    f"COPY (SELECT 1) TO '{container.DEADLINE}'",
                    f"COPY (SELECT 1) TO '{container.stage_file('incident')}'",
                    "COPY (SELECT 1) TO PROGRAM 'kill -9 1'",
                    f"SELECT pg_read_file('{container.DEADLINE}')",
                    "SELECT text FROM pg_catalog.ride_kept",
                    "UPDATE pg_catalog.ride_kept SET text = ''",
                ):
                    with pytest.raises(errors.InsufficientPrivilege):
                        await connection.execute(statement.encode())
            # What we do is to be seen, as all sessions are; passwords are not.
            seen = await rows(connection, "SELECT query FROM pg_stat_activity WHERE usename = 'observer'")
            assert seen
            assert login.password not in str(seen)


async def test_a_statement_is_cancelled_and_psql_finds_its_port_again(
    settings: DockerSettings, scenario: Scenario
) -> None:
    async with running(settings, scenario) as left:
        login = await left.add_person("U1", "ada")
        async with client(login) as connection:
            sleeping = asyncio.create_task(connection.execute("SELECT pg_sleep(60)"))

            async def sleeps() -> bool:
                return (await left.sample()).rows_written > 0 and not sleeping.done()

            await eventually(sleeps)
            await connection.cancel_safe()
            with pytest.raises(errors.QueryCanceled):
                await sleeping
        await left.leave()
        with pytest.raises(psycopg.OperationalError):
            async with client(login):
                pass
        provider = make(settings)
        try:
            assert await provider.adopt(scenario, left.id) is not None
            async with client(login) as connection:
                assert await rows(connection, "SELECT 1") == [(1,)]
        finally:
            await provider.close()


async def test_strangers_at_the_port_leave_the_server_room(
    settings: DockerSettings, scenario: Scenario
) -> None:
    """Whoever knows a name has a session of the server's until it has waited long enough for the password."""
    async with running(settings, scenario) as sandbox:
        login = await sandbox.add_person("U1", "ada")
        pairs = b"".join(text.encode() + b"\0" for text in ("user", login.role, "database", login.database))
        startup = struct.pack("!II", len(pairs) + 9, 196608) + pairs + b"\0"
        strangers = []
        for _ in range(60):
            reader, writer = await asyncio.open_connection(login.host, login.port)
            writer.write(startup)
            strangers.append(writer)
            assert await reader.read(1) in {b"R", b"E"}
        async with await housing_of(sandbox).observer.connect() as connection:
            await connection.execute("SELECT 1")
        for writer in strangers:
            writer.close()
            with contextlib.suppress(ConnectionError):  # of those who were turned away
                await writer.wait_closed()
        await eventually(lambda: can_log_in(login))


async def can_log_in(login: Login) -> bool:
    try:
        async with client(login):
            return True
    except psycopg.OperationalError:
        return False


async def test_what_is_dead_is_cleared_away_by_its_own_installation(
    docker_engine: DockerClient, settings: DockerSettings, scenario: Scenario
) -> None:
    async with running(settings, scenario) as sandbox:
        container_of(docker_engine, sandbox).kill()
        other, same = make(replace(settings, installation="another")), make(settings)
        try:
            assert sandbox.id not in await other.clear([])
            assert "killed from outside (signal 9)" in (await sandbox.check_alive() or "")
            assert await same.clear([sandbox.id]) == [sandbox.id]
            assert not housing_of(sandbox).socket.parent.parent.exists()
        finally:
            await other.close()
            await same.close()


async def test_a_stopped_container_says_so(
    docker_engine: DockerClient, settings: DockerSettings, scenario: Scenario
) -> None:
    async with running(settings, scenario) as sandbox:
        await asyncio.to_thread(container_of(docker_engine, sandbox).stop)
        assert await sandbox.check_alive() == "its container was stopped from outside"


async def test_data_that_grows_too_big_ends_the_sandbox_with_that_cause(
    docker_engine: DockerClient, settings: DockerSettings, scenario: Scenario
) -> None:
    async with running(settings, scenario) as sandbox:
        megabytes = (container.DATA_LIMIT >> 20) + 8
        one = container_of(docker_engine, sandbox)
        inside(one, f"head -c {megabytes}M /dev/zero >{container.HOME}/data/big")

        async def noticed() -> bool:
            return await sandbox.check_alive() is not None

        await eventually(noticed)
        assert await sandbox.check_alive() == "its data grew too big"


@pytest.fixture
def own_repository(docker_engine: DockerClient) -> Iterator[str]:
    """A repository with nothing in it yet, emptied afterwards."""
    name = f"ride-test-{token_hex(4)}"
    yield name
    for image in docker_engine.images.list(filters={"reference": f"{name}/*"}):
        for tag in image.tags:
            docker_engine.images.remove(tag)


async def test_two_at_once_build_one_image_and_a_dead_builder_is_no_obstacle(
    docker_engine: DockerClient, settings: DockerSettings, scenario: Scenario, own_repository: str
) -> None:
    own = replace(settings, repository=own_repository)
    other = scenario.model_copy(update={"version": token_hex(4)})
    providers = [DockerProvider(own, no_session) for _ in range(2)]
    said: list[str] = []
    try:
        name = await providers[0].images.name(other)
        builder = f"ride-build-{other.slug}-{name.rpartition(':')[2]}"
        await asyncio.gather(*(provider.prepare(other, said.append) for provider in providers))
        assert sum("initdb" in line for line in said) == 1
        assert sum("Another program" in line for line in said) == 1
        [image] = [one for one in await providers[0].images.all() if one.name == name]
        assert (image.scenario, image.version, image.base) == (other.slug, other.version, own.image)
        assert not docker_engine.containers.list(all=True, filters={"name": builder})

        docker_engine.images.remove(name)
        docker_engine.containers.create(own.image, name=builder, labels={"ride.scenario": "x"})
        await providers[1].prepare(other, said.append)
        assert name in docker_engine.images.get(name).tags
        assert not docker_engine.containers.list(all=True, filters={"name": builder})
    finally:
        for provider in providers:
            await provider.close()


async def test_a_socket_folder_in_a_volume_is_mounted_by_its_place_on_the_machine(
    docker_engine: DockerClient, settings: DockerSettings, scenario: Scenario
) -> None:
    volume = docker_engine.volumes.create(f"ride-test-{token_hex(4)}")
    try:
        place = Path(volume.attrs["Mountpoint"])
        if not os.access(place, os.R_OK | os.W_OK | os.X_OK):
            pytest.skip("only root sees the engine's volumes")
        # As a bot in a container sees the volume: by a name that the engine can't know.
        seen = Path("/tmp") / f"ride-test-{token_hex(4)}"
        seen.symlink_to(place)
        try:
            own = replace(settings, socket_folder=seen, socket_volume=volume.name)
            async with running(own, scenario) as sandbox:
                [mount] = [
                    mount
                    for mount in container_of(docker_engine, sandbox).attrs["Mounts"]
                    if mount["Destination"] == str(container.SOCKETS)
                ]
                assert Path(mount["Source"]) == place / sandbox.id / "s"
        finally:
            seen.unlink()
        wrong = DockerProvider(replace(settings, socket_volume="ride-no-such-volume"), no_session)
        try:
            with pytest.raises(
                SandboxError, match="ride-no-such-volume of RIDE_SOCKET_VOLUME does not exist"
            ):
                await wrong.start(scenario, "ride", LEASE)
        finally:
            await wrong.close()
    finally:
        volume.remove(force=True)


async def test_what_is_wrong_with_an_image_is_said(settings: DockerSettings, scenario: Scenario) -> None:
    unknown = DockerProvider(replace(settings, image="127.0.0.1:9/no-such-image:1"), no_session)
    try:
        with pytest.raises(
            SandboxError, match=r"no image 127\.0\.0\.1:9/no-such-image:1, .* RIDE_SANDBOX_IMAGE"
        ):
            await unknown.prepare(scenario, lambda _: None)
    finally:
        await unknown.close()


async def test_an_image_without_postgresql_is_said_to_be_none(
    docker_engine: DockerClient, settings: DockerSettings, scenario: Scenario
) -> None:
    # The same image, where nothing is found on the PATH but a shell's own tools.
    name = f"ride-test-{token_hex(4)}:none"
    bare = docker_engine.containers.create(settings.image)
    repository, _, tag = name.partition(":")
    bare.commit(repository=repository, tag=tag, changes="ENV PATH=/usr/bin:/bin/nowhere")
    bare.remove(v=True)
    provider = DockerProvider(replace(settings, image=name), no_session)
    try:
        with pytest.raises(
            SandboxError, match=r"the image has no initdb on its PATH\. .* RIDE_SANDBOX_IMAGE"
        ):
            await provider.prepare(scenario, lambda _: None)
    finally:
        await provider.close()
        docker_engine.images.remove(name)


async def test_an_engine_that_does_not_answer_is_said_with_what_to_do(scenario: Scenario) -> None:
    def nowhere() -> DockerClient:
        return DockerClient(base_url="tcp://127.0.0.1:9", version="1.41")

    provider = DockerProvider(DockerSettings(), no_session, DockerEngine(nowhere))
    with pytest.raises(
        EngineUnreachableError, match=r"DOCKER_HOST.*\(1\).*\(2\).*RIDE_PROVIDER=embedded"
    ) as error:
        await provider.prepare(scenario, lambda _: None)
    assert str(error.value).startswith("The Docker engine does not answer: Connection refused. ")
    await provider.close()
