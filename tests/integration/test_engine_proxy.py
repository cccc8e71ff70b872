"""The proxy in front of a real Docker engine: Ride's calls work through it, an attacker's do not."""

import asyncio
import contextlib
import io
import json
import os
import re
import secrets
import tarfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from docker import DockerClient
from docker.errors import APIError, ImageNotFound, NotFound
from docker.models.containers import Container

from bot.engine_proxy.command import BUILDER, ENGINE, USER
from bot.engine_proxy.documents import Json
from bot.engine_proxy.engine import Engine
from bot.engine_proxy.policy import Policy
from bot.engine_proxy.server import LONGEST, EngineProxy, serving

ALONE = b"Connection: close\r\n\r\n"
"""The end of a request without a body."""

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("docker")]


@dataclass(frozen=True, kw_only=True)
class Rig:
    """The engine itself, and what a bot sees of it."""

    engine: DockerClient
    bot: DockerClient
    socket: Path
    policy: Policy
    mountpoint: str
    seen: Path
    """Where the proxy looks at the folders of the sockets' volume."""

    def folder(self, name: str = "a1") -> str:
        """A sandbox's folder of sockets, on the engine's machine."""
        (self.seen / name / "s").mkdir(parents=True, exist_ok=True)
        return f"{self.mountpoint}/{name}/s"

    def made(self) -> list[Container]:
        """What was made through the proxy and is still there."""
        found = self.engine.containers.list(
            all=True, ignore_removed=True, filters={"label": f"ride.test={self.policy.repository}"}
        )
        return list(found)

    def create(
        self,
        command: str,
        *,
        name: str | None = None,
        host: Mapping[str, Json] | None = None,
        others: Mapping[str, Json] | None = None,
    ) -> Container:
        """A container as the provider makes one, or with other settings. A bind's folder the engine makes."""
        config = {
            "Image": self.policy.sandbox_image,
            "Entrypoint": ["/bin/sh", "-c", command],
            "User": BUILDER,
            "Labels": {"ride.sandbox": "a1", "ride.test": self.policy.repository},
            "HostConfig": {
                "NetworkMode": "none",
                "CapDrop": ["ALL"],
                "SecurityOpt": ["no-new-privileges"],
                "Binds": [f"{self.folder()}:/run/ride:rw"],
                "Memory": 256 << 20,
                "PidsLimit": 50,
                **(host or {}),
            },
            **(others or {}),
        }
        made = self.bot.api.create_container_from_config(config, name)  # type: ignore[no-untyped-call]
        return self.bot.containers.get(made["Id"])

    def commit(self, container: Container, repository: str, *changes: str) -> None:
        """Make an image of a container."""
        self.bot.api.commit(str(container.id), repository=repository, tag="1", changes=list(changes))


@pytest.fixture
def bystander(docker_engine: DockerClient, sandbox_image: str) -> Iterator[Container]:
    """Somebody else's container on the same engine."""
    made = docker_engine.containers.run(
        sandbox_image,
        ["-c", "sleep 600"],
        entrypoint="/bin/sh",
        name=f"bystander-{secrets.token_hex(4)}",
        network_mode="none",
        labels={"com.example.owner": "somebody", "rides": "1"},
        detach=True,
    )
    yield made
    made.remove(v=True, force=True)


@pytest.fixture
async def rig(docker_engine: DockerClient, sandbox_image: str, tmp_path: Path) -> AsyncIterator[Rig]:
    """A proxy at work. What is made through it is gone afterwards."""
    suffix = secrets.token_hex(4)
    volume = docker_engine.volumes.create(f"ride-proxy-{suffix}")
    policy = Policy(
        sandbox_image=sandbox_image,
        repository=f"ride-proxy-{suffix}",
        socket_volume=volume.name,
        user=USER,
        builder=BUILDER,
    )
    socket = tmp_path / "engine.sock"
    host = os.environ.get("DOCKER_HOST", f"unix://{ENGINE}")
    async with (
        Engine(host.removeprefix("unix://")) as engine,
        serving(EngineProxy(policy, engine, tmp_path / "seen"), socket),
    ):
        bot = await asyncio.to_thread(DockerClient, base_url=f"unix://{socket}", version="1.41")
        rig = Rig(
            engine=docker_engine,
            bot=bot,
            socket=socket,
            policy=policy,
            mountpoint=volume.attrs["Mountpoint"],
            seen=tmp_path / "seen",
        )
        try:
            yield rig
        finally:
            bot.close()
            for made in rig.made():
                made.remove(v=True, force=True)
            for image in docker_engine.images.list(filters={"reference": f"{policy.repository}/*"}):
                docker_engine.images.remove(str(image.id), force=True)
            volume.remove(force=True)


