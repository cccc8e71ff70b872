"""A clone of this repository, brought up by its compose file as a team would, with a workspace of its own.

Only names are other ones than a team's, so that it is alone on the engine, and the images are those that the
engine has. The workspace listens on the machine's address in a network of the deployment's own.
"""

import asyncio
import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from docker import DockerClient
from docker.errors import ImageNotFound
from docker.models.containers import Container

from bot.slack.manifest import manifest
from bot.slack.settings import SlackSettings
from bot.workspace.server import Workspace

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0
"""Seconds for what should take a few."""
BUILD_PATIENCE = 900.0
"""Seconds for images that are built, and packages that are fetched for them."""
PYTHONS = ("python:3.13-slim-bookworm", "python:3.11-slim-bookworm")
"""The Dockerfile's own, and the one that CI makes where none can be pulled."""

_OVERRIDE = """\
# Slack is on this machine, at its address in this network; and its health is asked for sooner.
services:
  bot:
    healthcheck: {{interval: 2s}}
networks:
  outward:
    external: true
    name: {network}
"""


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """A project of compose."""

    engine: DockerClient
    folder: Path
    project: str
    workspace: Workspace

    async def compose(self, *arguments: str, within: float = PATIENCE) -> str:
        """What `docker-compose ARGUMENTS` printed; fails the test if it failed."""
        files = [f"--file={name}.yml" for name in ("docker-compose", "docker-compose.psql", "override")]
        process = await asyncio.create_subprocess_exec(
            *compose_program(),
            *("--project-name", self.project, *files, *arguments),
            cwd=self.folder,
            env={name: os.environ[name] for name in ("PATH", "HOME", "DOCKER_HOST") if name in os.environ},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(within):
                out, error = await process.communicate()
        except TimeoutError:
            process.kill()
            await process.communicate()
            raise AssertionError(f"compose {arguments} took more than {within} s\n{self.logs()}") from None
        said = out.decode(errors="replace")
        assert process.returncode == 0, (
            f"{said[-4000:]}\n{error.decode(errors='replace')[-4000:]}\n{self.logs()}"
        )
        return said

    async def ride(self, *arguments: str) -> str:
        """What `ride ARGUMENTS` prints in the bot's container."""
        return await self.compose("exec", "-T", "bot", "ride", *arguments)

    async def inside(self, code: str) -> str:
        """What a Python program prints in the bot's container, run as somebody would who got in there."""
        return await self.compose("exec", "-T", "bot", "python", "-c", code)

    def containers(self) -> list[Container]:
        """Those of the project, running or not."""
        label = f"com.docker.compose.project={self.project}"
        found = self.engine.containers.list(all=True, ignore_removed=True, filters={"label": label})
        return list(found)

    def container(self, service: str) -> Container:
        """A service's one container."""
        (found,) = [one for one in self.containers() if one.labels["com.docker.compose.service"] == service]
        return found

    def sandboxes(self) -> list[Container]:
        """The containers of this deployment's rides."""
        made = self.engine.images.list(filters={"reference": f"{self.images}/*"})
        ours = {str(image.id) for image in made}
        found = self.engine.containers.list(all=True, ignore_removed=True, filters={"label": "ride.sandbox"})
        return [one for one in found if one.attrs["Image"] in ours]

    @property
    def images(self) -> str:
        """RIDE_IMAGE_REPOSITORY."""
        return f"{self.project}-sandbox"

    @property
    def sockets(self) -> str:
        """RIDE_SOCKET_VOLUME."""
        return f"{self.project}-sockets"

    def volumes(self) -> list[str]:
        """Those of the project that are there."""
        names = [str(volume.name) for volume in self.engine.volumes.list()]
        return [name for name in names if name.startswith(self.project)]

    def networks(self) -> list[str]:
        """Those that compose made for it."""
        return [
            str(network.name)
            for network in self.engine.networks.list()
            if str(network.name).startswith(f"{self.project}_")
        ]

    def logs(self) -> str:
        """What everybody said last, for a failure."""
        return "\n".join(
            f"== {one.name}\n{one.logs(tail=40).decode(errors='replace')}" for one in self.containers()
        )


def compose_program() -> Sequence[str]:
    """Compose on its own, or as the docker program's. A machine without it skips the test."""
    if shutil.which("docker-compose"):
        return ("docker-compose",)
    plugin = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
    if plugin.returncode == 0:
        return ("docker", "compose")
    if os.environ.get("RIDE_TEST_DOCKER") == "required":
        pytest.fail("no docker-compose")
    pytest.skip("no docker-compose")


def free_ports() -> str:
    """Two neighbours that nobody listens on now."""
    for port in range(25432, 26432, 2):
        with contextlib.ExitStack() as stack:
            try:
                for number in (port, port + 1):
                    listener = stack.enter_context(socket.socket())
                    listener.bind(("127.0.0.1", number))
            except OSError:
                continue
            return f"{port}-{port + 1}"
    raise AssertionError("no two free ports")


def clone(to: Path) -> None:
    """The tracked files as they are now, as in a clean clone of them."""
    git = ["git", "-c", f"safe.directory={ROOT}", "-C", str(ROOT), "ls-files", "-z"]
    listed = subprocess.run(git, capture_output=True, check=False, text=True)
    if listed.returncode != 0:
        pytest.skip("not a git checkout, or no git here")
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)


