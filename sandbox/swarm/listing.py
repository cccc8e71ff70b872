"""What of sandboxes is in a swarm: their services and networks, as the manager lists them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from docker import DockerClient
from pydantic import BaseModel, ConfigDict, Field

from sandbox.containers.docker_engine import NOT_FOUND, DockerEngine, EngineRefusedError
from sandbox.errors import SandboxError
from sandbox.server.labels import INSTALLATION_LABEL, SANDBOX_LABEL


class Found(BaseModel):
    """A service or network of a sandbox's."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    """The sandbox's id."""
    labels: Mapping[str, str]
    made: datetime
    environment: Mapping[str, str] = Field(default_factory=dict)
    """A service's."""

    @property
    def installation(self) -> str:
        """Whose it is."""
        return self.labels.get(INSTALLATION_LABEL, "")


def everything(client: DockerClient) -> tuple[list[Found], list[Found]]:
    """The services and the networks of all sandboxes in the swarm."""
    filters = {"label": SANDBOX_LABEL}
    services = client.api.services(filters=filters)  # type: ignore[no-untyped-call]
    networks = client.api.networks(filters=filters)
    return [_service(found) for found in services], [
        Found(id=found["Id"], name=found["Name"], labels=found["Labels"], made=found["Created"])
        for found in networks
    ]


async def service_of(engine: DockerEngine, sandbox: str) -> Found | None:
    """The service of a sandbox, if there is one. Raises SandboxError."""
    try:
        found = await engine.do(
            lambda client: client.api.inspect_service(sandbox)  # type: ignore[no-untyped-call]
        )
    except EngineRefusedError as error:
        if error.status == NOT_FOUND:
            return None
        raise
    service = _service(found)
    return service if service.labels.get(SANDBOX_LABEL) == sandbox else None


def check_manager(client: DockerClient) -> None:
    """Raises SandboxError unless the engine manages a swarm."""
    if not client.api.info()["Swarm"].get("ControlAvailable"):
        raise SandboxError(
            "The Docker engine is not a manager of a swarm, and RIDE_PROVIDER=swarm needs one. "
            "Make it one with `docker swarm init`, or start Ride on one that is: docs/scale.md explains how."
        )


def _service(found: Mapping[str, Any]) -> Found:
    spec = found["Spec"]
    environment = spec["TaskTemplate"]["ContainerSpec"].get("Env") or ()
    return Found(
        id=found["ID"],
        name=spec["Name"],
        labels=spec.get("Labels") or {},
        made=found["CreatedAt"],
        environment=dict(variable.split("=", 1) for variable in environment),
    )
