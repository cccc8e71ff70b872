"""Offers to remove what Ride keeps outside of this folder: what was prepared, and rides with their scores.

Asks on a terminal; elsewhere it says where it lies. `--cache` and `--data` remove without a question. Folders
that a setting names are yours: it says where they are and leaves them. The standard library alone is used:
`.venv` is gone already.
"""

import argparse
import contextlib
import fcntl
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MEGABYTE = 1_000_000
BLOCK = 512
"""Bytes in a unit of `st_blocks`, as stat(2) says."""


@dataclass(frozen=True)
class Kept:
    """A folder of Ride's."""

    name: str
    what: str
    folder: Path
    setting: str


def kept() -> tuple[Kept, Kept]:
    """The folders as they are without a setting: those of bot.base.config and sandbox.embedded.folders."""
    cache = Path("/var/cache") if os.geteuid() == 0 else home("XDG_CACHE_HOME", ".cache")
    return (
        Kept(
            "cache", "what was prepared for sandboxes; it is made again", cache / "ride", "RIDE_CACHE_FOLDER"
        ),
        Kept(
            "data",
            "rides, scores, teams and rotas; they are gone then",
            home("XDG_DATA_HOME", ".local/share") / "ride",
            "RIDE_DATA_FOLDER",
        ),
    )


def home(variable: str, below: str) -> Path:
    """A folder of the XDG base directories: https://specifications.freedesktop.org/basedir-spec/latest/."""
    said = os.environ.get(variable, "").strip()
    return Path(said) if said else Path("~").expanduser() / below


def size(folder: Path) -> int:
    """Bytes that a folder takes on the disk."""
    total = 0
    for path in (folder, *folder.rglob("*")):
        with contextlib.suppress(OSError):
            total += path.lstat().st_blocks * BLOCK
    return total


def is_used(folder: Path) -> bool:
    """Whether a `ride` keeps its rides there now: see bot.base.state_folder."""
    for lock in folder.glob("*/lock"):
        with contextlib.suppress(OSError), lock.open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
    return False


def wishes(found: list[Kept], wanted: set[str]) -> Iterator[Kept]:
    """Which of them are to go: those that were named, else those to which a person says yes."""
    for one in found:
        told = f"{one.folder} ({size(one.folder) / MEGABYTE:.0f} MB: {one.what})"
        if one.name in wanted:
            sys.stdout.write(f"Removing {told}\n")
            yield one
        elif wanted:
            continue
        elif sys.stdin.isatty() and sys.stdout.isatty():
            if input(f"Remove {told}, too? [y/N] ").strip().casefold() in {"y", "yes"}:
                yield one
        else:
            sys.stdout.write(f'Left: {told}. make clean ARGS="--{one.name}" removes it.\n')


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="make clean", description=__doc__)
    for one in kept():
        parser.add_argument(f"--{one.name}", action="store_true", help=f"remove {one.folder}: {one.what}")
    chosen = {name for name, wanted in vars(parser.parse_args()).items() if wanted}
    for one in kept():
        if own := os.environ.get(one.setting):
            sys.stdout.write(f"Left: {own}, which {one.setting} names.\n")
    found = [one for one in kept() if one.setting not in os.environ and one.folder.is_dir()]
    if found and any(is_used(one.folder) for one in kept() if one.name == "data"):
        sys.exit("A ride is running here: stop it first, then its folders can go.")
    for one in wishes(found, chosen):
        shutil.rmtree(one.folder)


if __name__ == "__main__":
    try:
        main()
    except (KeyboardInterrupt, EOFError):
        sys.exit("\nNothing more was removed.")
    except OSError as error:
        sys.exit(f"{error.filename} can't be removed: {error.strerror or error}.")
