"""Asking the Ride that runs on this machine, at the address where it says how it is."""

import urllib.request

from bot.base.address import Address

ANSWERS_WITHIN = 5.0
"""Seconds; a container engine waits 30 by default."""
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where it listens, not where we do
"""Who listens on every address is asked on the machine's own."""


def nearby(configured: str) -> Address:
    """Where RIDE_OPERATIONS_ADDRESS is reached from this machine."""
    address = Address.read(configured)
    return Address(host=_ANYWHERE.get(address.host, address.host), port=address.port)


def ask(configured: str, path: str) -> str:
    """What it answers. Raises urllib's HTTPError for a status that isn't 200, and OSError for no answer."""
    # Not through a proxy of the environment: it is this machine that is asked.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"http://{nearby(configured)}{path}", timeout=ANSWERS_WITHIN) as answer:
        text: bytes = answer.read()
    return text.decode()
