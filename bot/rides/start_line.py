"""stub"""

import asyncio
from datetime import datetime, timedelta

from bot.rides.ports import Clock


class StartLine:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._expected: set[str] = set()
        self._ready: set[str] = set()
        self._changed = asyncio.Event()
        self._open = asyncio.Event()

    def expect(self, ride: str) -> None:
        self._expected.add(ride)

    def gone(self, ride: str) -> None:
        self._expected.discard(ride)
        self._changed.set()

    async def ready(self, ride: str) -> None:
        self._ready.add(ride)
        self._changed.set()
        await self._open.wait()

    async def open(self, at: datetime, patience: timedelta) -> None:
        await asyncio.sleep(max((at - self._clock.now()).total_seconds(), 0))
        try:
            async with asyncio.timeout(patience.total_seconds()):
                while self._expected - self._ready:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            pass
        self._open.set()
