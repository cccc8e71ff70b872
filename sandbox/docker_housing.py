"""A sandbox in a container of the Docker engine, reached by the folder of its socket alone."""

from datetime import timedelta
from pathlib import Path

from sandbox import container
from sandbox.address import Address
from sandbox.docker_engine import DockerEngine, EngineUnreachableError
from sandbox.gateway import Gateway, GatewaySettings
from sandbox.housing import StageName
from sandbox.observer import Observer
from sandbox.provider import CheckResult
from sandbox.socket_folders import SocketFolders
from sandbox.steering import Steering
from scenarios.model import Actor

PREFIX = "ride-"
"""Before a sandbox's id, in its container's name."""
GATEWAY = "gateway"
PATIENCE_SECONDS = 3.0
"""How long the engine may take to tell that a container has ended."""


class DockerHousing:
    """Fulfils the Housing protocol over the engine, for how it fares, and the server, for all else."""

    def __init__(self, sandbox: str, engine: DockerEngine, sockets: SocketFolders) -> None:
        self._id = sandbox
        self._engine = engine
        self._sockets = sockets
        self._address = Address(host=str(sockets.path(sandbox)), port=container.PORT)
        self._observer = Observer(self._address)
        self._steering = Steering(sandbox, self._observer)
        self._gateway: Gateway | None = None
        self._signal_key = ""

    @property
    def id(self) -> str:
        return self._id

    @property
    def container(self) -> str:
        """The container's name."""
        return PREFIX + self._id

    @property
    def signal_key(self) -> str:
        return self._signal_key

    @property
    def observer(self) -> Observer:
        return self._observer

    @property
    def address(self) -> Address:
        return self._address

    @property
    def doorway(self) -> Address:
        return self._address if self._gateway is None else self._gateway.address

    @property
    def patience(self) -> float:
        return PATIENCE_SECONDS

    @property
    def socket(self) -> Path:
        """The server's socket."""
        return Path(self._address.host) / f".s.PGSQL.{container.PORT}"

    async def learn(self) -> None:
        """Learn from the server what the image's maker put into it. Raises SandboxGoneError."""
        self._signal_key = await self._observer.signal_key()

    async def open_gateway(self, settings: GatewaySettings) -> None:
        """Let the learners' own clients in, if it can be by the port that they know already.

        Raises SandboxError when there is no port, SandboxGoneError when the server does not answer.
        """
        known = await self._observer.kept(GATEWAY)
        gateway = Gateway(settings, self._address)
        await gateway.open(None if known is None else int(known))
        self._gateway = gateway
        await self._observer.keep(GATEWAY, str(gateway.address.port))

    async def begin(self, stage: StageName) -> None:
        await self._steering.begin(stage)

    async def run_once(self, actor: Actor, lock_timeout: timedelta) -> CheckResult:
        return await self._steering.run_once(actor, lock_timeout)

    async def renew(self, lease: timedelta) -> None:
        await self._steering.renew(lease)

    async def cause(self) -> str | None:
        try:
            state = await self._engine.state(self.container)
        except EngineUnreachableError:
            return None  # nothing is known; whether it lives, its server tells
        if state is None:
            return "its lease is over"
        if state.running:
            return None
        return container.cause_of(state.exit_code, out_of_memory=state.out_of_memory)

    async def said(self) -> str:
        return await self._engine.last_words(self.container)

    async def keep(self, name: str, text: str) -> None:
        await self._observer.keep(name, text)

    async def kept(self, name: str) -> str | None:
        return await self._observer.kept(name)

    async def let_go(self) -> None:
        if self._gateway is not None:
            await self._gateway.close()
        await self._observer.close()

    async def end(self) -> None:
        await self.let_go()
        await self._engine.remove(self.container)
        self._sockets.remove(self._id)
