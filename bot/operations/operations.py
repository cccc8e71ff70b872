"""How a running Ride shows itself to those who run it: readiness, metrics and the server for both."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.base.address import Address
from bot.operations.metrics import Metrics
from bot.operations.readiness import Readiness, Role
from bot.operations.server import OperationsServer

log = logging.getLogger(__name__)


class Operations:
    """There before anything else begins, so that its parts can say how they are."""

    def __init__(self) -> None:
        self.readiness = Readiness()
        self.metrics = Metrics(self.readiness)


@asynccontextmanager
async def operating(address: str | None) -> AsyncIterator[Operations]:
    """The operations of a program, served at the address if there is one, until the block is left."""
    operations = Operations()
    server = OperationsServer(operations.readiness, operations.metrics)
    if address is not None:
        log.info("Health, readiness and metrics are at http://%s.", await server.begin(Address.read(address)))
    try:
        yield operations
    finally:
        operations.readiness.become(Role.STOPPING)
        await server.close()
