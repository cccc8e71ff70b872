"""Sandboxes in containers of a Docker engine: one container a sandbox, without a network."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex

from docker import DockerClient
from docker.models.containers import Container
from docker.types import LogConfig, Mount

from sandbox.containers import container
from sandbox.containers.container_start import Terms, move_back, move_in
from sandbox.containers.docker_engine import NOT_FOUND, DockerEngine, EngineRefusedError
from sandbox.containers.docker_housing import PREFIX, DockerHousing
from sandbox.containers.docker_survey import survey_engine
from sandbox.containers.images import Images, SandboxImage
from sandbox.containers.socket_folders import SocketFolders
from sandbox.containers.steering import deadline
from sandbox.gateway.gateway import GatewaySettings
from sandbox.provider import Progress, Sandbox, quiet
from sandbox.server.labels import INSTALLATION_LABEL, SANDBOX_LABEL, labels, may_go
from sandbox.server.running import OpenSession, RunningSandbox
from sandbox.server.survey import Survey
from sandbox.server.watchdog import Limits
from sandbox.sql_session.psql import Psql
from scenarios.model.scenario import Scenario


@dataclass(frozen=True, kw_only=True, slots=True)
class DockerSettings:
    """How containers are made."""

    image: str = "postgres:18"
    """The image of which the scenarios' images are made."""
    repository: str = "ride-sandbox"
    """The scenarios' images are named `<repository>/<slug>:<digest>`."""
    memory: int = 1536 << 20
    """Bytes for one sandbox, data and all; no swap."""
    cpus: float = 1.0
    """Processors' time that one sandbox may use."""
    socket_folder: Path | None = None
    """Where we see the sandboxes' socket folders; default: in the temp folder."""
    socket_volume: str | None = None
    """The volume that is mounted there, where we run in a container ourselves."""
    gateway: GatewaySettings | None = None
    """Where learners' own clients are let in; None: nowhere."""
    installation: str = ""
    """Tells the sandboxes of several installations at one engine apart."""
    limits: Limits = field(default_factory=Limits)
    """What those who ride may use up."""


class DockerProvider:
    """Makes sandboxes in containers; fulfils the Provider protocol."""

    def __init__(
        self, settings: DockerSettings, open_session: OpenSession, engine: DockerEngine | None = None
    ) -> None:
        self._settings = settings
        self._terms = Terms(
            open_session=open_session, limits=settings.limits, gateway=settings.gateway, psql=Psql()
        )
        self._engine = engine or DockerEngine()
        self._sockets = SocketFolders(self._engine, settings.socket_folder, settings.socket_volume)
        self._images = Images(
            self._engine, self._sockets, base=settings.image, repository=settings.repository
        )
        self._sandboxes: dict[str, RunningSandbox] = {}
        self._starting: set[str] = set()

    @property
    def images(self) -> Images:
        """The images that sandboxes are made of."""
        return self._images

    async def prepare(self, scenario: Scenario, progress: Progress) -> None:
        await self._images.get(scenario, progress)

    async def start(self, scenario: Scenario, ride: str, lease: timedelta) -> Sandbox:
        image = await self._images.get(scenario, quiet)
        name = f"{scenario.slug}-{token_hex(4)}"
        housing = DockerHousing(name, self._engine, self._sockets)
        self._starting.add(name)
        try:
            await asyncio.to_thread(self._sockets.make, name)
            mount = await self._sockets.mount(name)
            marks = labels(
                scenario, sandbox=name, installation=self._settings.installation, ride=ride, lease=lease
            )
            await self._engine.do(lambda client: self._create(client, image, marks, mount, lease))
            await self._engine.do(lambda client: client.api.start(housing.container))
            sandbox = await move_in(scenario, housing, self._terms)
        except BaseException:
            await housing.end()
            raise
        finally:
            self._starting.discard(name)
        self._sandboxes[name] = sandbox
        return sandbox

    async def adopt(self, scenario: Scenario, sandbox: str) -> Sandbox | None:
        if sandbox in self._sandboxes:
            return self._sandboxes[sandbox]
        if Path(sandbox).name != sandbox or not await self._is_own(sandbox):
            return None
        housing = DockerHousing(sandbox, self._engine, self._sockets)
        found = await move_back(scenario, housing, self._terms)
        if found is not None:
            self._sandboxes[sandbox] = found
        return found

    async def clear(self, keep: Collection[str]) -> Sequence[str]:
        found = await self._engine.do(
            lambda client: client.containers.list(
                all=True, filters={"label": SANDBOX_LABEL}, ignore_removed=True
            )
        )
        known: set[str] = set()
        removed = []
        for one in found:
            name = one.labels[SANDBOX_LABEL]
            if name in self._starting or not self._is_over(one, keep):
                known.add(name)
                continue
            mine = self._sandboxes.pop(name, None)
            housing = DockerHousing(name, self._engine, self._sockets)
            await (mine.destroy() if mine is not None else housing.end())
            removed.append(name)
        await asyncio.to_thread(self._sockets.forget, known | self._starting)
        return sorted(removed)

    async def survey(self) -> Survey:
        return await survey_engine(self._engine, each=self._settings.memory)

    async def is_prepared(self, scenario: Scenario) -> bool:
        return await self._images.find(scenario) is not None

    async def close(self) -> None:
        sandboxes, self._sandboxes = self._sandboxes, {}
        await asyncio.gather(*(sandbox.leave() for sandbox in sandboxes.values()))
        await self._engine.close()

    # -- inside

    def _create(
        self,
        client: DockerClient,
        image: SandboxImage,
        marks: Mapping[str, str],
        mount: Mount,
        lease: timedelta,
    ) -> None:
        settings = self._settings
        owned = f"uid={container.UID},gid={container.UID},mode=0700,nosuid,nodev,noexec"
        client.containers.create(
            image.id,
            name=PREFIX + marks[SANDBOX_LABEL],
            user=f"{container.UID}:{container.UID}",
            environment=container.environment(deadline(lease)),
            labels=dict(marks),
            network_mode="none",
            cap_drop=["ALL"],
            security_opt=["no-new-privileges"],
            read_only=True,
            tmpfs={
                str(container.HOME): f"size={container.DATA},{owned}",
                # What the base image declares a volume would be a folder on the host's disk.
                **dict.fromkeys(image.volumes, f"size=64k,{owned}"),
            },
            mounts=[mount],
            mem_limit=settings.memory,
            memswap_limit=settings.memory,
            nano_cpus=round(settings.cpus * 1_000_000_000),
            pids_limit=container.PROCESSES,
            log_config=LogConfig(type=LogConfig.types.JSON, config={"max-size": "1m", "max-file": "1"}),
        )

    async def _is_own(self, sandbox: str) -> bool:
        """Whether it is a running sandbox of this installation."""
        try:
            found = await self._engine.do(lambda client: client.containers.get(PREFIX + sandbox))
        except EngineRefusedError as error:
            if error.status == NOT_FOUND:
                return False
            raise
        own = found.labels.get(INSTALLATION_LABEL) == self._settings.installation
        return own and found.labels.get(SANDBOX_LABEL) == sandbox and found.status == "running"

    def _is_over(self, found: Container, keep: Collection[str]) -> bool:
        return may_go(
            found.labels.get(INSTALLATION_LABEL),
            datetime.fromisoformat(str(found.attrs["Created"])[:19]).replace(tzinfo=UTC),
            ours=self._settings.installation,
            lives=found.status in {"running", "paused"},
            kept=found.labels[SANDBOX_LABEL] in keep,
        )
