"""Where a PostgreSQL is reached."""

from dataclasses import dataclass

KEEPALIVE_SECONDS = 2
"""A silent connection by TCP is probed this soon, then every second; three times without an answer end it."""
UNHEARD_MS = 5_000
"""What was sent by TCP and not acknowledged for so long ends the connection: a lost machine says nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """A server, as a client is told of it."""

    host: str
    """The folder of its Unix socket, or a name or address for TCP."""
    port: int
    tls: bool = False
    """Only clients that ask for TLS get in."""
