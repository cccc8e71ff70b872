"""Whose a sandbox on this machine is: that of one provider in one living program, which alone clears it."""

import json
import os
import time
from pathlib import Path

import psutil

from sandbox.spec import write_private

OWNER = "owner.json"
_NEW_SECONDS = 60.0
"""A folder without an owner's name this young is being made by somebody right now."""


def own(folder: Path, provider: str) -> None:
    """Write down that this provider, by a name that no other has, owns the sandbox."""
    me = psutil.Process()
    owner = {"pid": me.pid, "started": me.create_time(), "provider": provider}
    write_private(folder / OWNER, json.dumps(owner))


def disown(folder: Path) -> None:
    """Leave the sandbox to whoever comes next. Does nothing if it is gone."""
    if folder.is_dir():
        write_private(folder / OWNER, json.dumps({"pid": 0, "started": 0, "provider": ""}))


def owned_by_another(folder: Path, provider: str) -> bool:
    """Whether another provider, of this or another program that still lives, owns the sandbox."""
    try:
        owner = json.loads((folder / OWNER).read_text(encoding="utf-8"))
        pid, started = int(owner["pid"]), float(owner["started"])
        if pid == os.getpid():
            return bool(owner["provider"] != provider)
        return pid > 0 and abs(psutil.Process(pid).create_time() - started) < 1.0
    except FileNotFoundError:
        return _is_new(folder)
    except (OSError, ValueError, KeyError, TypeError, psutil.Error):
        return False


def _is_new(folder: Path) -> bool:
    try:
        return time.time() - folder.stat().st_mtime < _NEW_SECONDS
    except OSError:
        return False