def files(name: str, content: bytes) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as tar:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = len(content), 0o644
        tar.addfile(entry, io.BytesIO(content))
    return written.getvalue()


async def refused(call: Callable[[], object]) -> str:
    """What the proxy said against a call."""
    with pytest.raises(APIError) as raised:
        await asyncio.to_thread(call)
    assert raised.value.status_code == 403, raised.value
    return str(raised.value.explanation)


async def raw(
    rig: Rig, method: str, target: str, more: bytes = b"Connection: close\r\n\r\n"
) -> tuple[int, str]:
    """Status and words of the answer to a request as it stands here, which no library would send."""
    reader, writer = await asyncio.open_unix_connection(str(rig.socket))
    try:
        writer.write(f"{method} {target} HTTP/1.1\r\nHost: engine\r\n".encode() + more)
        with contextlib.suppress(ConnectionError):
            await writer.drain()
        async with asyncio.timeout(30):
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head.lower())
            said = await reader.readexactly(int(length[1])) if length else b""
    finally:
        writer.close()
    return int(head.split(b" ", 2)[1]), said.decode()


async def test_what_the_provider_does(rig: Rig) -> None:
    """An image is made in a container of the base image, and a sandbox of it is run."""

    def ride() -> None:
        assert rig.bot.ping()
        assert rig.bot.images.get(rig.policy.sandbox_image).tags
        assert rig.bot.api.inspect_volume(rig.policy.socket_volume)["Mountpoint"] == rig.mountpoint
        builder = rig.create("cp /opt/ride/x /tmp/made && sleep 600", name=f"ride-{secrets.token_hex(4)}")
        assert builder.put_archive("/", files("opt/ride/x", b"of the image"))
        builder.start()
        builder.reload()
        assert builder.status == "running"
        builder.stop(timeout=0)
        builder.reload()
        assert builder.attrs["State"]["ExitCode"] == 137
        changes = ('ENTRYPOINT ["/bin/cat", "/opt/ride/x"]', "CMD []", "USER 60777:60777")
        rig.commit(builder, f"{rig.policy.repository}/locks", *changes)
        builder.remove(v=True, force=True)
        image = rig.bot.images.get(f"{rig.policy.repository}/locks:1")
        assert [one.id for one in rig.bot.images.list(filters={"reference": f"{rig.policy.repository}/*"})]
        sandbox = rig.bot.containers.create(
            str(image.id),
            user=USER,
            labels={"ride.sandbox": "a2", "ride.test": rig.policy.repository},
            network_mode="none",
            cap_drop=["ALL"],
            security_opt=["no-new-privileges"],
            read_only=True,
            tmpfs={"/var/ride": "size=1048576,uid=60777,gid=60777,mode=0700,nosuid,nodev,noexec"},
            mem_limit=256 << 20,
            memswap_limit=256 << 20,
            nano_cpus=500_000_000,
            pids_limit=50,
        )
        assert sandbox.id in [one.id for one in rig.bot.containers.list(all=True)]
        sandbox.start()
        assert sandbox.wait()["StatusCode"] == 0
        assert sandbox.logs() == b"of the image"
        sandbox.remove(v=True, force=True)
        with pytest.raises(NotFound):
            rig.bot.containers.get(str(sandbox.id))
        with pytest.raises(ImageNotFound):
            rig.bot.images.get(f"{rig.policy.repository}/locks:2")

    await asyncio.to_thread(ride)


