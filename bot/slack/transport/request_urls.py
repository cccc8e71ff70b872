"""Request URLs: Slack's requests come over HTTP, signed, at one address for all of them.

Sources: https://docs.slack.dev/authentication/verifying-requests-from-slack and
https://docs.slack.dev/apis/events-api/using-http-request-urls.
"""

import asyncio
import logging
from urllib.parse import parse_qs

from aiohttp import web
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.signature import Clock as SignatureClock
from slack_sdk.signature import SignatureVerifier

from bot.rides.ports import Clock
from bot.slack.transport.install_pages import InstallPages
from bot.slack.transport.site import Site

log = logging.getLogger(__name__)

BODY_WITHIN = 10.0
"""Seconds in which a request's body has to be here; Slack itself waits for an answer no longer than 3."""


class _Time(SignatureClock):
    """Our clock, as Slack's verifier reads it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock.now().timestamp()


class RequestUrls:
    """Answers at the site while it is open. Fulfils Intake and Behind, of the modules intake and site."""

    def __init__(
        self,
        site: Site,
        pages: InstallPages,
        clock: Clock,
        *,
        signing_secret: str,
        body_within: float = BODY_WITHIN,
    ) -> None:
        self._site = site
        self._body_within = body_within
        self._verifier = SignatureVerifier(signing_secret, _Time(clock))
        self._app: AsyncApp | None = None
        self.offer = pages.offer
        self.take_back = pages.take_back

    async def open(self, app: AsyncApp) -> None:
        """Hand requests on to Bolt."""
        self._app, self._site.behind = app, self

    async def connected(self) -> bool:
        """Whether requests are handed on."""
        return self._site.behind is self

    async def close(self) -> None:
        """Hand nothing more on."""
        if self._site.behind is self:
            self._site.behind = None

    async def receive(self, request: web.Request) -> web.Response:
        """Let in what Slack has signed, and nothing else."""
        if self._app is None:
            raise RuntimeError("nothing is handed on before it is open")
        try:
            async with asyncio.timeout(self._body_within):
                raw = await request.read()
        except TimeoutError:
            return _hung_up(408)
        except web.RequestPayloadError:  # what says that it is compressed, and is not
            return _hung_up(400)
        if not self._is_slacks(request, raw):
            if _is_check(raw):
                return web.Response()
            log.warning("a request at %s was refused: it is not signed by Slack, or too old", request.path)
            return web.Response(status=401)
        try:
            # Of the headers only what Bolt is to know: only the body is signed.
            headers = {"content-type": request.headers.get("content-type", "")}
            asked = AsyncBoltRequest(body=raw.decode(), headers=headers)  # type: ignore[arg-type]
        except ValueError:
            return web.Response(status=400)
        response = await self._app.async_dispatch(asked)
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


def _hung_up(status: int) -> web.Response:
    """An answer to what could not be read to its end."""
    answer = web.Response(status=status)
    answer.force_close()
    return answer


def _is_check(raw: bytes) -> bool:
    """Whether a request is nothing but a look at the certificate: it is answered, and does nothing."""
    try:
        return parse_qs(raw.decode()).get("ssl_check") == ["1"]
    except ValueError:
        return False
