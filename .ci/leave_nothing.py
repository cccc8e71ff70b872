"""Runs a command and sees to it that no process of it is left, not even one that detached itself.

`python .ci/leave_nothing.py COMMAND …` gives the command's status, or 1 if something had to be ended.
"""

import contextlib
import ctypes
import os
import signal
import sys
import time
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
"""From linux/prctl.h: orphans below this process become its children, not init's."""
GRACE_SECONDS = 10.0
"""How long what has been told to end may take."""


def parents() -> dict[int, int]:
    """Each living process and its parent."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            # pid (name) state ppid …; the name may hold anything. See proc_pid_stat(5).
            state, parent = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()[:2]
            if state != "Z":
                found[int(folder.name)] = int(parent)
    return found


def descendants() -> list[int]:
    """All living processes below this one."""
    tree = parents()
    below = {os.getpid()}
    while grown := {pid for pid, parent in tree.items() if parent in below} - below:
        below |= grown
    return sorted(below - {os.getpid()})


def command_line(pid: int) -> str:
    """The command of a process, for people."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    return "gone meanwhile"


def reap() -> None:
    """Take the status of every child that has ended."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def run(command: list[str]) -> int:
    """The command's exit status, the shell's way (128 + signal). Orphans that end meanwhile are reaped."""
    child = os.posix_spawnp(command[0], command, os.environ)
    # A handler, not SIG_IGN: that would be inherited. Ctrl-C reaches the command from the terminal.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGTERM))
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def end_the_rest() -> bool:
    """Whether there was nothing left to end, after the grace time."""
    deadline = time.monotonic() + GRACE_SECONDS
    while left := descendants():
        reap()
        if time.monotonic() > deadline:
            break
        time.sleep(0.1)
    for pid in left:
        sys.stderr.write(f"Left running, and ended now: {pid} {command_line(pid)}\n")
    for pid in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return not left


def main() -> int:
    """Runs the command given in the arguments."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")
    try:
        status = run(sys.argv[1:])
    except FileNotFoundError as error:
        sys.exit(f"{error.filename or sys.argv[1]}: no such command")
    return status if end_the_rest() else status or 1


if __name__ == "__main__":
    sys.exit(main())
