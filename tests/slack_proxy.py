"""Between the bot and Slack's Web API, on this machine alone: counts the calls, and spoils answers.

    async with SlackProxy() as proxy:
        async with open_stage(proxy=proxy) as stage:
            proxy.spoil("chat.postMessage", slack_mishaps.TEXT_503, nth=2, when=When.AFTER)

Only the Web API goes through it: files' upload addresses, response URLs and Socket Mode are the workspace's
own.
"""

import asyncio
import json
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Self
from urllib.parse import parse_qsl

import aiohttp
from aiohttp import web

from bot.workspace.server import Workspace
from bot.workspace.web_api.methods.files import MAX_FILE
from tests.slack_mishaps import Mishap, Scene

LOCALHOST = "127.0.0.1"
_OF_ONE_CONNECTION = frozenset(
    {"connection", "content-encoding", "content-length", "date", "host", "keep-alive", "server",
     "transfer-encoding"}
)  # fmt: skip
Arguments = Mapping[str, object]


class When(StrEnum):
    """Whether Slack does what it was asked before the answer is spoiled."""

    BEFORE = "before"
    """The call is not passed on: Slack did nothing."""
    AFTER = "after"
    """The call is passed on and done; only the answer is lost."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProxiedCall:
    """One call, as it was answered."""

    method: str
    arguments: Arguments
    at: float
    """Seconds since the proxy began, when it came."""
    seconds: float = 0.0
    """How long the answer took."""
    status: int = 0
    error: str | None = None
    """Slack's code of a refusal."""
    retry_after: str | None = None
    """The header of a 429."""
    spoiled: Mishap | None = None


