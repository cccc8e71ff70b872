"""What stands before several programs: it hands each request to the one that doesn't answer 503."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

_OWN = frozenset({"host", "content-length", "transfer-encoding", "connection", "content-encoding", "date"})
"""Headers that each connection has its own of."""


@dataclass(kw_only=True, slots=True)
class Balancer:
    """Forwards to `behind`, in turn, until one takes it."""

    url: str
    behind: list[str] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _OWN}
        jar = aiohttp.DummyCookieJar()
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            for address in self.behind:
                try:
                    answer = await session.request(
                        request.method,
                        f"{address}{request.raw_path}",
                        data=body,
                        headers=headers,
                        allow_redirects=False,
                    )
                except aiohttp.ClientConnectionError:
                    continue
                async with answer:
                    if answer.status == 503:
                        continue
                    kept = [(name, value) for name, value in answer.headers.items()]
                    response = web.Response(status=answer.status, body=await answer.read())
                    for name, value in kept:
                        if name.lower() not in _OWN | {"content-type"}:
                            response.headers.add(name, value)
                    response.headers["Content-Type"] = answer.headers.get("Content-Type", "text/plain")
                    return response
        return web.Response(status=503)


@asynccontextmanager
async def balancing() -> AsyncIterator[Balancer]:
    """A balancer with nobody behind it yet."""
    balancer = Balancer(url="")
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", balancer.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    balancer.url = f"http://{host}:{port}"
    try:
        yield balancer
    finally:
        await runner.cleanup()