def has_image(engine: DockerClient, name: str) -> bool:
    """Whether the engine has it already."""
    try:
        engine.images.get(name)
    except ImageNotFound:
        return False
    return True


@asynccontextmanager
async def deployed(engine: DockerClient, sandbox_image: str) -> AsyncIterator[Deployment]:
    """A deployment that is not up yet. Nothing is left of it but layers that the next is built from."""
    compose_program()
    project = f"ride-test-{secrets.token_hex(4)}"
    python = next((name for name in PYTHONS if has_image(engine, name)), PYTHONS[0])
    network = engine.networks.create(f"{project}-outward", driver="bridge")
    try:
        network.reload()
        gateway = network.attrs["IPAM"]["Config"][0]["Gateway"]
        with tempfile.TemporaryDirectory(prefix="ride-deployment-") as temporary:
            folder = Path(temporary)
            workspace = Workspace()
            workspace.install(manifest(SlackSettings()))
            await workspace.start(host=gateway, bridged=True)
            async with workspace:
                it = Deployment(engine=engine, folder=folder, project=project, workspace=workspace)
                clone(folder)
                (folder / "override.yml").write_text(_OVERRIDE.format(network=network.name))
                (folder / "secrets" / "bot").write_text(f"{workspace.bot_token}\n")
                (folder / "secrets" / "bot").chmod(0o444)
                (folder / ".env").write_text(
                    f"SLACK_BOT_TOKEN_FILE=./secrets/bot\n"
                    f"SLACK_APP_TOKEN={workspace.app_token}\n"
                    f"SLACK_API_URL={workspace.api_url}\n"
                    f"RIDE_DATABASE_PASSWORD=p@ss/w:rd%{secrets.token_hex(8)}\n"
                    f"RIDE_PYTHON_IMAGE={python}\n"
                    f"RIDE_SANDBOX_IMAGE={sandbox_image}\n"
                    f"RIDE_STORAGE_IMAGE={sandbox_image}\n"
                    f"RIDE_IMAGE={project}\n"
                    f"RIDE_IMAGE_REPOSITORY={it.images}\n"
                    f"RIDE_SOCKET_VOLUME={it.sockets}\n"
                    "RIDE_CONNECT_HOST=127.0.0.1\n"
                    "RIDE_CONNECT_BIND=127.0.0.1\n"
                    f"RIDE_CONNECT_PORTS={free_ports()}\n"
                    "RIDE_OPERATIONS_PORT=0\n"
                    "RIDE_HTTP_PORT=0\n"
                )
                try:
                    yield it
                finally:
                    for sandbox in it.sandboxes():
                        sandbox.remove(v=True, force=True)
                    await it.compose("down", "--volumes", "--remove-orphans")
                    for image in engine.images.list(filters={"reference": f"{project}*"}):
                        for tag in image.tags:
                            engine.images.remove(tag, force=True)
                    for image in engine.images.list(filters={"reference": f"{it.images}/*"}):
                        for tag in image.tags:
                            engine.images.remove(tag, force=True)
    finally:
        network.remove()
