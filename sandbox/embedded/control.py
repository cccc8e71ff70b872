"""Talks to a sandbox's supervisor, and tells whether there is one."""

import asyncio
import fcntl
import json
import os
import sys
import time
from datetime import timedelta
from pathlib import Path

import psutil

from sandbox.embedded.spec import CONTROL, DEADLINE, LOCK, State, load_spec, load_state, write_private
from sandbox.errors import SandboxError, SandboxGoneError

ANSWER_SECONDS = 10.0


async def launch(folder: Path) -> None:
    """Start the supervisor of the sandbox whose spec lies in `folder`; returns once it is in the background.

    Raises SandboxError with what it said.
    """
    root = Path(__file__).parents[2]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-S", "-m", "sandbox.embedded.supervisor", str(folder)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd="/",
        start_new_session=True,
    )
    _, said = await process.communicate()
    if process.returncode != 0:
        raise SandboxError(f"The sandbox's supervisor did not start: {said.decode(errors='replace').strip()}")


async def command(folder: Path, do: str, **arguments: str) -> None:
    """Have the supervisor do something. Raises SandboxGoneError when it is not there."""
    try:
        spec = load_spec(folder)
        path = Path(spec.socket_folder) / CONTROL
        async with asyncio.timeout(ANSWER_SECONDS):
            reader, writer = await asyncio.open_unix_connection(path)
            try:
                writer.write(json.dumps({"do": do, **arguments}).encode() + b"\n")
                answer = json.loads(await reader.readline())
            finally:
                writer.close()
                await writer.wait_closed()
    except (OSError, ValueError, KeyError) as error:
        raise SandboxGoneError(
            f"The sandbox {folder.name} is gone: its supervisor does not answer"
        ) from error
    if "error" in answer:
        raise SandboxError(f"The sandbox's supervisor could not {do}: {answer['error']}")


def supervised(folder: Path) -> bool:
    """Whether a living supervisor has charge of this folder: it holds the lock for as long as it lives."""
    try:
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def state(folder: Path) -> State | None:
    """What the supervisor last said of its sandbox; None if it said nothing (yet, or any more)."""
    try:
        return load_state(folder)
    except (OSError, ValueError, TypeError):
        return None


def set_deadline(folder: Path, lease: timedelta) -> None:
    """The sandbox ends this long from now. Raises SandboxGoneError if its folder is gone."""
    try:
        write_private(folder / DEADLINE, str(time.time() + lease.total_seconds()))
    except OSError as error:
        raise SandboxGoneError(f"The sandbox {folder.name} is gone") from error


def supervisor(folder: Path) -> psutil.Process | None:
    """The living process in charge of this folder."""
    said = state(folder)
    if said is None or not supervised(folder):
        return None
    try:
        return psutil.Process(said.supervisor)
    except psutil.NoSuchProcess:
        return None
