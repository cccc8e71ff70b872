"""What the housings in containers have in common: all that goes through the server inside."""

from datetime import timedelta

from sandbox.address import Address
from sandbox.containers.steering import Steering
from sandbox.gateway.gateway import Admits, Gateway, GatewaySettings
from sandbox.provider import CheckResult
from sandbox.server.housing import StageName
from sandbox.server.observer import Observer
from scenarios.model.scenario import Actor

GATEWAY = "gateway"


class ContainerHousing:
    """The part of the Housing protocol that is the same wherever the container runs.

    What remains is how it fares (`cause`, `said`, `patience`) and its end.
    """

    def __init__(self, sandbox: str, address: Address, password: str | None = None) -> None:
        self._id = sandbox
        self._address = address
        self._observer = Observer(address, password)
        self._steering = Steering(sandbox, self._observer)
        self._gateway: Gateway | None = None
        self._signal_key = ""

    @property
    def id(self) -> str:
        return self._id

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

    async def learn(self) -> None:
        """Learn from the server what the image's maker put into it. Raises SandboxGoneError."""
        self._signal_key = await self._observer.signal_key()

    async def open_gateway(self, settings: GatewaySettings, admits: Admits) -> None:
        """Let the learners' own clients in, if it can be by the port that they know already.

        Raises SandboxError when there is no port, SandboxGoneError when the server does not answer.
        """
        known = await self._observer.kept(GATEWAY)
        gateway = Gateway(settings, self._address, admits)
        await gateway.open(None if known is None else int(known))
        self._gateway = gateway
        await self._observer.keep(GATEWAY, str(gateway.address.port))

    async def begin(self, stage: StageName) -> None:
        await self._steering.begin(stage)

    async def run_once(self, actor: Actor, lock_timeout: timedelta) -> CheckResult:
        return await self._steering.run_once(actor, lock_timeout)

    async def renew(self, lease: timedelta) -> None:
        await self._steering.renew(lease)

    async def keep(self, name: str, text: str) -> None:
        await self._observer.keep(name, text)

    async def kept(self, name: str) -> str | None:
        return await self._observer.kept(name)

    async def let_go(self) -> None:
        if self._gateway is not None:
            await self._gateway.close()
        await self._observer.close()
