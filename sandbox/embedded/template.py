"""Templates: data directories built once a scenario, PostgreSQL and recipe, then copied for each ride."""

import asyncio
import fcntl
import hashlib
import json
import os
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from sandbox.embedded.cluster import build_cluster
from sandbox.embedded.folders import remove
from sandbox.errors import SandboxError
from sandbox.provider import Progress
from sandbox.server.account import Account
from sandbox.server.binaries import Binaries
from sandbox.server.cluster import recipe_digest, scenario_digest
from scenarios.model.scenario import Scenario

LOCK_POLL_SECONDS = 0.1
UNUSED_SECONDS = 14 * 24 * 3600.0
"""A template of an older version that nobody has used for this long is removed."""
DESCRIPTION = "template.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Template:
    """A finished template."""

    folder: Path
    signal_key: str
    files: int
    size: int

    @property
    def data(self) -> Path:
        return self.folder / "data"


@dataclass(frozen=True, kw_only=True, slots=True)
class TemplateStore:
    """The templates in one cache folder."""

    folder: Path
    binaries: Binaries
    account: Account

    async def get(self, scenario: Scenario, progress: Progress) -> Template:
        """The scenario's template, built now unless a sound one is there.

        Two that ask at once build it once. What is half built or damaged is thrown away and built anew.
        Raises SandboxError when it can't be built.
        """
        target = self.folder / self._name(scenario)
        template = await asyncio.to_thread(_read, target)
        if template is not None:
            return template
        self.account.make_folder(self.folder)
        async with _locked(target.with_suffix(".lock"), progress):
            template = await asyncio.to_thread(_read, target)
            if template is None:
                await asyncio.to_thread(remove, target)
                template = await self._build(scenario, target, progress)
        return template

    def has(self, scenario: Scenario) -> bool:
        """Whether the scenario's template is there, and whole."""
        return _read(self.folder / self._name(scenario)) is not None

    def copy(self, template: Template, target: Path) -> None:
        """Copy the template's data directory to the new folder `target`; shares blocks where the disk can.

        Raises SandboxError.
        """
        done = subprocess.run(
            ["cp", "-a", "--reflink=auto", "--", template.data, target],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            text=True,
        )
        if done.returncode != 0:
            raise SandboxError(f"Copying {template.data} to {target} failed: {done.stderr.strip()}")

    def discard(self, template: Template) -> None:
        """Forget a template that turned out not to start."""
        remove(template.folder)

    def _name(self, scenario: Scenario) -> str:
        label = (
            f"{scenario_digest(scenario)} {recipe_digest('embedded/cluster.py')} {self.binaries.version} "
            f"{self.binaries.folder} {self.account.uid}"
        )
        return f"{scenario.slug}-{hashlib.sha256(label.encode()).hexdigest()[:16]}"

    def _site(self, name: str) -> Path:
        """A new folder to build in. We hold the lock: what others began under this name, they left behind."""
        for left in self.folder.glob(f".build-{name}-*"):
            remove(left)
        building = Path(tempfile.mkdtemp(prefix=f".build-{name}-", dir=self.folder))
        # initdb's uid must get in; the data directory itself is private to the server's.
        building.chmod(0o711)
        return building

    async def _build(self, scenario: Scenario, target: Path, progress: Progress) -> Template:
        building = await asyncio.to_thread(self._site, target.name)
        try:
            data = building / "data"
            key = await build_cluster(scenario, self.binaries, self.account, data, progress)
            template = await asyncio.to_thread(_finish, building, target, key)
            await asyncio.to_thread(_forget_unused, self.folder, scenario.slug)
            return template
        finally:
            await asyncio.to_thread(remove, building)


def _finish(building: Path, target: Path, key: str) -> Template:
    count, size = _measure(building / "data")
    template = Template(folder=target, signal_key=key, files=count, size=size)
    description = building / DESCRIPTION
    description.touch(mode=0o600)
    description.write_text(json.dumps({**asdict(template), "folder": target.name}), encoding="utf-8")
    building.rename(target)
    return template


def _read(target: Path) -> Template | None:
    """The template in this folder, if all of it is there."""
    try:
        found = json.loads((target / DESCRIPTION).read_text(encoding="utf-8"))
        template = Template(
            folder=target,
            signal_key=str(found["signal_key"]),
            files=int(found["files"]),
            size=int(found["size"]),
        )
        whole = _measure(template.data) == (template.files, template.size)
        os.utime(target / DESCRIPTION)  # used now
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return template if whole else None


def _forget_unused(folder: Path, slug: str) -> None:
    for description in folder.glob(f"{slug}-*/{DESCRIPTION}"):
        try:
            unused = time.time() - description.stat().st_mtime > UNUSED_SECONDS
        except FileNotFoundError:
            continue  # somebody else tidies up, too
        if unused:
            remove(description.parent)


def _measure(folder: Path) -> tuple[int, int]:
    """How many files, and how many bytes in all."""
    count = size = 0
    for root, _, names in os.walk(folder, onerror=_fail):
        for name in names:
            count += 1
            size += (Path(root) / name).lstat().st_size
    return count, size


def _fail(error: OSError) -> None:
    raise error


@asynccontextmanager
async def _locked(path: Path, progress: Progress) -> AsyncIterator[None]:
    """Alone among all programs of this machine, for as long as it lasts; the system lets go if we die."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        told = False
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not told:
                    progress("Another program is preparing this scenario; waiting for it")
                    told = True
                await asyncio.sleep(LOCK_POLL_SECONDS)
        yield
    finally:
        os.close(descriptor)