@dataclass(kw_only=True, slots=True)
class Spoiling:
    """What is planned for the calls of a method."""

    method: str
    mishap: Mishap
    when: When
    nth: int
    times: int | None
    fits: Callable[[Arguments], bool] | None
    seen: int = 0
    done: int = 0
    """How many answers it has spoiled."""

    def takes(self, method: str, arguments: Arguments) -> bool:
        """Whether this call is one of them; counts it."""
        if method != self.method or (self.fits is not None and not self.fits(arguments)):
            return False
        self.seen += 1
        last = None if self.times is None else self.nth + self.times - 1
        taken = self.seen >= self.nth and (last is None or self.seen <= last)
        self.done += taken
        return taken


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class SlackProxy:
    """A server to point an app at. `leads_to` says where the workspace is, as soon as that is known."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.calls: list[ProxiedCall] = []
        """Those that were answered, in the order of the answers."""
        self._clock = clock
        self._began = clock()
        self._plans: list[Spoiling] = []
        self._closing = asyncio.Event()
        self._answered = asyncio.Condition()
        self._stack = AsyncExitStack()
        self._session: aiohttp.ClientSession | None = None
        self._url = self._target = ""

    @property
    def api_url(self) -> str:
        """For SLACK_API_URL."""
        return f"{self._url}/api/"

    def leads_to(self, workspace: Workspace) -> str:
        """Pass calls on to this workspace from now on; gives `api_url`, as running_demo asks for it."""
        self._target = workspace.api_url
        return self.api_url

    def spoil(
        self,
        method: str,
        mishap: Mishap,
        *,
        nth: int = 1,
        times: int | None = 1,
        when: When = When.BEFORE,
        fits: Callable[[Arguments], bool] | None = None,
    ) -> Spoiling:
        """Spoil the nth call of a method that comes from now on, and those after it: `times` in all.

        `times` None: every one. `fits` counts only calls whose arguments are so. Where two plans take one
        call, the older has its way.
        """
        plan = Spoiling(method=method, mishap=mishap, nth=nth, times=times, when=when, fits=fits)
        self._plans.append(plan)
        return plan

    def heal(self) -> None:
        """Spoil nothing more."""
        self._plans.clear()

    def counts(self) -> Counter[str]:
        """Calls by method."""
        return Counter(call.method for call in self.calls)

    def refusals(self) -> Counter[str]:
        """By method the 429s that the workspace gave; those of a plan are none of them."""
        limited = (call for call in self.calls if call.status == 429 and call.spoiled is None)
        return Counter(call.method for call in limited)

    def busiest_minute(self, method: str) -> int:
        """The most calls of a method that came within any 60 seconds."""
        times = sorted(call.at for call in self.calls if call.method == method)
        return max((bisect_left(times, at + 60) - number for number, at in enumerate(times)), default=0)

    async def wait_for(
        self,
        predicate: Callable[[ProxiedCall], bool],
        timeout: float,  # noqa: ASYNC109 - the caller's own words for how long it may take
    ) -> ProxiedCall:
        """The first answered call that fits, at once or as soon as there is one. Raises TimeoutError."""
        found: list[ProxiedCall] = []

        def there() -> bool:
            found[:] = [call for call in self.calls if predicate(call)]
            return bool(found)

        async with asyncio.timeout(timeout), self._answered:
            await self._answered.wait_for(there)
        return found[0]

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        method, body = request.match_info["method"], await request.read()
        arguments = _arguments(request, body)
        call = ProxiedCall(method=method, arguments=arguments, at=self._clock() - self._began)
        plan = self._plan(method, arguments)
        if plan is None:
            answer = await self._pass_on(request, body)
            await self._note(call, answer)
            return web.Response(status=answer.status, body=answer.body, headers=answer.headers)
        genuine = (await self._pass_on(request, body)).body if plan.when is When.AFTER else None
        call = replace(call, spoiled=plan.mishap)
        response = await plan.mishap.answer(Scene(request=request, genuine=genuine, closing=self._closing))
        own = response.body if isinstance(response, web.Response) else None
        shown = _Answer(response.status, own if isinstance(own, bytes) else b"", response.headers)
        await self._note(call, shown)
        return response

    def _plan(self, method: str, arguments: Arguments) -> Spoiling | None:
        # Every plan counts the call, whichever has its way.
        taking = [plan for plan in self._plans if plan.takes(method, arguments)]
        return taking[0] if taking else None

    async def _pass_on(self, request: web.Request, body: bytes) -> _Answer:
        if self._session is None or not self._target:
            raise RuntimeError("the proxy leads nowhere yet: call `leads_to`")
        async with self._session.request(
            request.method,
            self._target + request.match_info["method"],
            params=request.query,
            headers=_kept(request.headers),
            data=body or None,
        ) as answer:
            return _Answer(answer.status, await answer.read(), _kept(answer.headers))

    async def _note(self, call: ProxiedCall, answer: _Answer) -> None:
        noted = replace(
            call,
            seconds=self._clock() - self._began - call.at,
            status=answer.status,
            error=_code(answer.body),
            retry_after=answer.headers.get("Retry-After"),
        )
        async with self._answered:
            self.calls.append(noted)
            self._answered.notify_all()

    async def __aenter__(self) -> Self:
        """Serve on a free port of this machine."""
        app = web.Application(client_max_size=MAX_FILE)
        for method in ("GET", "POST"):
            app.router.add_route(method, "/api/{method}", self._handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, LOCALHOST, 0).start()
        self._url = f"http://{LOCALHOST}:{runner.addresses[0][1]}"
        self._session = await self._stack.enter_async_context(
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False)
        )
        return self

    async def __aexit__(self, *exception: object) -> None:
        self._closing.set()
        await self._stack.aclose()


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in _OF_ONE_CONNECTION}


def _arguments(request: web.Request, body: bytes) -> Arguments:
    """What a call says, whichever way; a form's values are texts."""
    found: dict[str, object] = dict(request.query)
    if request.content_type == "application/json":
        given = _decoded(body)
        return found | given
    if request.content_type == "application/x-www-form-urlencoded":
        found |= dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    return found


def _decoded(body: bytes) -> dict[str, object]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _code(body: bytes) -> str | None:
    code = _decoded(body).get("error")
    return code if isinstance(code, str) else None
