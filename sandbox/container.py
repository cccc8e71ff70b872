"""The inside of a sandbox's container, as `entry.sh` lays it out: paths, environment, and why it ended."""

from pathlib import PurePosixPath

HOME = PurePosixPath("/var/ride")
"""A tmpfs: the data directory and what the entry script is told by us."""
IMAGE = PurePosixPath("/opt/ride")
"""What the image brings: the prepared data, the actors' scripts, the entry script."""
SOCKETS = PurePosixPath("/run/ride")
"""Where the server's socket is."""
PORT = 5432
DEADLINE = HOME / "deadline"
"""The second (Unix time) at which the sandbox ends by itself."""

DEADLINE_VARIABLE = "RIDE_DEADLINE"
ADDRESS_SPACE_VARIABLE = "RIDE_ADDRESS_SPACE_KB"
DATA_LIMIT_VARIABLE = "RIDE_DATA_LIMIT_KB"
LISTEN_VARIABLE = "RIDE_LISTEN"
"""Addresses for TCP; empty, as it is without the variable, for none."""

LEASE_OVER = 64
SERVER_STOPPED = 65
CLIENT_KILLED = 66
DATA_TOO_BIG = 67
TOLD_TO_STOP = 68
NOT_LAID_OUT = 69

_CAUSES = {
    LEASE_OVER: "its lease is over",
    SERVER_STOPPED: "PostgreSQL stopped by itself",
    CLIENT_KILLED: "a client of the incident was killed from outside",
    DATA_TOO_BIG: "its data grew too big",
    TOLD_TO_STOP: "its container was stopped from outside",
    NOT_LAID_OUT: "its prepared data could not be copied",
}
_SIGNALLED = 128
"""An exit code above this is a signal's number more."""


def stage_file(stage: str) -> PurePosixPath:
    """The file that makes the entry script start a stage of the actors."""
    return HOME / f"stage.{stage}"


def cause_of(exit_code: int, *, out_of_memory: bool = False) -> str:
    """In words, why a container ended that ended with this code."""
    if out_of_memory and exit_code not in {LEASE_OVER, CLIENT_KILLED}:
        return "it used up its memory"
    if exit_code in _CAUSES:
        return _CAUSES[exit_code]
    if exit_code > _SIGNALLED:
        return f"its container was killed from outside (signal {exit_code - _SIGNALLED})"
    return f"its container ended with exit code {exit_code}"
