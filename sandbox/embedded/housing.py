"""A sandbox beside this program: in a folder of its own, with a supervisor that keeps it."""

import asyncio
import contextlib
import shutil
import time
from datetime import timedelta
from pathlib import Path

import psutil

from sandbox.address import Address
from sandbox.embedded import control
from sandbox.embedded.facts import Facts, load_facts
from sandbox.embedded.folders import remove
from sandbox.embedded.ownership import disown
from sandbox.embedded.spec import LOCK, write_private
from sandbox.errors import SandboxError, SandboxGoneError
from sandbox.provider import CheckResult
from sandbox.server.actors import Stage
from sandbox.server.housing import StageName
from sandbox.server.observer import Observer
from scenarios.model.scenario import Actor

DESTROY_SECONDS = 10.0
CAUSE_SECONDS = 2.0
"""How long the supervisor may take to tell why a server is gone."""
LOOPBACK = "127.0.0.1"


class EmbeddedHousing:
    """Fulfils the Housing protocol over the supervisor."""

    def __init__(self, folder: Path, facts: Facts, stage: Stage) -> None:
        self._folder = folder
        self._facts = facts
        self._stage = stage
        self._observer = Observer(Address(host=facts.socket_folder, port=facts.port))

    @property
    def id(self) -> str:
        return self._facts.id

    @property
    def folder(self) -> Path:
        """Where it lies on this machine."""
        return self._folder

    @property
    def signal_key(self) -> str:
        return self._facts.signal_key

    @property
    def observer(self) -> Observer:
        return self._observer

    @property
    def address(self) -> Address:
        return Address(host=LOOPBACK, port=self._facts.port)

    @property
    def doorway(self) -> Address:
        return self.address

    @property
    def patience(self) -> float:
        return CAUSE_SECONDS

    async def begin(self, stage: StageName) -> None:
        await control.command(self._folder, "start", stage=stage)

    async def run_once(self, actor: Actor, lock_timeout: timedelta) -> CheckResult:
        return await self._stage.run_once(actor, lock_timeout)

    async def renew(self, lease: timedelta) -> None:
        if not control.supervised(self._folder):
            raise SandboxGoneError(f"The sandbox {self.id} is gone")
        control.set_deadline(self._folder, lease)

    async def cause(self) -> str | None:
        if not self._folder.is_dir():
            return "its lease expired"
        state = control.state(self._folder)
        if state is not None and state.cause is not None:
            return state.cause
        if not control.supervised(self._folder):
            # The supervisor removes the folder, its lock among the rest, before it goes.
            return "its supervisor was killed" if (self._folder / LOCK).exists() else "its lease expired"
        return None

    async def said(self) -> str:
        try:
            return (self._folder / "supervisor.log").read_text(errors="replace")[-500:].strip()
        except OSError:
            return ""

    async def keep(self, name: str, text: str) -> None:
        try:
            write_private(self._kept(name), text)
        except FileNotFoundError as error:
            raise SandboxGoneError(f"The sandbox {self.id} is gone") from error

    async def kept(self, name: str) -> str | None:
        try:
            return self._kept(name).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    async def let_go(self) -> None:
        await self._observer.close()
        disown(self._folder)

    async def end(self) -> None:
        await end(self._folder)

    def _kept(self, name: str) -> Path:
        return self._folder / f"{name}.json"


async def end(folder: Path) -> None:
    """End the sandbox in a folder, however much of it still lives, and remove it."""
    deadline = time.monotonic() + DESTROY_SECONDS
    socket_folder = _socket_folder(folder)
    supervisor = control.supervisor(folder)
    with contextlib.suppress(SandboxError):
        await control.command(folder, "destroy")
    while control.supervised(folder) or _lives(supervisor):
        supervisor = supervisor or control.supervisor(folder)
        if time.monotonic() > deadline and supervisor is not None:
            supervisor.kill()  # its children die with it
        await asyncio.sleep(0.01)
    await asyncio.to_thread(remove, folder)
    if socket_folder is not None:
        await asyncio.to_thread(shutil.rmtree, socket_folder, ignore_errors=True)


def _lives(process: psutil.Process | None) -> bool:
    try:
        return process is not None and process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _socket_folder(folder: Path) -> Path | None:
    try:
        return Path(load_facts(folder).socket_folder)
    except (OSError, ValueError, TypeError):
        return None
