"""What a provider finds where it makes sandboxes: for whoever operates Ride."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Survey:
    """How things are now."""

    found: str
    """With what sandboxes are made: `PostgreSQL 18.6 in /opt/…`, `Docker engine 27.3 (API 1.47)`."""
    folders: tuple[Path, ...] = ()
    """Where it writes on this machine."""
    memory: int | None = None
    """Bytes that sandboxes can share; None: not known."""
    each: int | None = None
    """Bytes that one sandbox may use at most; None: no limit of its own."""
    notes: tuple[str, ...] = ()
    """What a person should know, though it works."""
