"""Where a PostgreSQL is reached."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """A server, as a client is told of it."""

    host: str
    """The folder of its Unix socket, or a name or address for TCP."""
    port: int
    tls: bool = False
    """Only clients that ask for TLS get in."""
