"""Whose a sandbox on this machine is: that of one provider in one living program, which alone clears it.

Where the programs of an installation take turns, the one whose turn it is, is the sole keeper: it takes over
also from one that lives on and doesn't know yet that its time is over.
"""

import json
import os
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import psutil

from sandbox.embedded.spec import write_private

OWNER = "owner.json"
_NEW_SECONDS = 60.0
"""A folder without an owner's name this young is being made by somebody right now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Keeper:
    """Somebody who can have charge of sandboxes."""

    installation: str
    """Its next life may adopt them; a living sandbox of another installation is left to its lease."""
    provider: str
    """Unique for each provider object."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Owner(Keeper):
    """Who has charge of a sandbox now."""

    pid: int
    """0: nobody any more."""
    started: float


def own(folder: Path, keeper: Keeper) -> None:
    """Write down that this keeper, in this program, owns the sandbox."""
    me = psutil.Process()
    _save(folder, Owner(**asdict(keeper), pid=me.pid, started=me.create_time()))


def disown(folder: Path) -> None:
    """Leave the sandbox to the installation's next life. Does nothing if it is gone, or another program's."""
    owner = read_owner(folder)
    if owner is not None and owner.pid == os.getpid():
        _save(folder, replace(owner, pid=0))


def read_owner(folder: Path) -> Owner | None:
    """The owner that is written down; None if that can't be read."""
    try:
        return Owner(**json.loads((folder / OWNER).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def owned_by_another(folder: Path, keeper: Keeper, *, sole: bool) -> bool:
    """Whether another provider of this program owns the sandbox, or another program that still lives.

    Not that of its own installation if the keeper is the `sole` one there now.
    """
    owner = read_owner(folder)
    if owner is None:
        return _is_new(folder)
    if owner.pid == os.getpid():
        return owner.provider != keeper.provider
    if sole and owner.installation == keeper.installation:
        return False
    try:
        return owner.pid > 0 and abs(psutil.Process(owner.pid).create_time() - owner.started) < 1.0
    except psutil.Error:
        return False


def _save(folder: Path, owner: Owner) -> None:
    write_private(folder / OWNER, json.dumps(asdict(owner)))


def _is_new(folder: Path) -> bool:
    try:
        return time.time() - folder.stat().st_mtime < _NEW_SECONDS
    except OSError:
        return False
