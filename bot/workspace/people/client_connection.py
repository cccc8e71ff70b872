"""The control API over HTTP: JSON answers, bytes, and the stream of changes."""

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any, Self

import aiohttp

from bot.workspace.errors import ControlError
from bot.workspace.json_values import JsonObject
from bot.workspace.people.client_shapes import Change

ANSWER_WITHIN = 30.0
"""Seconds for any answer; a command's comes after 3 s at the latest."""


class Connection:
    """A workspace at a URL, to be used in an `async with` block."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_WITHIN))
        return self

    async def __aexit__(self, *exception: object) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def get(self, path: str, *, params: dict[str, str] | None = None) -> Any:
        """A JSON answer. Raises ControlError."""
        async with self._open.get(self._url + path, params=params) as response:
            return await _answer(response)

    async def post(self, path: str, body: JsonObject) -> JsonObject:
        """Send JSON; None values are left out. Raises ControlError."""
        given = {name: value for name, value in body.items() if value is not None}
        async with self._open.post(self._url + path, json=given) as response:
            answer: JsonObject = await _answer(response)
            return answer

    async def read_bytes(self, path: str) -> bytes:
        async with self._open.get(self._url + path) as response:
            if response.status != 200:
                await _answer(response)
            return await response.read()

    @asynccontextmanager
    async def stream(self, path: str) -> AsyncIterator[aiohttp.ClientResponse]:
        # It stays open for as long as somebody watches.
        endless = aiohttp.ClientTimeout(total=None, sock_connect=ANSWER_WITHIN)
        async with self._open.get(self._url + path, timeout=endless) as response:
            if response.status != 200:
                await _answer(response)
            yield response

    @asynccontextmanager
    async def changes(self, user: str) -> AsyncIterator[AsyncIterator[Change]]:
        """What happens from now on and this person may see; inside the block, nothing is missed."""
        async with self.stream(f"/control/users/{user}/events") as response:
            # The server's first comment comes once it listens.
            await response.content.readline()
            async with aclosing(_changes(response)) as changes:
                yield changes

    @property
    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("use the client in an `async with` block")
        return self._session


async def _answer(response: aiohttp.ClientResponse) -> Any:
    answer = await response.json()
    if isinstance(answer, dict) and answer.get("ok") is False:
        code = str(answer.get("error"))
        raise ControlError(code, str(answer.get("message") or code), status=response.status)
    return answer


async def _changes(response: aiohttp.ClientResponse) -> AsyncGenerator[Change, None]:
    async for line in response.content:
        if line.startswith(b"data: "):
            yield Change.model_validate(json.loads(line.removeprefix(b"data: ")))
