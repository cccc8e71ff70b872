"""Sandboxes on the machines of a Docker swarm: one service a sandbox, on a network of its own."""

import asyncio
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sandbox.address import Address
from sandbox.containers import container
from sandbox.containers.container_start import Terms, move_back, move_in
from sandbox.containers.docker_engine import DockerEngine
from sandbox.containers.docker_provider import DockerSettings
from sandbox.containers.images import Images, SandboxImage
from sandbox.containers.socket_folders import SocketFolders
from sandbox.containers.steering import deadline
from sandbox.errors import SandboxError
from sandbox.provider import Progress, Sandbox, quiet
from sandbox.server.labels import labels, may_go
from sandbox.server.running import OpenSession, RunningSandbox
from sandbox.server.survey import Survey
from sandbox.sql_session.psql import Psql
from sandbox.swarm.anchor import Anchor
from sandbox.swarm.housing import Berth, SwarmHousing, remove
from sandbox.swarm.listing import Found, check_manager, everything, service_of
from sandbox.swarm.roll import RollCall, Task
from sandbox.swarm.service import Order, make_network, make_service
from sandbox.swarm.survey import survey_swarm
from scenarios.model.scenario import Scenario

START_SECONDS = 60.0
PLACE_SECONDS = 5.0
"""How long the swarm may look for a machine with room."""
VOLUME_BYTES = 64 << 10
ALL_ADDRESSES = "*"


@dataclass(frozen=True, kw_only=True, slots=True)
class SwarmSettings:
    """How services are made, beside what holds for every container."""

    containers: DockerSettings = field(default_factory=DockerSettings)
    constraints: tuple[str, ...] = ()
    """Which machines may have sandboxes, such as `node.labels.ride==yes`."""
    encrypted: bool = True
    """Whether what goes between the machines is encrypted."""
    attach: str | None = None
    """The container that we are in, by name or id; default: the one of this host name."""
    reserve_memory: int = 384 << 20
    """Bytes that a machine must have left, beside what is set aside there already, to get one more."""
    reserve_cpus: float = 0.1
    """The same for processors' time."""


