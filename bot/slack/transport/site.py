"""Our site: the address where Slack's requests come in, and the pages of installing.

It listens as long as the program runs, and answers 503 while nothing is behind it: another program may lead.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from aiohttp import web

from bot.base.address import Address
from bot.base.errors import AddressTakenError
from bot.slack.messages import installing as words
from bot.slack.settings import EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH
from bot.slack.transport.install_pages import answered

log = logging.getLogger(__name__)

MAX_REQUEST = 1024 * 1024
"""Bytes. A form's submission may hold a view of 250 kB, escaped."""
CLOSE_WITHIN = 5.0
"""Seconds that requests may take to their end when the site closes; Slack waits for 3."""


class Behind(Protocol):
    """What answers at the site."""

    async def receive(self, request: web.Request) -> web.Response:
        """A request that says it is Slack's."""
        ...

    async def offer(self, request: web.Request) -> web.Response:
        """The page where installing begins."""
        ...

    async def take_back(self, request: web.Request) -> web.Response:
        """The page that Slack sends people back to."""
        ...


class Site:
    """A server. `behind` may come and go."""

    def __init__(self, address: Address, *, app_name: str) -> None:
        self._wanted = address
        self._app_name = app_name
        self._runner: web.AppRunner | None = None
        self.behind: Behind | None = None

    @property
    def address(self) -> Address:
        """Where it listens, with the port that was chosen. Raises RuntimeError when it doesn't."""
        if self._runner is None:
            raise RuntimeError("the site does not listen")
        host, port = self._runner.addresses[0][:2]
        return Address(host=str(host), port=int(port))

    async def listen(self) -> None:
        """Bind the address. Raises AddressTakenError."""
        app = web.Application(client_max_size=MAX_REQUEST)
        app.router.add_post(EVENTS_PATH, self._receive)
        app.router.add_get(EVENTS_PATH, _check_of_certificate)
        app.router.add_get(INSTALL_PATH, self._page(lambda behind, request: behind.offer(request)))
        app.router.add_get(REDIRECT_PATH, self._page(lambda behind, request: behind.take_back(request)))
        # Without an access log: the addresses carry codes.
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=CLOSE_WITHIN)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._wanted.host, self._wanted.port).start()
        except OSError as error:
            await self.close()
            if error.errno is None:
                raise
            raise AddressTakenError(str(self._wanted), "RIDE_HTTP_ADDRESS", error.errno) from error
        log.info("Slack's requests are taken at %s.", self.address)

    async def close(self) -> None:
        """Let the address go, once what came in is answered."""
        if self._runner is not None:
            runner, self._runner = self._runner, None
            await runner.cleanup()

    async def _receive(self, request: web.Request) -> web.Response:
        if self.behind is None:
            return web.Response(status=503, headers={"Retry-After": "5"})
        return await self.behind.receive(request)

    def _page(
        self, show: Callable[[Behind, web.Request], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            if self.behind is None:
                return answered(words.standing_by(self._app_name), status=503)
            return await show(self.behind, request)

        return handle


async def _check_of_certificate(request: web.Request) -> web.Response:
    """Slack looks at the certificate now and then, with a GET and `ssl_check`.

    Source: https://docs.slack.dev/interactivity/implementing-slash-commands.
    """
    return web.Response(status=200 if request.query.get("ssl_check") == "1" else 405)
