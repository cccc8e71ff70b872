"""Addresses: whether what is to listen can, and whether learners can get at what they are told."""

import asyncio
import socket
from collections.abc import Sequence

from bot.base.address import Address
from bot.base.config import Settings
from bot.doctor.finding import Check, Finding, fine, warning, wrong

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def network_checks(settings: Settings) -> list[Check]:
    """Operations and learners' own clients."""

    async def operations() -> Sequence[Finding]:
        return _operations(settings)

    async def connect() -> Sequence[Finding]:
        return await asyncio.to_thread(_connect, settings)

    return [
        Check(about="Operations", look=operations),
        Check(about="Learners' psql", look=connect),
    ]


def _operations(settings: Settings) -> list[Finding]:
    if settings.operations_address is None:
        todo = "Set RIDE_OPERATIONS_ADDRESS, for example to 127.0.0.1:9464, and watch /readyz and /metrics."
        return [warning("Operations", "This Ride has no health endpoint.", todo)]
    address = Address.read(settings.operations_address)
    return [fine("Operations", f"Health, readiness and metrics at http://{address}.")]


def _connect(settings: Settings) -> list[Finding]:
    about, host, listen = "Learners' psql", settings.connect_host, settings.listen_address
    if host is None:
        if listen is None:
            return [fine(about, "Off: people use /sql only.")]
        todo = "Set RIDE_CONNECT_HOST to the name by which learners reach this machine."
        return [
            warning(about, "RIDE_LISTEN_ADDRESS is set, but learners aren't told where to connect.", todo)
        ]
    try:
        found = {str(one[4][0]) for one in socket.getaddrinfo(host, None)}
    except OSError as error:
        todo = "Correct RIDE_CONNECT_HOST, or its DNS entry."
        return [wrong(about, f"{host} can't be resolved: {error.strerror or error}.", todo)]
    if listen is None and not found <= _LOOPBACK and host not in _LOOPBACK:
        todo = "Set RIDE_LISTEN_ADDRESS to this machine's address that learners connect to."
        return [wrong(about, f"Learners are sent to {host}, but sandboxes listen on 127.0.0.1 only.", todo)]
    return [fine(about, f"At {host}, {_ports(settings)}.")]


def _ports(settings: Settings) -> str:
    first, last = settings.connect_ports
    return "on any free port" if settings.provider == "embedded" else f"ports {first} to {last}"
