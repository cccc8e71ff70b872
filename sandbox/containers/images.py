"""Images of the Docker engine with a scenario's prepared data in them: one a scenario version and base image.

An image is a container of the base image in which the data was made, committed. The data lies beside PGDATA,
which official images declare a volume: what is in a volume is not committed.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
from docker import DockerClient
from docker.models.images import Image
from docker.types import Mount
from docker.utils import parse_repository_tag

from sandbox.containers.docker_engine import CONFLICT, NOT_FOUND, DockerEngine, EngineRefusedError
from sandbox.containers.image_content import content, content_digest
from sandbox.containers.socket_folders import SocketFolders
from sandbox.errors import SandboxError
from sandbox.provider import Progress
from sandbox.server import cluster
from scenarios.model.scenario import Scenario

SCENARIO_LABEL = "ride.scenario"
VERSION_LABEL = "ride.version"
DIGEST_LABEL = "ride.digest"
BASE_LABEL = "ride.base"
BUILD_SECONDS = 300.0
STOP_SECONDS = 60
MEMORY = "1g"
START_SECONDS = 120.0
LOOK_SECONDS = 0.5
LEFT_BEHIND_LOOKS = 40
CHANGES = (
    'ENTRYPOINT ["/bin/sh", "/opt/ride/entry.sh"]',
    "CMD []",
    "USER 60777:60777",
)
"""What is other in a sandbox than it was in the builder."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SandboxImage:
    """An image that sandboxes are made of."""

    name: str
    """With its tag."""
    id: str
    scenario: str
    version: str
    base: str
    """The base image's name when it was made."""
    size: int
    """Bytes, the base image's with it."""
    volumes: tuple[str, ...]
    """The folders that the base image declares to be volumes."""


