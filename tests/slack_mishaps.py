"""What befalls an answer of Slack's on its way: errors that are no JSON, bodies cut off, silence, odd codes.

A mishap gets what Slack answered, where it was asked at all, and answers in its place.
"""

import asyncio
import json
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

JSON = "application/json"
PLAUSIBLE = b'{"ok":true,"channel":"C0CUTOFF0001","ts":"1764000000.000100","message":{"text":"..."}}'
"""What is cut off where Slack was never asked."""
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER with no time: the kernel sends RST and not FIN."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """A call whose answer is spoiled."""

    request: web.Request
    genuine: bytes | None
    """The body that Slack gave; None: it was not asked."""
    closing: asyncio.Event
    """Set when the proxy closes: nothing may wait any longer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mishap:
    """One kind of them; `name` is for tests' ids and reports."""

    name: str
    answer: Callable[[Scene], Awaitable[web.StreamResponse]]

    def __str__(self) -> str:
        return self.name


def plain(
    name: str, status: int, body: str, content_type: str, headers: Mapping[str, str] | None = None
) -> Mishap:
    """An answer that is always the same."""

    async def answer(_: Scene) -> web.StreamResponse:
        return web.Response(status=status, text=body, content_type=content_type, headers=headers)

    return Mishap(name=name, answer=answer)


def refusal(code: str) -> Mishap:
    """`ok: false` with a code."""
    return plain(code, 200, json.dumps({"ok": False, "error": code}), JSON)


def too_many(retry_after: str | None) -> Mishap:
    """HTTP 429; `retry_after` is the header, in seconds, or None for a 429 without it."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    name = "429 without Retry-After" if retry_after is None else f"429 for {retry_after} s"
    return plain(name, 429, json.dumps({"ok": False, "error": "ratelimited"}), JSON, headers)


def slow(seconds: float) -> Mishap:
    """The answer comes after so many seconds; where Slack was not asked, a gateway's 504 does."""

    async def answer(scene: Scene) -> web.StreamResponse:
        try:
            async with asyncio.timeout(seconds):
                await scene.closing.wait()
        except TimeoutError:
            pass
        if scene.genuine is None:
            return web.Response(status=504, text="upstream request timeout")
        return web.Response(body=scene.genuine, content_type=JSON)

    return Mishap(name=f"slow by {seconds:g} s", answer=answer)


async def _cut_json(scene: Scene) -> web.StreamResponse:
    body = scene.genuine or PLAUSIBLE
    return web.Response(body=body[: len(body) // 2], content_type=JSON)


async def _cut_body(scene: Scene) -> web.StreamResponse:
    body = scene.genuine or PLAUSIBLE
    response = web.StreamResponse(headers={"Content-Type": JSON, "Content-Length": str(len(body))})
    await response.prepare(scene.request)
    await response.write(body[: len(body) // 2])
    if scene.request.transport is not None:
        scene.request.transport.close()
    return response


async def _reset(scene: Scene) -> web.StreamResponse:
    transport = scene.request.transport
    if transport is not None:
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        transport.abort()
    return web.Response()


TEXT_503 = plain("text 503", 503, "upstream connect error or disconnect/reset before headers", "text/plain")
HTML_500 = plain("HTML 500", 500, "<!DOCTYPE html><html><body>Server Error</body></html>", "text/html")
EMPTY_502 = plain("empty 502", 502, "", "text/plain")
EMPTY_200 = plain("empty 200", 200, "", JSON)
CUT_JSON = Mishap(name="JSON cut off", answer=_cut_json)
CUT_BODY = Mishap(name="connection closed within the body", answer=_cut_body)
RESET = Mishap(name="connection reset", answer=_reset)
RATE_LIMITED = too_many("1")
RATE_LIMITED_WITHOUT_A_TIME = too_many(None)
UNKNOWN_CODE = refusal("flux_capacitor_error")
INTERNAL_ERROR = refusal("internal_error")
FATAL_ERROR = refusal("fatal_error")
SERVICE_UNAVAILABLE = refusal("service_unavailable")
REQUEST_TIMEOUT = refusal("request_timeout")
FIELD_MISSING = plain("only ok", 200, '{"ok":true}', JSON)

QUICK = (
    TEXT_503, HTML_500, EMPTY_502, EMPTY_200, CUT_JSON, CUT_BODY, RESET, RATE_LIMITED,
    RATE_LIMITED_WITHOUT_A_TIME, UNKNOWN_CODE, INTERNAL_ERROR, FATAL_ERROR, SERVICE_UNAVAILABLE,
    REQUEST_TIMEOUT, FIELD_MISSING,
)  # fmt: skip
"""All of them but `slow`, whose length depends on the client."""