class SwarmProvider:
    """Makes sandboxes in a swarm; fulfils the Provider protocol."""

    def __init__(
        self, settings: SwarmSettings, open_session: OpenSession, engine: DockerEngine | None = None
    ) -> None:
        self._settings = settings
        containers = settings.containers
        self._terms = Terms(
            open_session=open_session, limits=containers.limits, gateway=containers.gateway, psql=Psql()
        )
        self._engine = engine or DockerEngine()
        self._roll = RollCall(self._engine)
        self._anchor = Anchor(self._engine, settings.attach)
        sockets = SocketFolders(self._engine, containers.socket_folder, containers.socket_volume)
        self._images = Images(self._engine, sockets, base=containers.image, repository=containers.repository)
        self._sandboxes: dict[str, RunningSandbox] = {}
        self._starting: set[str] = set()

    @property
    def images(self) -> Images:
        """The images that sandboxes are made of, in the engine of the manager."""
        return self._images

    async def prepare(self, scenario: Scenario, progress: Progress) -> None:
        await self._engine.do(check_manager)
        await self._anchor.look()
        await self._images.get(scenario, progress)

    async def start(self, scenario: Scenario, ride: str, lease: timedelta) -> Sandbox:
        image = await self._images.get(scenario, quiet)
        name = f"{scenario.slug}-{secrets.token_hex(4)}"
        marks = labels(
            scenario,
            sandbox=name,
            installation=self._settings.containers.installation,
            ride=ride,
            lease=lease,
        )
        password = secrets.token_hex(24)
        order = self._order(image, await self._reference(image), marks, deadline(lease), password)
        housing: SwarmHousing | None = None
        self._starting.add(name)
        try:
            network = await self._engine.do(lambda client: make_network(client, name, order))
            service = await self._engine.do(lambda client: make_service(client, name, order, network))
            await self._anchor.join(name)
            berth = Berth(id=name, service=service, address=await self._placed(service), password=password)
            housing = SwarmHousing(self._engine, self._roll, berth)
            sandbox = await move_in(scenario, housing, self._terms)
        except BaseException:
            await (remove(self._engine, name) if housing is None else housing.end())
            raise
        finally:
            self._starting.discard(name)
        self._sandboxes[name] = sandbox
        return sandbox

    async def adopt(self, scenario: Scenario, sandbox: str) -> Sandbox | None:
        if sandbox in self._sandboxes:
            return self._sandboxes[sandbox]
        service = await service_of(self._engine, sandbox)
        if service is None or service.installation != self._settings.containers.installation:
            return None
        roll = await self._roll.fresh()
        task = roll.tasks.get(service.id)
        if task is None or task.address is None or roll.cause(service.id) is not None:
            return None
        await self._anchor.join(sandbox)
        berth = Berth(
            id=sandbox,
            service=service.id,
            address=Address(host=task.address, port=container.PORT),
            password=service.environment[container.PASSWORD_VARIABLE],
        )
        found = await move_back(scenario, SwarmHousing(self._engine, self._roll, berth), self._terms)
        if found is not None:
            self._sandboxes[sandbox] = found
        return found

    async def clear(self, keep: Collection[str]) -> Sequence[str]:
        services, networks = await self._engine.do(everything)
        roll = await self._roll.fresh()
        over: set[str] = set()
        kept = set(self._starting)
        for service in services:
            lives = roll.cause(service.id) is None
            (over if self._is_over(service, lives=lives, keep=keep) else kept).add(service.name)
        # A network without a service is what a removal that was cut off has left behind.
        over |= {network.name for network in networks if self._is_over(network, lives=False, keep=keep)}
        removed = sorted(over - kept)
        for name in removed:
            mine = self._sandboxes.pop(name, None)
            await (mine.destroy() if mine is not None else remove(self._engine, name))
        return removed

    async def survey(self) -> Survey:
        await self._engine.do(check_manager)
        await self._anchor.look()
        return await survey_swarm(self._engine, each=self._settings.reserve_memory)

    async def is_prepared(self, scenario: Scenario) -> bool:
        return await self._images.find(scenario) is not None

    async def close(self) -> None:
        sandboxes, self._sandboxes = self._sandboxes, {}
        await asyncio.gather(*(sandbox.leave() for sandbox in sandboxes.values()))
        await self._engine.close()

    # -- inside

    async def _reference(self, image: SandboxImage) -> str:
        """What the machines are told to run: the digest of a pushed image, which they fetch, else its id.

        Never its name: who can give that name to another image would run theirs here.
        """
        found = await self._engine.do(lambda client: client.images.get(image.id))
        repository = image.name.rpartition(":")[0]
        digests = [str(digest) for digest in found.attrs.get("RepoDigests") or ()]
        return next((one for one in digests if one.partition("@")[0] == repository), image.id)

    def _order(
        self, image: SandboxImage, reference: str, marks: dict[str, str], until: int, password: str
    ) -> Order:
        settings, containers = self._settings, self._settings.containers
        return Order(
            image=reference,
            labels=marks,
            environment={
                **container.environment(until),
                container.LISTEN_VARIABLE: ALL_ADDRESSES,
                container.SOCKETS_VARIABLE: str(container.HOME),
                container.PASSWORD_VARIABLE: password,
            },
            user=f"{container.UID}:{container.UID}",
            tmpfs={str(container.HOME): container.DATA, **dict.fromkeys(image.volumes, VOLUME_BYTES)},
            memory=containers.memory,
            cpus=containers.cpus,
            reserve_memory=min(settings.reserve_memory, containers.memory),
            reserve_cpus=min(settings.reserve_cpus, containers.cpus),
            processes=container.PROCESSES,
            constraints=settings.constraints,
            encrypted=settings.encrypted,
        )

    async def _placed(self, service: str) -> Address:
        """Where the service's task runs, once it does. Raises SandboxError with what the swarm says."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        while True:
            roll = await self._roll.fresh()
            task = roll.tasks.get(service)
            if task is not None:
                cause = roll.cause(service)
                if cause is not None:
                    raise SandboxError(f"The sandbox did not start: {cause}. {_advice(task)}".strip())
                if task.status.state == "running" and task.address is not None:
                    return Address(host=task.address, port=container.PORT)
                if task.status.state == "pending" and loop.time() - began > PLACE_SECONDS:
                    raise SandboxError(
                        f"No machine in the swarm can take another sandbox ({task.status.error}). Let rides "
                        "end, add a machine, or check RIDE_SWARM_CONSTRAINTS and RIDE_SWARM_RESERVE_MEMORY."
                    )
            if loop.time() - began > START_SECONDS:
                state = "new" if task is None else task.status.state
                raise SandboxError(
                    f"The sandbox did not start: the swarm had it as {state} after {START_SECONDS:.0f} s."
                )
            await asyncio.sleep(0.1)

    def _is_over(self, found: Found, *, lives: bool, keep: Collection[str]) -> bool:
        if found.name in self._starting:
            return False
        return may_go(
            found.installation,
            found.made,
            ours=self._settings.containers.installation,
            lives=lives,
            kept=found.name in keep,
        )


def _advice(task: Task) -> str:
    if task.status.state != "rejected":
        return task.status.error
    return (
        "Does every machine that can run sandboxes have the scenario's image? `ride images build --push` "
        "puts it in a registry for them to pull; docs/scale.md explains how to do without one."
    )
