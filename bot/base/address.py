"""Where a server of ours listens, as a setting says it: `127.0.0.1:9464` or `[::1]:9464`."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

HIGHEST_PORT = 65_535


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """A host and a port. Port 0 is a free one, which the system chooses."""

    host: str
    port: int

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises ValueError for what is not HOST:PORT."""
        host, colon, port = text.strip().rpartition(":")
        host = host.removeprefix("[").removesuffix("]")
        if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > HIGHEST_PORT:
            raise ValueError(f"{text} is not HOST:PORT, such as 127.0.0.1:9464 or [::1]:9464")
        return cls(host=host, port=int(port))

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def public_address(text: str) -> str:
    """An address for others to reach us at, without a slash at its end. Raises ValueError for none.

    Slack takes https only; http is for this machine itself, where there is nobody between.
    """
    parts = urlsplit(text.strip())
    loopback = parts.hostname in ("localhost", "127.0.0.1", "::1")
    secure = parts.scheme == "https" or (parts.scheme == "http" and loopback)
    if not secure or not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError(f"{text} is not an address such as https://ride.example.com")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
