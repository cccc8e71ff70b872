"""A sandbox in a container of the Docker engine, reached by the folder of its socket alone."""

from pathlib import Path

from sandbox.address import Address
from sandbox.containers import container
from sandbox.containers.docker_engine import DockerEngine, EngineUnreachableError
from sandbox.containers.housing import ContainerHousing
from sandbox.containers.socket_folders import SocketFolders

PREFIX = "ride-"
"""Before a sandbox's id, in its container's name."""
PATIENCE_SECONDS = 3.0
"""How long the engine may take to tell that a container has ended."""


class DockerHousing(ContainerHousing):
    """Fulfils the Housing protocol over the engine, for how it fares, and the server, for all else."""

    def __init__(self, sandbox: str, engine: DockerEngine, sockets: SocketFolders) -> None:
        super().__init__(sandbox, Address(host=str(sockets.path(sandbox)), port=container.PORT))
        self._engine = engine
        self._sockets = sockets

    @property
    def container(self) -> str:
        """The container's name."""
        return PREFIX + self._id

    @property
    def patience(self) -> float:
        return PATIENCE_SECONDS

    @property
    def socket(self) -> Path:
        """The server's socket."""
        return Path(self._address.host) / f".s.PGSQL.{container.PORT}"

    async def cause(self) -> str | None:
        try:
            state = await self._engine.state(self.container)
        except EngineUnreachableError:
            return None  # nothing is known; whether it lives, its server tells
        if state is None:
            return "its lease expired"
        if state.running:
            return None
        return container.cause_of(state.exit_code, out_of_memory=state.out_of_memory)

    async def said(self) -> str:
        return await self._engine.last_words(self.container)

    async def end(self) -> None:
        await self.let_go()
        await self._engine.remove(self.container)
        self._sockets.remove(self._id)
