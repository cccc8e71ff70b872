"""What a sandbox is made of on this machine, so that tests can harm it and look for what is left of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psutil
from docker import DockerClient
from docker.errors import NotFound

from sandbox.containers.docker_housing import DockerHousing
from sandbox.embedded import control
from sandbox.embedded.facts import load_facts
from sandbox.server.labels import SANDBOX_LABEL
from sandbox.server.running import RunningSandbox
from sandbox.swarm.housing import SwarmHousing
from tests.integration.sandbox_fixtures import folder_of

FIND = """
for file in /proc/[0-9]*/cmdline; do
    if tr '\\0' ' ' <"$file" 2>/dev/null | grep -qF -- "$1"; then
        pid=${file#/proc/}; pid=${pid%/cmdline}
        [ "$pid" = $$ ] || [ "$pid" = 1 ] || { kill -9 "$pid"; exit; }
    fi
done
exit 1
"""


class Body(Protocol):
    def remains(self) -> list[object]:
        """What is there of it now."""
        ...

    def lives(self) -> bool:
        """Whether anything of it runs."""
        ...

    def kill(self, words: str) -> None:
        """Kill one process whose command line has these words in it."""
        ...

    def kill_keeper(self) -> None:
        """Kill what keeps the sandbox."""
        ...

    def freeze(self) -> None:
        """Let none of its processes go on, and all of them live."""
        ...


@dataclass(frozen=True)
class FolderBody:
    """An embedded sandbox: its folders and its processes."""

    folders: tuple[Path, ...]
    processes: tuple[psutil.Process, ...]

    def remains(self) -> list[object]:
        return [
            *(process for process in self.processes if _runs(process)),
            *(folder for folder in self.folders if folder.exists()),
        ]

    def lives(self) -> bool:
        return any(_runs(process) for process in self.processes)

    def kill(self, words: str) -> None:
        supervisor = self.processes[0]
        for process in supervisor.children(recursive=True):
            if words in " ".join(process.cmdline()):
                process.kill()
                return
        raise AssertionError(f"no process with {words}")

    def kill_keeper(self) -> None:
        self.processes[0].kill()

    def freeze(self) -> None:
        for process in self.processes[0].children(recursive=True):
            process.suspend()


@dataclass(frozen=True)
class ContainerBody:
    """A sandbox in a container: that, and the folder of its socket."""

    container: str
    folder: Path

    def remains(self) -> list[object]:
        with _engine() as client:
            try:
                client.containers.get(self.container)
            except NotFound:
                return [self.folder] if self.folder.exists() else []
            return [self.container]

    def lives(self) -> bool:
        with _engine() as client:
            return client.containers.get(self.container).status == "running"

    def kill(self, words: str) -> None:
        with _engine() as client:
            container = client.containers.get(self.container)
            found = container.exec_run(["sh", "-c", FIND, "find", words])
            # The server dies with its process, and the container and this command with the server.
            assert found.exit_code in {0, 137}, f"no process with {words}: {found.output!r}"

    def kill_keeper(self) -> None:
        with _engine() as client:
            client.containers.get(self.container).kill()

    def freeze(self) -> None:
        with _engine() as client:
            client.containers.get(self.container).pause()


@dataclass(frozen=True)
class ServiceBody:
    """A sandbox in a swarm: its service, its network, and its container at the engine of the manager."""

    sandbox: str

    @property
    def _filters(self) -> dict[str, str | list[str] | bool]:
        return {"label": f"{SANDBOX_LABEL}={self.sandbox}"}

    def remains(self) -> list[object]:
        with _engine() as client:
            return [
                *client.services.list(filters=self._filters),
                *client.networks.list(filters=self._filters),
            ]

    def lives(self) -> bool:
        with _engine() as client:
            return bool(client.containers.list(filters=self._filters))

    def kill(self, words: str) -> None:
        with _engine() as client:
            (container,) = client.containers.list(filters=self._filters)
            found = container.exec_run(["sh", "-c", FIND, "find", words])
            # The server dies with its process, and the container and this command with the server.
            assert found.exit_code in {0, 137}, f"no process with {words}: {found.output!r}"

    def kill_keeper(self) -> None:
        with _engine() as client:
            (container,) = client.containers.list(filters=self._filters)
            container.kill()

    def freeze(self) -> None:
        with _engine() as client:
            (container,) = client.containers.list(filters=self._filters)
            container.pause()


class _engine:  # noqa: N801 - a context manager
    def __enter__(self) -> DockerClient:
        self._client = DockerClient.from_env()
        return self._client

    def __exit__(self, *_: object) -> None:
        self._client.close()


def body_of(sandbox: RunningSandbox) -> Body:
    """What there is of this sandbox."""
    if isinstance(sandbox.housing, DockerHousing):
        return ContainerBody(sandbox.housing.container, sandbox.housing.socket.parent.parent)
    if isinstance(sandbox.housing, SwarmHousing):
        return ServiceBody(sandbox.id)
    folder = folder_of(sandbox)
    state = control.state(folder)
    assert state is not None
    supervisor = psutil.Process(state.supervisor)
    return FolderBody(
        (folder, Path(load_facts(folder).socket_folder)),
        (supervisor, *supervisor.children(recursive=True)),
    )


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
