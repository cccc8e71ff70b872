"""The Docker engine behind the proxy."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import PurePosixPath
from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

from bot.engine_proxy.documents import Json
from bot.engine_proxy.errors import EngineUnreachableError
from bot.engine_proxy.policy import SocketFolder

_CONNECT = 10.0
"""Seconds until the engine has taken a connection. Answers take as long as they do: some wait for an end."""


class Engine:
    """The engine at a Unix socket. Calls raise EngineUnreachableError."""

    def __init__(self, socket: str) -> None:
        self._socket = socket
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.UnixConnector(self._socket, limit=0),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT),
            auto_decompress=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    @asynccontextmanager
    async def call(
        self,
        method: str,
        path: str,
        query: Sequence[tuple[str, str]] = (),
        body: bytes | None = None,
        content_type: str = "application/json",
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """The engine's answer, which can be read inside the block. `path` has no escapes in it."""
        if self._session is None:
            raise RuntimeError("the engine is asked inside its block")
        url = URL.build(scheme="http", host="engine", path=f"/{path}", query=list(query))
        headers = {} if body is None else {"Content-Type": content_type}
        try:
            async with self._session.request(
                method, url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                yield answer
        except aiohttp.ClientConnectorError as error:
            raise EngineUnreachableError(self._socket, error.os_error.strerror or str(error)) from error

    async def describe(self, path: str) -> Mapping[str, Json] | None:
        """What the engine says of a container, an image or a volume; None if it has none of that name."""
        async with self.call("GET", path) as answer:
            if answer.status != 200:
                return None
            found: Json = json.loads(await answer.read())
            return found if isinstance(found, dict) else None

    async def sockets(self, volume: str) -> SocketFolder | None:
        """Where the sockets' volume is on the engine's machine; None as long as there is none."""
        found = await self.describe(f"volumes/{volume}")
        if found is None or not isinstance(found.get("Mountpoint"), str):
            return None
        return SocketFolder(mountpoint=PurePosixPath(str(found["Mountpoint"])))
