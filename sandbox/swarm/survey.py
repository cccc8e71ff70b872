"""What is found in a Docker swarm, by its manager's account."""

from dataclasses import replace

from docker import DockerClient
from pydantic import BaseModel, ConfigDict, Field

from sandbox.containers.docker_engine import DockerEngine
from sandbox.containers.docker_survey import survey_engine
from sandbox.server.survey import Survey


class _Resources(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    memory: int = Field(alias="MemoryBytes", default=0)


class _Description(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str = Field(alias="Hostname", default="")
    resources: _Resources = Field(alias="Resources", default_factory=_Resources)


class _Status(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    state: str = Field(alias="State")


class _Spec(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    availability: str = Field(alias="Availability")


class _Node(BaseModel):
    """Engine API, "List nodes"."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    spec: _Spec = Field(alias="Spec")
    description: _Description = Field(alias="Description", default_factory=_Description)
    status: _Status = Field(alias="Status")

    @property
    def works(self) -> bool:
        return self.status.state == "ready" and self.spec.availability == "active"


async def survey_swarm(engine: DockerEngine, *, each: int) -> Survey:
    """The swarm's survey: `each` are the bytes that a machine must have left for one more sandbox."""

    def look(client: DockerClient) -> list[_Node]:
        return [_Node.model_validate(node.attrs) for node in client.nodes.list()]

    manager = await survey_engine(engine, each=each)
    nodes = await engine.do(look)
    away = [node for node in nodes if not node.works]
    notes = [
        f"The machine {node.description.name} is {node.status.state} and {node.spec.availability}."
        for node in away
    ]
    return replace(
        manager,
        found=f"{manager.found}, {len(nodes) - len(away)} of {len(nodes)} machines available",
        memory=sum(node.description.resources.memory for node in nodes if node.works),
        notes=(*manager.notes, *notes),
    )
