"""The HTTP server for load balancers, container engines and Prometheus."""

import errno
import logging
import time
from collections.abc import Awaitable, Callable
from importlib.metadata import version

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from bot.base.address import Address
from bot.base.errors import AddressTakenError
from bot.operations.metrics import Metrics
from bot.operations.readiness import Readiness

log = logging.getLogger(__name__)

HEALTH = "/healthz"
READINESS = "/readyz"
METRICS = "/metrics"
CLOSES_WITHIN = 1.0
"""Seconds for requests that are being answered when the server closes."""


class OperationsServer:
    """Answers `/healthz`, `/readyz` and `/metrics`, all with GET. It asks nobody who they are.

    So it listens where only those can reach it who may know: 127.0.0.1, or an address inside.
    """

    def __init__(self, readiness: Readiness, metrics: Metrics) -> None:
        self._readiness = readiness
        self._measured = metrics
        self._began = time.monotonic()
        self._runner: web.AppRunner | None = None

    async def begin(self, address: Address) -> Address:
        """Listen; gives where, with the port that was chosen. Raises AddressTakenError."""
        app = web.Application()
        routes: dict[str, Callable[[web.Request], Awaitable[web.Response]]] = {
            HEALTH: self._health,
            READINESS: self._ready,
            METRICS: self._metrics,
        }
        for path, answer in routes.items():
            app.router.add_get(path, answer)
        runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=CLOSES_WITHIN)
        await runner.setup()
        try:
            await web.TCPSite(runner, address.host, address.port).start()
        except OSError as error:
            await runner.cleanup()
            if error.errno in {errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.EACCES}:
                raise AddressTakenError(str(address), "RIDE_OPERATIONS_ADDRESS", error.errno) from error
            raise
        self._runner = runner
        host, port = runner.addresses[0][:2]
        return Address(host=str(host), port=int(port))

    async def close(self) -> None:
        """Listen no more."""
        if self._runner is not None:
            runner, self._runner = self._runner, None
            await runner.cleanup()

    async def _health(self, _: web.Request) -> web.Response:
        """That this is answered at all says that the program lives and its event loop turns."""
        up = round(time.monotonic() - self._began, 1)
        return web.json_response({"alive": True, "version": version("ride"), "seconds_up": up})

    async def _ready(self, _: web.Request) -> web.Response:
        report = await self._readiness.report()
        said = {"ready": report.ready, "role": report.role, "reasons": dict(report.reasons)}
        return web.json_response(said, status=200 if report.ready else 503)

    async def _metrics(self, _: web.Request) -> web.Response:
        return web.Response(body=await self._measured.text(), headers={"Content-Type": CONTENT_TYPE_LATEST})
