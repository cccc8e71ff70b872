"""Only this machine, and only the workspace's own page: who may ask the server anything at all."""

import ipaddress
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_READS = {"GET", "HEAD"}


def own_hosts_only(host: str) -> Middleware:
    """Refuse host names other than loopback and `host`, and what another site's page makes a browser send.

    Another name for this machine may come by DNS rebinding.
    """
    hosts = LOOPBACK | {host}

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if urlsplit(f"//{request.headers.get('Host', '')}").hostname not in hosts:
            raise web.HTTPForbidden(text="This workspace answers only on this machine's own addresses.")
        origin = request.headers.get("Origin")
        if origin is not None and origin != f"{request.scheme}://{request.host}":
            raise web.HTTPForbidden(text="This workspace accepts nothing from other sites' pages.")
        foreign = request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site")
        if foreign and request.method not in _READS:
            raise web.HTTPForbidden(text="This workspace accepts nothing from other sites' pages.")
        return await handler(request)

    return check


def is_private(host: str) -> bool:
    """Whether a host is one address of a private network, such as that of a bridge between containers."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_private and not address.is_unspecified
