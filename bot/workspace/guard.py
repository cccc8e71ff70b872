"""Only this machine, and only the workspace's own page: who may ask the server anything at all."""

from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_READS = {"GET", "HEAD"}


@web.middleware
async def loopback_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse other host names (DNS rebinding) and requests that another site's page makes a browser send."""
    if urlsplit(f"//{request.headers.get('Host', '')}").hostname not in LOOPBACK:
        raise web.HTTPForbidden(text="This workspace answers on this machine's own addresses only.")
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"{request.scheme}://{request.host}":
        raise web.HTTPForbidden(text="This workspace takes nothing from other sites' pages.")
    if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site") and request.method not in _READS:
        raise web.HTTPForbidden(text="This workspace takes nothing from other sites' pages.")
    return await handler(request)