@pytest.mark.parametrize("by", ["id", "short id", "name"])
async def test_others_containers_are_out_of_reach(rig: Rig, bystander: Container, by: str) -> None:
    named = {"id": bystander.id, "short id": bystander.short_id, "name": bystander.name}[by]
    assert named is not None
    api = rig.bot.api
    for call in (
        lambda: api.inspect_container(named),
        lambda: api.start(named),
        lambda: api.stop(named, timeout=0),
        lambda: api.kill(named),
        lambda: api.wait(named),
        lambda: api.logs(named),
        lambda: api.remove_container(named, force=True),
        lambda: api.put_archive(named, "/opt/ride", files("x", b"")),
        lambda: api.commit(named, repository=f"{rig.policy.repository}/x", tag="1"),
    ):
        assert "not Ride's" in await refused(call)
    for request in (
        "POST /containers/{}/exec",
        "POST /containers/{}/attach?stream=1&stdin=1",
        "GET /containers/{}/attach/ws?stream=1",
        "GET /containers/{}/archive?path=/etc/passwd",
        "GET /containers/{}/export",
        "POST /containers/{}/rename?name=mine",
        "POST /containers/{}/update",
        "POST /containers/{}/pause",
        "GET /containers/{}/top",
        "GET /containers/{}/changes",
    ):
        method, path = request.format(named).split()
        status, said = await raw(rig, method, f"/v1.41{path}")
        assert (status, "never makes this call" in said) == (403, True), request
    listed = await asyncio.to_thread(lambda: rig.bot.api.containers(all=True))
    assert bystander.id not in [one["Id"] for one in listed]
    await asyncio.to_thread(bystander.reload)
    assert bystander.status == "running"
    assert bystander.name == bystander.attrs["Name"].strip("/")


async def test_no_way_into_a_running_sandbox(rig: Rig) -> None:
    """Not even into one's own: what runs in it was settled when it was made."""
    sandbox = await asyncio.to_thread(rig.create, "sleep 600")
    await asyncio.to_thread(sandbox.start)
    assert "never makes this call" in await refused(lambda: sandbox.exec_run("id"))
    assert "never makes this call" in await refused(sandbox.pause)
    assert "not at" in await refused(lambda: sandbox.put_archive("/etc", files("passwd", b"root::0:0::/:")))


async def test_a_container_that_would_own_the_machine(rig: Rig) -> None:
    bind: Json = {"Type": "bind", "Source": "/", "Target": "/host"}
    hosts: list[dict[str, Json]] = [
        {"Privileged": True},
        {"privileged": True},
        {"CapAdd": ["SYS_ADMIN"]},
        {"Binds": ["/:/host"]},
        {"Binds": None, "Mounts": [bind]},
        {"Binds": [f"{rig.mountpoint}:/all"]},
        {"Binds": [f"{rig.policy.socket_volume}:/all"]},
        {"VolumesFrom": ["x"]},
        {"PidMode": "host"},
        {"NetworkMode": "host"},
        {"NetworkMode": "bridge"},
        {"UsernsMode": "host"},
        {"Devices": [{"PathOnHost": "/dev/null", "PathInContainer": "/dev/x", "CgroupPermissions": "rwm"}]},
        {"SecurityOpt": ["seccomp=unconfined", "no-new-privileges"]},
        {"GroupAdd": ["0"]},
    ]
    others: list[dict[str, Json]] = [
        {"User": "0:0"},
        {"User": ""},
        {"Image": "python:3.11-slim-bookworm"},
        {"Labels": {"com.docker.compose.project": "ride"}},
        {"hostconfig": {"Privileged": True}},
    ]
    for host in hosts:
        assert "refuses this" in await refused(partial(rig.create, "true", host=host))
    for other in others:
        assert "refuses this" in await refused(partial(rig.create, "true", others=other))
    assert rig.made() == []


async def test_a_link_is_no_folder(rig: Rig) -> None:
    """The engine would follow it, on its own machine: at a start too."""
    sandbox = await asyncio.to_thread(rig.create, "sleep 600")
    (rig.seen / "evil").symlink_to("/")
    evil: dict[str, Json] = {"Binds": [f"{rig.mountpoint}/evil/etc:/run/ride"]}
    assert "not a folder" in await refused(lambda: rig.create("true", host=evil))
    (rig.seen / "a1" / "s").rmdir()
    (rig.seen / "a1" / "s").symlink_to("/")
    assert "not a folder" in await refused(sandbox.start)
    (rig.seen / "a1" / "s").unlink()
    assert "can't be looked at" in await refused(sandbox.start)


