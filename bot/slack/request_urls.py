"""Request URLs: Slack's requests come over HTTP, signed, at one address for all of them.

Sources: https://docs.slack.dev/authentication/verifying-requests-from-slack and
https://docs.slack.dev/apis/events-api/using-http-request-urls.
"""

import logging
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs

from aiohttp import web
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.signature import Clock as SignatureClock
from slack_sdk.signature import SignatureVerifier

from bot.address import Address
from bot.errors import AddressTakenError
from bot.rides.ports import Clock
from bot.slack.install_pages import InstallPages, answered
from bot.slack.messages import installing as words
from bot.slack.settings import EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH, HttpSettings

log = logging.getLogger(__name__)

MAX_REQUEST = 1024 * 1024
"""Bytes. A form's submission may hold a view of 250 kB, escaped."""
CLOSE_WITHIN = 5.0
"""Seconds that requests may take to their end when the server stops; Slack waits for 3."""

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class _Time(SignatureClock):
    """Our clock, as Slack's verifier reads it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock.now().timestamp()


class RequestUrls:
    """A server for Slack's requests and for the pages of installing. Fulfils bot.slack.intake.Intake.

    It listens before it is open, and answers 503 then: another program may have the lead.
    """

    def __init__(self, http: HttpSettings, pages: InstallPages, clock: Clock, *, app_name: str) -> None:
        self._http = http
        self.pages = pages
        self._app_name = app_name
        self._verifier = SignatureVerifier(http.signing_secret, _Time(clock))
        self._app: AsyncApp | None = None
        self._runner: web.AppRunner | None = None

    @property
    def is_open(self) -> bool:
        """Whether requests are handed on."""
        return self._app is not None

    @property
    def address(self) -> Address:
        """Where it listens, with the port that was chosen. Raises RuntimeError when it doesn't."""
        if self._runner is None:
            raise RuntimeError("the server does not listen")
        host, port = self._runner.addresses[0][:2]
        return Address(host=str(host), port=int(port))

    # -- its life

    async def listen(self) -> None:
        """Bind the address. Raises AddressTakenError."""
        app = web.Application(client_max_size=MAX_REQUEST)
        app.router.add_post(EVENTS_PATH, self._receive)
        app.router.add_get(EVENTS_PATH, self._check_of_certificate)
        app.router.add_get(INSTALL_PATH, self._when_open(self.pages.offer))
        app.router.add_get(REDIRECT_PATH, self._when_open(self.pages.take_back))
        # Without an access log: the addresses carry codes.
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=CLOSE_WITHIN)
        await self._runner.setup()
        wanted = self._http.address
        try:
            await web.TCPSite(self._runner, wanted.host, wanted.port).start()
        except OSError as error:
            await self.stop()
            if error.errno is None:
                raise
            raise AddressTakenError(str(wanted), "RIDE_HTTP_ADDRESS", error.errno) from error
        log.info("Slack's requests are taken at %s.", self.address)

    async def open(self, app: AsyncApp) -> None:
        """Hand requests on to Bolt."""
        self._app = app

    async def connected(self) -> bool:
        """Whether requests are handed on."""
        return self.is_open and self._runner is not None

    async def close(self) -> None:
        """Hand nothing more on."""
        self._app = None

    async def stop(self) -> None:
        """Let the address go, once what came in is answered."""
        if self._runner is not None:
            runner, self._runner = self._runner, None
            await runner.cleanup()

    # -- requests

    async def _receive(self, request: web.Request) -> web.Response:
        app = self._app
        if app is None:
            return web.Response(status=503, headers={"Retry-After": "5"})
        raw = await request.read()
        if not self._is_slacks(request, raw):
            if _is_check(raw):
                return web.Response()
            log.warning("a request at %s was refused: it is not signed by Slack, or too old", EVENTS_PATH)
            return web.Response(status=401)
        try:
            # Of the headers only what Bolt is to know: only the body is signed.
            headers = {"content-type": request.headers.get("content-type", "")}
            asked = AsyncBoltRequest(body=raw.decode(), headers=headers)  # type: ignore[arg-type]
        except ValueError:
            return web.Response(status=400)
        response = await app.async_dispatch(asked)
        return web.Response(
            status=response.status, text=response.body, headers=response.first_headers_without_set_cookie()
        )

    def _is_slacks(self, request: web.Request, raw: bytes) -> bool:
        timestamp = request.headers.get("X-Slack-Request-Timestamp")
        signature = request.headers.get("X-Slack-Signature")
        try:
            return self._verifier.is_valid(raw, timestamp, signature)
        except (ValueError, TypeError):  # no number, no text, or letters that no signature has
            return False

    async def _check_of_certificate(self, request: web.Request) -> web.Response:
        """Slack looks at the certificate now and then, with a GET and `ssl_check`.

        Source: https://docs.slack.dev/interactivity/implementing-slash-commands.
        """
        return web.Response(status=200 if request.query.get("ssl_check") == "1" else 405)

    def _when_open(self, handler: _Handler) -> _Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            if not self.is_open:
                return answered(words.standing_by(self._app_name), status=503)
            return await handler(request)

        return handle


def _is_check(raw: bytes) -> bool:
    """Whether a request is nothing but a look at the certificate: it is answered, and does nothing."""
    try:
        return parse_qs(raw.decode()).get("ssl_check") == ["1"]
    except ValueError:
        return False
