"""psql as somebody runs it in a terminal of their own, for comparison with what Ride answers."""

import os
import pty
import subprocess
from pathlib import Path


def in_terminal(program: Path, dsn: str, *commands: str) -> str:
    """What psql prints for the commands, one session, without blanks at the ends of lines."""
    ours, its = pty.openpty()
    options = [word for command in commands for word in ("-c", command)]
    with subprocess.Popen(
        [program, "-X", "-P", "pager=off", *options, dsn],
        stdin=its,
        stdout=its,
        stderr=its,
        env={"TERM": "dumb", "LC_ALL": "C", "PGCLIENTENCODING": "UTF8"},
    ):
        os.close(its)
        said = _read(ours)
    os.close(ours)
    return "\n".join(line.rstrip() for line in said.split("\n")).strip("\n")


def _read(terminal: int) -> str:
    said = bytearray()
    while True:
        try:
            chunk = os.read(terminal, 1 << 16)
        except OSError:  # a terminal that nobody has open any more
            chunk = b""
        if not chunk:
            return said.decode().replace("\r\n", "\n")
        said += chunk
