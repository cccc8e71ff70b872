"""What the swarm knows of the sandboxes in it: their tasks, and the machines these run on.

A service's task goes through states (Docker's documentation, "Swarm task states"), and a machine that is lost
is `down` for the manager some ten seconds later; what it last heard of the tasks there stays as it was.
"""

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from docker import DockerClient
from pydantic import BaseModel, ConfigDict, Field

from sandbox.containers.container import cause_of
from sandbox.containers.docker_engine import DockerEngine
from sandbox.errors import SandboxError
from sandbox.server.labels import SANDBOX_LABEL

log = logging.getLogger(__name__)

FRESH_SECONDS = 1.0
"""How old an answer may be: rides ask four times a second, each for itself."""
ENDED = frozenset({"complete", "failed", "shutdown", "rejected", "orphaned", "remove"})
LOST = "the machine it ran on was lost"


class _Reading(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ContainerStatus(_Reading):
    """The container of a task."""

    container: str = Field(alias="ContainerID", default="")
    exit_code: int = Field(alias="ExitCode", default=0)


class TaskStatus(_Reading):
    """Engine API, "Inspect a task", Status."""

    state: str = Field(alias="State")
    error: str = Field(alias="Err", default="")
    container: ContainerStatus = Field(alias="ContainerStatus", default=ContainerStatus())


class Attachment(_Reading):
    """A task's place in a network; addresses with their prefix length."""

    addresses: tuple[str, ...] | None = Field(alias="Addresses", default=())


class Task(_Reading):
    """Engine API, "Inspect a task"."""

    id: str = Field(alias="ID")
    service: str = Field(alias="ServiceID")
    created: str = Field(alias="CreatedAt")
    node: str = Field(alias="NodeID", default="")
    wanted: str = Field(alias="DesiredState")
    status: TaskStatus = Field(alias="Status")
    attachments: tuple[Attachment, ...] | None = Field(alias="NetworksAttachments", default=())

    @property
    def address(self) -> str | None:
        """Its address in its one network, once it has one."""
        for attachment in self.attachments or ():
            for address in attachment.addresses or ():
                return address.partition("/")[0]
        return None


class NodeDescription(_Reading):
    hostname: str = Field(alias="Hostname", default="")


class NodeStatus(_Reading):
    state: str = Field(alias="State")


class Node(_Reading):
    """Engine API, "Inspect a node"."""

    id: str = Field(alias="ID")
    description: NodeDescription = Field(alias="Description")
    status: NodeStatus = Field(alias="Status")

    @property
    def is_lost(self) -> bool:
        """Whether the manager has given it up; `unknown` it is also when the manager has just begun."""
        return self.status.state in {"down", "disconnected"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Roll:
    """One answer of the manager."""

    tasks: Mapping[str, Task] = field(default_factory=dict)
    """The newest of each service, by the service's id."""
    nodes: Mapping[str, Node] = field(default_factory=dict)

    def cause(self, service: str) -> str | None:
        """In words, what has ended the service's one task; None while it lives, as far as is known."""
        task = self.tasks.get(service)
        if task is None:
            return "its lease expired"  # its service was removed, which is its end
        node = self.nodes.get(task.node)
        if task.node and (node is None or node.is_lost):
            return LOST if node is None else f"{LOST} ({node.description.hostname} is down)"
        return None if task.status.state not in ENDED else _ending(task)


def _ending(task: Task) -> str:
    match task.status.state:
        case "complete" | "failed":
            return cause_of(task.status.container.exit_code)
        case "orphaned":
            return LOST
        case "rejected":
            return f"its machine could not run it ({task.status.error})"
        case _:
            return "the swarm stopped it"


class RollCall:
    """Asks the manager for all sandboxes at once, and no more often than is needed."""

    def __init__(self, engine: DockerEngine) -> None:
        self._engine = engine
        self._asking = asyncio.Lock()
        self._roll = Roll()
        self._asked = float("-inf")

    async def fresh(self) -> Roll:
        """What the manager says now. Raises SandboxError when it does not answer."""
        async with self._asking:
            self._roll = await self._engine.do(_ask)
            self._asked = time.monotonic()
            return self._roll

    async def cause(self, service: str) -> str | None:
        """What has ended a service's task, as of a second ago; None while the manager knows of nothing.

        Also when there is no manager to ask: the machines go on without one.
        """
        if time.monotonic() - self._asked > FRESH_SECONDS:
            try:
                await self.fresh()
            except SandboxError as error:
                log.warning("the swarm's manager could not be asked about the sandboxes: %s", error)
                self._asked = time.monotonic()
                return None
        return self._roll.cause(service)


def _ask(client: DockerClient) -> Roll:
    newest: dict[str, Task] = {}
    tasks = client.api.tasks(filters={"label": SANDBOX_LABEL})  # type: ignore[no-untyped-call]
    for found in tasks:
        task = Task.model_validate(found)
        if task.service not in newest or task.created > newest[task.service].created:
            newest[task.service] = task
    nodes = [Node.model_validate(found) for found in client.api.nodes()]
    return Roll(tasks=newest, nodes={node.id: node for node in nodes})
