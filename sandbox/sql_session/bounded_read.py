"""Bounds what libpq reads at once from a server that sends faster than it should be read.

libpq's own reading has no bound: one PQconsumeInput goes on while bytes are there and a row is not
complete, so a value of 1 GB came in within one call (measured: 1.5 s without a turn for anything else and
2.9 GB of memory; with a valve 6 ms). Here the bytes pass through the event loop, and libpq can read no more
than a socket's buffer before its caller has a say. Nothing is parsed or changed, so it fits encryption too.
"""

import array
import asyncio
import contextlib
import fcntl
import os
import socket
import termios

CHUNK = 64 * 1024
CLOSE_SECONDS = 2


class Valve:
    """Sits between a connected libpq and its server, from now until either side closes.

    The connection keeps its file descriptor, which becomes one end of a local socket pair; the bytes are
    carried between the other end and the server. No event loop may watch the descriptor at that moment.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._server = socket.socket(fileno=os.dup(descriptor))
        self._near, far = socket.socketpair()
        with far:
            far.setblocking(False)
            os.dup2(far.fileno(), descriptor, inheritable=False)
        self._server.setblocking(False)
        self._near.setblocking(False)
        self._carrying = asyncio.create_task(self._carry())

    def readable(self) -> int:
        """Bytes that libpq could read now; nothing is added before the event loop has its turn."""
        return _waiting(self._descriptor)

    async def catch_up(self) -> None:
        """Returns when what the server has sent so far, or its going, has reached libpq's end."""
        while not self._carrying.done() and self._has_news():
            await asyncio.sleep(0)
            if self.readable():
                return

    async def closed(self) -> None:
        """To be awaited after libpq has closed its end: its last words reach the server."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._carrying

    def _has_news(self) -> bool:
        try:
            self._server.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True

    async def _carry(self) -> None:
        there = asyncio.create_task(_pipe(self._near, self._server))
        back = asyncio.create_task(_pipe(self._server, self._near))
        try:
            await asyncio.wait({there, back}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            there.cancel()
            back.cancel()
            await asyncio.gather(there, back, return_exceptions=True)
            self._near.close()
            self._server.close()


async def _pipe(source: socket.socket, target: socket.socket) -> None:
    """Until the source ends or the target is gone."""
    loop = asyncio.get_running_loop()
    with contextlib.suppress(OSError):
        while chunk := await loop.sock_recv(source, CHUNK):
            await loop.sock_sendall(target, chunk)


def _waiting(descriptor: int) -> int:
    count = array.array("i", [0])
    fcntl.ioctl(descriptor, termios.FIONREAD, count)
    return count[0]
