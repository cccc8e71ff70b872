"""Folders that hold one sandbox's socket each, on our side and, mounted, on the container's.

The outer folder is ours alone; in the inner one anybody may do anything, for who the container's user is on
this machine depends on how the engine maps users. Nobody but us and root gets as far as the inner one.
"""

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Collection
from pathlib import Path

from docker.types import Mount

from sandbox.containers.container import SOCKETS
from sandbox.containers.docker_engine import DockerEngine, EngineRefusedError
from sandbox.embedded.folders import SOCKET_LIMIT
from sandbox.errors import SandboxError

INNER = "s"
SOCKET_NAME = ".s.PGSQL.5432"
NEW_SECONDS = 60.0
"""A folder this young may belong to a container that is being made."""


class SocketFolders:
    """The folder in which they all are."""

    def __init__(self, engine: DockerEngine, folder: Path | None = None, volume: str | None = None) -> None:
        self._engine = engine
        self._folder = folder or Path(tempfile.gettempdir()) / f"ride-sockets-{os.geteuid()}"
        self._volume = volume
        """The volume that is mounted at the folder, where we run in a container ourselves."""
        self._shared = folder is None

    def make(self, name: str) -> Path:
        """A new inner folder for this name. Raises SandboxError when it can't be."""
        outer = self._folder / name
        inner = outer / INNER
        longest = len(os.fsencode(inner / SOCKET_NAME))
        if longest > SOCKET_LIMIT:
            raise SandboxError(
                f"The path of the folder for PostgreSQL's sockets, {self._folder}, is too long: {longest} "
                f"bytes with a socket's name, and the limit is {SOCKET_LIMIT}. "
                "Name a shorter one in RIDE_SOCKET_FOLDER."
            )
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self._shared and self._folder.stat().st_uid != os.geteuid():
                raise SandboxError(
                    f"{self._folder} belongs to another user; name another in RIDE_SOCKET_FOLDER."
                )
            outer.mkdir(mode=0o700)
            outer.chmod(0o700)
            inner.mkdir()
            inner.chmod(0o777)
        except OSError as error:
            raise SandboxError(
                f"No folder for PostgreSQL's socket can be made in {self._folder}: "
                f"{error.strerror or error}. Set RIDE_SOCKET_FOLDER to a folder that Ride can write to."
            ) from error
        return inner

    def path(self, name: str) -> Path:
        """Where the inner folder of this name is, if it is."""
        return self._folder / name / INNER

    async def mount(self, name: str) -> Mount:
        """Mounts the inner folder of this name where a sandbox's server makes its socket.

        The engine wants the path on its own machine, which for a volume only it knows.
        """
        source = self.path(name).absolute()
        if self._volume is not None:
            volume = self._volume
            try:
                found = await self._engine.do(lambda client: client.api.inspect_volume(volume))
            except EngineRefusedError as error:
                raise SandboxError(
                    f"The volume {volume} of RIDE_SOCKET_VOLUME does not exist ({error}). Name the one that "
                    f"is mounted in this container at {self._folder}, the folder of RIDE_SOCKET_FOLDER."
                ) from error
            source = Path(str(found["Mountpoint"])) / name / INNER
        return Mount(target=str(SOCKETS), source=str(source), type="bind")

    def remove(self, name: str) -> None:
        """Remove the folder of this name, if it is there."""
        shutil.rmtree(self._folder / name, ignore_errors=True)

    def forget(self, known: Collection[str]) -> None:
        """Remove the folders of which nobody knows the name."""
        with contextlib.suppress(FileNotFoundError):
            for folder in self._folder.iterdir():
                with contextlib.suppress(OSError):
                    age = time.time() - folder.stat().st_mtime
                    if folder.name not in known and age > NEW_SECONDS:
                        shutil.rmtree(folder, ignore_errors=True)
