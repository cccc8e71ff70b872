"""Where templates, running sandboxes and their sockets are kept."""

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from platformdirs import site_cache_path, user_cache_path

from sandbox.errors import SandboxError
from sandbox.provider import Progress
from sandbox.server.account import Account

SOCKET_LIMIT = 103
"""Bytes in a Unix socket's path on every platform that PostgreSQL knows."""
SOCKET_NAME = ".s.PGSQL.65535"


@dataclass(frozen=True, kw_only=True, slots=True)
class Folders:
    """The folders of one provider; made on demand, enterable by the account that PostgreSQL runs as."""

    cache: Path
    sandboxes: Path

    @property
    def templates(self) -> Path:
        return self.cache / "templates"


def choose_folders(cache: Path | None, run: Path | None, account: Account, progress: Progress) -> Folders:
    """The cache folder of the settings, else the user's (the system's for root), else one in the temp folder.

    `progress` is told when a folder can't be written and the temp folder takes its place. Raises SandboxError
    when nothing can be written, or when the account can't enter what can.
    """
    wanted = cache or (site_cache_path("ride") if account.lent else user_cache_path("ride"))
    chosen = wanted
    problem = _unusable(wanted, account)
    if problem is not None:
        chosen = Path(tempfile.gettempdir()) / f"ride-cache-{os.geteuid()}"
        progress(f"{wanted}: {problem}. Using {chosen} instead, which may not survive a reboot.")
        problem = _unusable(chosen, account) or _foreign(chosen)
    if problem is not None:
        raise SandboxError(
            f"No folder for PostgreSQL's files: {wanted} and {chosen} can't be used ({problem}). "
            "Set RIDE_CACHE_FOLDER to a folder that you can write to."
        )
    sandboxes = run or chosen / "sandboxes"
    problem = _unusable(sandboxes, account)
    if problem is not None:
        raise SandboxError(f"The folder for running sandboxes, {sandboxes}, can't be used: {problem}.")
    return Folders(cache=chosen, sandboxes=sandboxes)


def make_socket_folder(account: Account) -> Path:
    """A new private folder with a path short enough for sockets. Raises SandboxError if there is no place."""
    for place in dict.fromkeys((tempfile.gettempdir(), "/tmp", "/var/tmp")):  # noqa: S108
        # Eight letters are what mkdtemp adds to the prefix.
        longest = len(os.fsencode(f"{place}/ride-xxxxxxxx/{SOCKET_NAME}"))
        if longest <= SOCKET_LIMIT and os.access(place, os.W_OK | os.X_OK):
            folder = Path(tempfile.mkdtemp(prefix="ride-", dir=place))
            if account.obstacle(folder.parent) is None:
                account.give(folder)
                return folder
            folder.rmdir()
    raise SandboxError(
        "No folder for PostgreSQL's Unix socket: Ride looked in the temp folder, /tmp and /var/tmp for a "
        f"writable one with a short enough path (at most {SOCKET_LIMIT} bytes with the socket's name). "
        "Set TMPDIR to one."
    )


def remove(folder: Path) -> None:
    """Remove a folder, whatever is in it and whoever removes it at the same time."""
    shutil.rmtree(folder, ignore_errors=True)


def _unusable(folder: Path, account: Account) -> str | None:
    """Make the folder; in words, why it can't be used."""
    try:
        account.make_folder(folder)
        with tempfile.TemporaryFile(dir=folder):
            pass
        barrier = account.obstacle(folder)
    except OSError as error:
        return (error.strerror or str(error)).lower()
    if barrier is not None:
        return f"PostgreSQL runs as uid {account.uid} and can't enter {barrier}"
    return None


def _foreign(folder: Path) -> str | None:
    owner = folder.stat().st_uid
    return None if owner == os.geteuid() else f"{folder} belongs to uid {owner}"
