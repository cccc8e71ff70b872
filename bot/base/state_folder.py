"""A folder of state that one program at a time may use."""

import fcntl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_MOST = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class StateFolder:
    """A folder that is ours until the program ends."""

    path: Path
    first: bool
    """No other program of this name uses the parent."""
    note: str | None
    """What a person should know about the choice, if anything."""


@contextmanager
def own_folder(parent: Path, name: str) -> Iterator[StateFolder]:
    """The first of `name`, `name-2`, … below a folder that no other program uses; ours inside the block.

    Where the parent can't be written, a temporary folder is used and removed at the end.
    """
    for number in range(1, _MOST):
        folder = parent / (name if number == 1 else f"{name}-{number}")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = (folder / "lock").open("w")
        except OSError as error:
            with tempfile.TemporaryDirectory(prefix="ride-") as temporary:
                note = f"{folder} can't be written ({error.strerror}): nothing from this run will be kept."
                yield StateFolder(path=Path(temporary), first=True, note=note)
            return
        with lock:
            if _take(lock):
                other = f"Another Ride is using {parent / name}, so this one keeps its rides in {folder}."
                first = number == 1
                yield StateFolder(path=folder, first=first, note=None if first else other)
                return
    raise RuntimeError(f"{_MOST} programs use {parent / name} already")


def is_used(parent: Path, name: str) -> bool:
    """Whether a program has the first folder of this name now. Nothing is made by looking."""
    try:
        lock = (parent / name / "lock").open()
    except OSError:
        return False
    with lock:
        return not _take(lock)


def _take(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
