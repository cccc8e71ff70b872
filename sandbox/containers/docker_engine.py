"""The Docker engine, spoken to through its SDK: in threads, for it blocks, and with errors of this room."""

import asyncio
import os
import threading
from collections.abc import Callable
from typing import TypeVar

import requests
from docker import DockerClient
from docker.errors import APIError, DockerException
from pydantic import BaseModel, ConfigDict, Field

from sandbox.errors import InstallationError, SandboxError

TIMEOUT_SECONDS = 60
POOL = 32
"""Connections kept, so that as many calls at once need no new one."""
NOT_FOUND = 404
CONFLICT = 409

T = TypeVar("T")


class EngineUnreachableError(InstallationError):
    """No Docker engine answers."""


class EngineRefusedError(SandboxError):
    """The Docker engine answered a call with an error."""

    def __init__(self, error: APIError) -> None:
        said = str(error.explanation or error).strip()
        super().__init__(f"The Docker engine refused: {said}")
        self.status = error.status_code or 0
        """HTTP's: 404 for what isn't there, 409 for a name that is taken."""


class ContainerState(BaseModel):
    """What the engine says of a container (Engine API, "Inspect a container", State)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    running: bool = Field(alias="Running")
    paused: bool = Field(alias="Paused")
    exit_code: int = Field(alias="ExitCode")
    out_of_memory: bool = Field(alias="OOMKilled")
    finished: str = Field(alias="FinishedAt")
    """RFC 3339; of the year 1 while it has not."""


class DockerEngine:
    """The engine that DOCKER_HOST or the current Docker context names; connected to when first needed."""

    def __init__(self, connect: Callable[[], DockerClient] | None = None) -> None:
        self._connect = connect or _from_environment
        self._client: DockerClient | None = None
        self._connecting = threading.Lock()

    async def do(self, call: Callable[[DockerClient], T]) -> T:
        """Call the engine. If we are cancelled, the call is finished first, so that it can be undone.

        Raises EngineUnreachableError, and EngineRefusedError with the engine's own words.
        """
        thread = asyncio.ensure_future(asyncio.to_thread(self._do, call))
        try:
            return await asyncio.shield(thread)
        except asyncio.CancelledError:
            await asyncio.wait([thread])
            if not thread.cancelled():
                thread.exception()  # seen: nobody waits for it any more
            raise

    async def state(self, container: str) -> ContainerState | None:
        """How a container, by id or name, is; None if there is none."""
        try:
            found = await self.do(lambda client: client.api.inspect_container(container))
        except EngineRefusedError as error:
            if error.status == NOT_FOUND:
                return None
            raise
        return ContainerState.model_validate(found["State"])

    async def remove(self, container: str) -> None:
        """End a container and remove it with its volumes; nothing happens if it is not there."""
        try:
            await self.do(lambda client: client.api.remove_container(container, v=True, force=True))
        except EngineRefusedError as error:
            # 409: somebody else is removing it right now.
            if error.status not in {NOT_FOUND, CONFLICT}:
                raise

    async def last_words(self, container: str, lines: int = 20) -> str:
        """The end of what a container said; empty if there is nothing."""
        try:
            said = await self.do(lambda client: client.api.logs(container, tail=lines))
        except SandboxError:
            return ""
        return said.decode(errors="replace").strip()

    async def close(self) -> None:
        """Close the connections; the next call makes new ones."""
        client, self._client = self._client, None
        if client is not None:
            await asyncio.to_thread(client.close)

    def _do(self, call: Callable[[DockerClient], T]) -> T:
        try:
            with self._connecting:
                if self._client is None:
                    self._client = self._connect()
                client = self._client
            return call(client)
        except APIError as error:
            raise EngineRefusedError(error) from error
        except (requests.RequestException, DockerException, OSError) as error:
            raise _unreachable(error) from error


def _from_environment() -> DockerClient:
    return DockerClient.from_env(timeout=TIMEOUT_SECONDS, max_pool_size=POOL)


def _unreachable(error: Exception) -> EngineUnreachableError:
    return EngineUnreachableError(
        f"The Docker engine does not answer: {_reason(error)}. Ride looked where DOCKER_HOST or the "
        "current Docker context points, otherwise at /var/run/docker.sock. Three ways out: "
        "(1) install an engine and start it (Debian: apt install docker.io); "
        "(2) if one is running, let this user reach it: add them to the docker group, or set DOCKER_HOST "
        "to the socket of their own (rootless) engine; "
        "(3) set RIDE_PROVIDER=embedded, which needs no Docker."
    )


def _reason(error: BaseException) -> str:
    """What the system said, of errors around errors that quote each other; else what the outermost says."""
    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, OSError) and inner.errno is not None:
            return os.strerror(inner.errno)
        inner = inner.__cause__ or inner.__context__
    return str(error)
