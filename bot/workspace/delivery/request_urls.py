"""Request URLs: what happens, as signed HTTP requests to the addresses in the app's manifest.

Sources: https://docs.slack.dev/authentication/verifying-requests-from-slack,
https://docs.slack.dev/apis/events-api/using-http-request-urls,
https://docs.slack.dev/reference/events/url_verification.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp

from bot.workspace.company.identifiers import Clock
from bot.workspace.company.installation import Installation
from bot.workspace.delivery.delivery import ACKNOWLEDGE_WITHIN, EnvelopeType
from bot.workspace.errors import (
    NotAcknowledgedError,
    NotConnectedError,
    RefusedRequestError,
    UndeliveredError,
)
from bot.workspace.json_values import JsonObject

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
USER_AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sent:
    url: str
    body: str
    content_type: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Answer:
    content_type: str
    text: str


class TimedOutRequestError(NotAcknowledgedError):
    """The app's address did not answer in time."""

    reason = "http_timeout"


class RedirectedError(NotConnectedError):
    """The app's address sends elsewhere. Slack follows two redirects of an event; this workspace none."""

    reason = "too_many_redirects"


class BadCertificateError(NotConnectedError):
    """The certificate of the app's address is not to be trusted."""

    reason = "ssl_error"


class UnreadableAnswerError(UndeliveredError):
    """The app's address answered with JSON that is none, or no object."""


class UnverifiedUrlError(NotConnectedError):
    """The address for events did not answer the challenge."""


def signature(secret: str, timestamp: str, body: str) -> str:
    """X-Slack-Signature for a body: version 0, HMAC-SHA256."""
    base = f"v0:{timestamp}:{body}".encode()
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class RequestUrls:
    """Sends requests to the app's addresses. The one for events has to answer a challenge first."""

    def __init__(self, *, clock: Clock, acknowledge_within: float = ACKNOWLEDGE_WITHIN) -> None:
        self._clock = clock
        self._acknowledge_within = acknowledge_within
        self._session: aiohttp.ClientSession | None = None
        self._verified: set[str] = set()

    async def deliver(
        self,
        app: Installation,
        kind: EnvelopeType,
        payload: JsonObject,
        *,
        accepts_response: bool = False,
        retry: tuple[int, str] | None = None,
    ) -> JsonObject:
        """As bot.workspace.delivery.delivery.Delivery says.

        A plain text that answers is given as `{"text": …}`.
        """
        sent = _request(app, kind, payload)
        headers: dict[str, str] = {}
        if retry is not None:
            headers = {"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": retry[1]}
        if kind == "events_api":
            await self._verify(app, sent.url)
        answer = await self._post(app, sent, headers)
        return _read(answer) if accepts_response else {}

    async def _verify(self, app: Installation, url: str) -> None:
        """Raises UnverifiedUrlError, or what else befalls a request.

        Slack asks when the address is set; here the app may come up later than its manifest.
        """
        if url in self._verified:
            return
        challenge = secrets.token_urlsafe(32)
        body = {"token": app.verification_token, "challenge": challenge, "type": "url_verification"}
        answer = await self._post(app, _Sent(url=url, body=json.dumps(body), content_type=JSON), {})
        given: object = answer.text.strip()
        if answer.content_type == JSON:
            given = _read(answer).get("challenge")
        elif answer.content_type == FORM:
            given = answer.text.strip().removeprefix("challenge=")
        if given != challenge:
            raise UnverifiedUrlError(f"{url} did not answer with the challenge")
        self._verified.add(url)

    async def _post(self, app: Installation, sent: _Sent, more: Mapping[str, str]) -> _Answer:
        timestamp = str(int(self._clock()))
        headers = {
            "User-Agent": USER_AGENT,
            "Content-Type": sent.content_type,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(app.registration.signing_secret, timestamp, sent.body),
            **more,
        }
        try:
            async with (
                self._open.post(
                    sent.url,
                    data=sent.body.encode(),
                    headers=headers,
                    allow_redirects=False,
                    timeout=aiohttp.ClientTimeout(total=self._acknowledge_within),
                ) as response,
            ):
                text = (await response.read()).decode("utf-8", "replace")
                if 300 <= response.status < 400:
                    raise RedirectedError(f"{sent.url} redirects")
                if not response.ok:
                    final = response.headers.get("X-Slack-No-Retry") == "1"
                    raise RefusedRequestError(response.status, final=final)
                return _Answer(content_type=response.content_type, text=text)
        except TimeoutError as error:
            raise TimedOutRequestError(f"no answer in {self._acknowledge_within:g} s") from error
        except aiohttp.ClientSSLError as error:
            raise BadCertificateError(str(error)) from error
        except aiohttp.ClientError as error:
            raise NotConnectedError(f"{sent.url} can't be reached: {error}") from error

    @property
    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            # Slack keeps nothing of an answer: no cookies.
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        return self._session

    async def close(self) -> None:
        """Close what connections are kept."""
        if self._session is not None:
            await self._session.close()
            self._session = None


def _request(app: Installation, kind: EnvelopeType, payload: JsonObject) -> _Sent:
    settings = app.manifest.settings
    match kind:
        case "slash_commands":
            declared = app.command(str(payload["command"]))
            url = declared.url if declared is not None else None
            body, content_type = urlencode(payload), FORM
        case "interactive":
            url = settings.interactivity.request_url
            body, content_type = urlencode({"payload": json.dumps(payload)}), FORM
        case "events_api":
            url = settings.event_subscriptions.request_url
            body, content_type = json.dumps(payload), JSON
    if url is None:
        raise NotConnectedError(f"the manifest has no address for {kind}")
    return _Sent(url=url, body=body, content_type=content_type)


def _read(answer: _Answer) -> JsonObject:
    """What an answer says. Raises UnreadableAnswerError."""
    if not answer.text.strip():
        return {}
    if answer.content_type != JSON:
        return {"text": answer.text}
    try:
        body = json.loads(answer.text)
    except ValueError as error:
        raise UnreadableAnswerError("the app's answer is not JSON") from error
    if not isinstance(body, dict):
        raise UnreadableAnswerError("the app's answer is not a JSON object")
    return body