class Images:
    """The images in one engine."""

    def __init__(self, engine: DockerEngine, sockets: SocketFolders, *, base: str, repository: str) -> None:
        self._engine = engine
        self._sockets = sockets
        self._base = base
        self._repository = repository
        self._building = asyncio.Lock()

    async def get(self, scenario: Scenario, progress: Progress) -> SandboxImage:
        """The scenario's image, built now unless it is there. Raises SandboxError when it can't be.

        Two that ask at once build it once, also two programs.
        """
        base = await self._find(self._base) or await self._pull(progress)
        digest = content_digest(scenario, str(base.id))
        name = self._name(scenario, digest)
        async with self._building:
            found = await self._find(name)
            while found is None:
                await self._build(scenario, digest, name, progress)
                found = await self._find(name)
        return _described(found)

    async def name(self, scenario: Scenario) -> str:
        """What the scenario's image is called, or would be. Raises SandboxError without the base image."""
        base = await self._find(self._base)
        if base is None:
            raise SandboxError(
                f"The Docker engine has no image {self._base}, which sandboxes are built from. "
                "Run `ride images build` to pull it, or name another in RIDE_SANDBOX_IMAGE."
            )
        return self._name(scenario, content_digest(scenario, str(base.id)))

    async def find(self, scenario: Scenario) -> SandboxImage | None:
        """The scenario's image, if the engine has it."""
        base = await self._find(self._base)
        if base is None:
            return None
        found = await self._find(self._name(scenario, content_digest(scenario, str(base.id))))
        return _described(found) if found is not None else None

    async def all(self) -> Sequence[SandboxImage]:
        """Every image that was made for sandboxes, of older versions too."""
        found = await self._engine.do(lambda client: client.images.list(filters={"label": DIGEST_LABEL}))
        own = [_described(image) for image in found if image.tags]
        return sorted(own, key=lambda image: image.name)

    async def push(self, image: SandboxImage, progress: Progress) -> None:
        """Send an image to its registry. Raises SandboxError with what the registry said."""
        progress(f"Pushing {image.name}")
        repository, _, tag = image.name.rpartition(":")

        def push(client: DockerClient) -> str | None:
            for line in client.api.push(repository, tag, stream=True, decode=True):
                if "error" in line:
                    return str(line["error"])
            return None

        wrong = await self._engine.do(push)
        if wrong is not None:
            raise SandboxError(
                f"{image.name} can't be pushed: {wrong}. Check that RIDE_IMAGE_REPOSITORY names the "
                "registry and the folder in it, and log in with `docker login`."
            )

    # -- inside

    def _name(self, scenario: Scenario, digest: str) -> str:
        return f"{self._repository}/{scenario.slug}:{digest[:16]}"

    async def _find(self, name: str) -> Image | None:
        try:
            return await self._engine.do(lambda client: client.images.get(name))
        except EngineRefusedError as error:
            if error.status == NOT_FOUND:
                return None
            raise

    async def _pull(self, progress: Progress) -> Image:
        progress(f"Pulling {self._base}")
        repository, tag = parse_repository_tag(self._base)
        try:
            return await self._engine.do(lambda client: client.images.pull(repository, tag or "latest"))
        except EngineRefusedError as error:
            raise SandboxError(
                f"The Docker engine has no image {self._base}, which sandboxes are built from, and can't "
                f"pull it. {error}. Load it into the engine yourself, or name another PostgreSQL (15 to 18) "
                "in RIDE_SANDBOX_IMAGE."
            ) from error

    async def _build(self, scenario: Scenario, digest: str, name: str, progress: Progress) -> None:
        """Build it, or wait while another program does. The builder's name is the lock."""
        builder = f"ride-build-{scenario.slug}-{digest[:16]}"
        folder = await asyncio.to_thread(self._sockets.make, f"build-{digest[:8]}-{time.monotonic_ns():x}")
        try:
            mount = await self._sockets.mount(folder.parent.name)
            try:
                await self._engine.do(lambda client: self._create(client, scenario, digest, builder, mount))
            except EngineRefusedError as error:
                if error.status != CONFLICT:
                    raise
                await self._wait_for_another(builder, name, progress)
                return
            try:
                await self._make(scenario, builder, name, folder, progress)
            finally:
                await self._engine.remove(builder)
        finally:
            await asyncio.to_thread(self._sockets.remove, folder.parent.name)

    def _create(
        self, client: DockerClient, scenario: Scenario, digest: str, builder: str, mount: Mount
    ) -> None:
        client.containers.create(
            self._base,
            name=builder,
            entrypoint=["/bin/sh", "/opt/ride/build.sh"],
            command=[],
            user="postgres",  # initdb wants a user that has a name
            labels={
                SCENARIO_LABEL: scenario.slug,
                VERSION_LABEL: scenario.version,
                DIGEST_LABEL: digest,
                BASE_LABEL: self._base,
            },
            network_mode="none",
            cap_drop=["ALL"],
            security_opt=["no-new-privileges"],
            mounts=[mount],
            mem_limit=MEMORY,
            pids_limit=100,
        ).put_archive("/", content(scenario))

    async def _wait_for_another(self, builder: str, name: str, progress: Progress) -> None:
        """Returns when the other has finished, or has died and its builder is cleared away."""
        progress("Another program is preparing this scenario; waiting for it")
        deadline = time.monotonic() + BUILD_SECONDS
        stopped = 0
        seen = False
        while await self._find(name) is None:
            state = await self._engine.state(builder)
            if state is None and seen:
                return
            # Not running: just being made, or just being committed, or left behind.
            seen = state is not None
            stopped = 0 if state is not None and state.running else stopped + 1
            if stopped > LEFT_BEHIND_LOOKS or time.monotonic() > deadline:
                await self._engine.remove(builder)
                return
            await asyncio.sleep(LOOK_SECONDS)

    async def _make(
        self, scenario: Scenario, builder: str, name: str, socket: Path, progress: Progress
    ) -> None:
        progress(f"Making a database cluster in {self._base} (initdb)")
        try:
            await self._engine.do(lambda client: client.api.start(builder))
        except EngineRefusedError as error:
            raise self._unusable(str(error)) from error
        await self._answering(builder, socket)
        await cluster.fill(scenario, socket, progress)
        await cluster.run_script("kept", socket)
        progress(f"Keeping it as the image {name}")
        await self._engine.do(lambda client: client.api.stop(builder, timeout=STOP_SECONDS))
        state = await self._engine.state(builder)
        if state is None or state.exit_code != 0:
            raise SandboxError(
                f"The image's data could not be prepared: {await self._engine.last_words(builder)}"
            )
        repository, _, tag = name.rpartition(":")
        await self._engine.do(
            lambda client: client.api.commit(builder, repository=repository, tag=tag, changes=list(CHANGES))
        )

    async def _answering(self, builder: str, socket: Path) -> None:
        """Returns when the server that is being set up answers."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                await cluster.answers(socket)
            except psycopg.OperationalError as error:
                state = await self._engine.state(builder)
                if state is None or not state.running or time.monotonic() > deadline:
                    said = await self._engine.last_words(builder)
                    raise self._unusable(said or str(error)) from error
                await asyncio.sleep(0.1)
            else:
                return

    def _unusable(self, said: str) -> SandboxError:
        return SandboxError(
            f"Sandboxes can't be built from the image {self._base}: {said}. It has to be PostgreSQL 15 to 18 "
            "with pgbench and the extension pg_stat_statements, like the official images. Name one in "
            "RIDE_SANDBOX_IMAGE."
        )


def _described(image: Image) -> SandboxImage:
    labels = image.labels
    return SandboxImage(
        name=image.tags[0] if image.tags else str(image.id),
        id=str(image.id),
        scenario=str(labels.get(SCENARIO_LABEL, "")),
        version=str(labels.get(VERSION_LABEL, "")),
        base=str(labels.get(BASE_LABEL, "")),
        size=int(image.attrs["Size"]),
        volumes=tuple(image.attrs["Config"].get("Volumes") or ()),
    )
