"""What the tests of the `ride` command start from."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.acceptance.ride_program import Launcher, Place, launcher, new_place

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="mounts and other users need root")


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    """Folders of the test's own."""
    async with new_place() as made:
        yield made


@pytest.fixture
async def ride(place: Place) -> AsyncIterator[Launcher]:
    """The command."""
    async with launcher(place) as launch:
        yield launch


def mounted(folder: Path, options: str) -> list[str]:
    """A prefix that runs a command where a folder is a mount of its own, unseen by anybody else."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = f'mount -t tmpfs -o {options} none "$0" && exec "$@"'
    return ["unshare", "--mount", "sh", "-c", mount, str(folder)]


def as_user(number: int) -> list[str]:
    """A prefix that runs a command as a user whom passwd doesn't know."""
    program = shutil.which("setpriv")
    assert program is not None
    return [program, f"--reuid={number}", f"--regid={number}", "--clear-groups"]
