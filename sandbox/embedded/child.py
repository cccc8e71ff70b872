"""What a child process does before it becomes PostgreSQL. Standard library only, as the supervisor."""

import ctypes
import os
import resource

PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True)


def become_child(parent: int, on_death: int, address_space: int | None = None) -> None:
    """Die by the signal `on_death` when the parent dies, and map at most `address_space` bytes.

    Runs between fork and exec, after the uid has changed (which would clear the signal: prctl(2)).
    """
    _libc.prctl(PR_SET_PDEATHSIG, on_death, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if address_space is not None:
        resource.setrlimit(resource.RLIMIT_AS, (address_space, address_space))
