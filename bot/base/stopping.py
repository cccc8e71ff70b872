"""Being asked to stop: Ctrl-C, a termination, a terminal that closes."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopping:
    """Notes the signals from `listen` to the end of the process: none of them ends it halfway.

    These are handlers of `signal`, not of the event loop: a loop gives its own back when it closes, and a
    second Ctrl-C would then break into the interpreter's own end.
    """

    def __init__(self) -> None:
        self._asked = False
        self._wake: Callable[[], object] | None = None

    def listen(self) -> None:
        """Take the signals over. One that is ignored on purpose, as SIGHUP is under nohup, stays ignored."""
        for number in SIGNALS:
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._note)

    def _note(self, *_: object) -> None:
        self._asked = True
        if self._wake is not None:
            self._wake()

    def run(self, work: Callable[[asyncio.Event], Coroutine[Any, Any, T]]) -> T:
        """Run the work in an event loop; a signal, also one that came before, sets its event."""

        async def until_done() -> T:
            stopped = asyncio.Event()
            loop = asyncio.get_running_loop()
            self._wake = lambda: loop.call_soon_threadsafe(stopped.set)
            if self._asked:
                stopped.set()
            try:
                return await work(stopped)
            finally:
                self._wake = None

        return asyncio.run(until_done())


async def first(stopped: asyncio.Event, work: Awaitable[T]) -> T | None:
    """What the work gives; None when it was stopped before. Either way nothing of it goes on."""
    task = asyncio.ensure_future(work)
    stop = asyncio.ensure_future(stopped.wait())
    try:
        await asyncio.wait((task, stop), return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        stop.cancel()
        task.cancel()
        await asyncio.gather(task, stop, return_exceptions=True)
