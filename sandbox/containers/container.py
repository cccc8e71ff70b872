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

SOCKETS_VARIABLE = "RIDE_SOCKETS"
"""Where the socket is instead, where nothing is mounted for it."""
PASSWORD_VARIABLE = "RIDE_OBSERVER_PASSWORD"  # noqa: S105
"""The observer's for TCP: letters and digits. Without it there is none, and it comes by the socket alone."""

ADDRESS_SPACE = 768 << 20
"""Bytes that the server and each of its sessions may map: below the container's memory, so that PostgreSQL
gives a clean error before the kernel kills one of its processes."""
DATA = 512 << 20
"""Bytes of the tmpfs with the data directory. They count towards the container's memory."""
DATA_LIMIT = 448 << 20
"""The entry script's last resort; the watchdog acts on 200 MB of growth."""
PROCESSES = 256
UID = 60777
"""Whom all in a container runs as: nobody's uid, as where root starts the server on its own machine."""

LEASE_OVER = 64
SERVER_STOPPED = 65
CLIENT_KILLED = 66
DATA_TOO_BIG = 67
TOLD_TO_STOP = 68
NOT_LAID_OUT = 69

_CAUSES = {
    LEASE_OVER: "its lease expired",
    SERVER_STOPPED: "PostgreSQL stopped by itself",
    CLIENT_KILLED: "a client of the incident was killed from outside",
    DATA_TOO_BIG: "its data grew too big",
    TOLD_TO_STOP: "its container was stopped from outside",
    NOT_LAID_OUT: "its prepared data could not be copied",
}
_SIGNALLED = 128
"""An exit code above this is a signal's number more."""


def environment(deadline: int) -> dict[str, str]:
    """What the entry script is told at the start; `deadline` is a Unix time."""
    return {
        DEADLINE_VARIABLE: str(deadline),
        ADDRESS_SPACE_VARIABLE: str(ADDRESS_SPACE >> 10),
        DATA_LIMIT_VARIABLE: str(DATA_LIMIT >> 10),
    }


def stage_file(stage: str) -> PurePosixPath:
    """The file that makes the entry script start a stage of the actors."""
    return HOME / f"stage.{stage}"


def cause_of(exit_code: int, *, out_of_memory: bool = False) -> str:
    """In words, why a container ended that ended with this code."""
    if out_of_memory and exit_code not in {LEASE_OVER, CLIENT_KILLED}:
        return "it ran out of memory"
    if exit_code in _CAUSES:
        return _CAUSES[exit_code]
    if exit_code > _SIGNALLED:
        return f"its container was killed from outside (signal {exit_code - _SIGNALLED})"
    return f"its container ended with exit code {exit_code}"
