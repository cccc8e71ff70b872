"""What is found in a Docker engine, by its own account."""

from pathlib import Path

from docker import DockerClient
from pydantic import BaseModel, ConfigDict, Field

from sandbox.containers.docker_engine import DockerEngine
from sandbox.server.survey import Survey


class _Version(BaseModel):
    """Engine API, "Get version"."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: str = Field(alias="Version")
    api: str = Field(alias="ApiVersion")


class _Swarm(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    state: str = Field(alias="LocalNodeState", default="inactive")
    manager: bool = Field(alias="ControlAvailable", default=False)


class _Info(BaseModel):
    """Engine API, "Get system information"."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    root: Path = Field(alias="DockerRootDir")
    memory: int = Field(alias="MemTotal")
    swarm: _Swarm = Field(alias="Swarm", default_factory=_Swarm)
    warnings: tuple[str, ...] | None = Field(alias="Warnings", default=None)


async def survey_engine(engine: DockerEngine, *, each: int) -> Survey:
    """The engine's survey, of sandboxes with `each` bytes. Raises SandboxError when it doesn't answer."""

    def look(client: DockerClient) -> tuple[_Version, _Info]:
        return _Version.model_validate(client.version()), _Info.model_validate(client.info())

    version, info = await engine.do(look)
    swarm = info.swarm.state
    if swarm == "active":
        swarm = "manager" if info.swarm.manager else "worker"
    return Survey(
        found=f"Docker engine {version.version} (API {version.api}, swarm: {swarm})",
        # Ours is another file system where we, or the engine, run elsewhere.
        folders=(info.root,) if info.root.is_dir() else (),
        memory=info.memory,
        each=each,
        notes=info.warnings or (),
    )
