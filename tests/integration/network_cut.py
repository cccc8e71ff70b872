"""A cable between a program and PostgreSQL that a test can cut: nothing comes through, and nobody is told."""

import asyncio
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


class Cable:
    """TCP on a port of 127.0.0.1, forwarded to the server's socket until it is cut."""

    def __init__(self, sockets: Path) -> None:
        self._socket = sockets / ".s.PGSQL.5432"
        self._whole = asyncio.Event()
        self._whole.set()
        self._torn = False
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        for end in self._ends:
            end.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def url(self, url: str) -> str:
        """The same database, through the cable."""
        if self._server is None:
            raise RuntimeError("the cable is not laid yet")
        port = self._server.sockets[0].getsockname()[1]
        return f"postgresql://postgres@127.0.0.1:{port}{urlsplit(url).path}"

    def cut(self) -> None:
        """From now on nothing comes through, new connections neither. Both ends stay as they are."""
        self._whole.clear()

    def tear(self) -> None:
        """As when the server is stopped: every connection ends, and new ones end at once."""
        self._torn = True
        for end in self._ends:
            end.close()

    def mend(self) -> None:
        """What was sent meanwhile, if the cable was cut, arrives late."""
        self._torn = False
        self._whole.set()

    async def _connected(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
        self._ends.add(back)
        await self._whole.wait()
        if self._torn:
            back.close()
            return
        far, forth = await asyncio.open_unix_connection(self._socket)
        self._ends.add(forth)
        await asyncio.gather(self._carry(near, forth), self._carry(far, back))

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while True:
            try:
                read = await source.read(65536)
                await self._whole.wait()
                if not read:
                    break
                sink.write(read)
                await sink.drain()
            except OSError:
                break
        sink.close()