async def test_others_images_and_volumes(rig: Rig) -> None:
    others = [tag for image in rig.engine.images.list() for tag in image.tags if not rig.policy.is_ours(tag)]
    for name in others[:3]:
        assert "not Ride's" in await refused(partial(rig.bot.images.get, name))
        described = await asyncio.to_thread(rig.engine.images.get, name)
        if not any(rig.policy.is_ours(tag) for tag in described.tags):
            identity = str(described.id)
            assert "not Ride's" in await refused(partial(rig.bot.images.get, identity))
            create = partial(rig.create, "true", others={"Image": identity, "User": USER})
            assert "not Ride's" in await refused(create)
    seen = await asyncio.to_thread(rig.bot.images.list)
    assert {tag for image in seen for tag in image.tags if image.tags} >= {rig.policy.sandbox_image}
    assert all(any(rig.policy.is_ours(tag) for tag in image.tags) for image in seen)
    assert "may be pulled" in await refused(lambda: rig.bot.images.pull("example.com/miner", tag="latest"))
    assert "not Ride's" in await refused(lambda: rig.bot.volumes.get("another"))
    builder = await asyncio.to_thread(rig.create, "true")
    assert "images can only be made" in await refused(partial(rig.commit, builder, "postgres"))
    evil = partial(rig.commit, builder, f"{rig.policy.repository}/x", "USER root")
    assert "never makes the change" in await refused(evil)


@pytest.mark.parametrize(
    "target",
    [
        "/v1.41/containers/create/../../info",
        "/v1.41/containers/%2e%2e/info",
        "/v1.41//info",
        "//info",
        "/v1.23/info",
        "/v1.41/info/",
        "/v1.41/volumes/x%2f..%2f..%2finfo",
        "http://localhost/v1.41/containers/json",
    ],
)
async def test_paths_that_are_not_what_they_seem(rig: Rig, target: str) -> None:
    status, said = await raw(rig, "GET", target)
    assert status in (400, 403), said
    assert "ServerVersion" not in said


async def test_a_body_that_two_could_read_differently(rig: Rig) -> None:
    config = {"Image": rig.policy.sandbox_image, "HostConfig": {"NetworkMode": "none"}}
    body = json.dumps(config).encode().replace(b'"none"', b'"none", "networkmode": "host"')
    json_body = b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    status, said = await raw(rig, "POST", "/v1.41/containers/create", json_body + body)
    assert (status, "appears twice" in said) == (403, True)
    # With two lengths, one of two servers takes the end of a body for a call of its own.
    both = b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    status, _ = await raw(rig, "POST", "/v1.41/containers/create", both)
    assert status == 400


async def test_a_body_without_end(rig: Rig) -> None:
    chunk = b" " * 65536
    chunks = (b"%x\r\n" % len(chunk) + chunk + b"\r\n") * (LONGEST // len(chunk) + 2)
    endless = b"Transfer-Encoding: chunked\r\n\r\n" + chunks
    status, said = await raw(rig, "POST", "/v1.41/containers/create", endless)
    assert (status, "too long" in said) == (403, True)


async def test_an_upgrade_is_no_tunnel(rig: Rig) -> None:
    """After an answer with 101, the engine takes bytes as they are, for a session of its builder say."""
    upgrade = b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
    status, _ = await raw(rig, "GET", "/v1.41/containers/json", upgrade)
    assert status == 200
    status, _ = await raw(rig, "POST", "/v1.41/session", upgrade)
    assert status == 403


async def test_an_engine_that_is_away(rig: Rig, tmp_path: Path) -> None:
    socket = tmp_path / "away.sock"
    async with (
        Engine(str(tmp_path / "nobody.sock")) as engine,
        serving(EngineProxy(rig.policy, engine, tmp_path), socket),
    ):
        away = await asyncio.to_thread(DockerClient, base_url=f"unix://{socket}", version="1.41")
        with pytest.raises(APIError, match="does not answer"):
            await asyncio.to_thread(away.info)
        away.close()
