"""Slack's pace: about one message a second in a channel, in order."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

REMEMBERED = 512
"""How many channels are remembered; one that was quiet for long has its whole burst again anyway."""


class _Bucket:
    def __init__(self, tokens: float, at: float) -> None:
        self.lock = asyncio.Lock()
        self.tokens = tokens
        self.at = at


class ChannelPace:
    """A turn to post in a channel: first come, first served, `rate` a second after a burst.

    Slack: "chat.postMessage generally allows posting one message per second per channel", short bursts
    excepted (https://docs.slack.dev/apis/web-api/rate-limits). Holding the turn while the call runs also
    keeps the order when the call has to wait for a 429.
    """

    def __init__(
        self,
        *,
        rate: float,
        burst: int,
        time: Callable[[], float] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._rate = rate
        self._burst = float(burst)
        self._time = time
        self._sleep = sleep
        self._buckets: OrderedDict[tuple[str, str], _Bucket] = OrderedDict()

    def _now(self) -> float:
        return self._time() if self._time is not None else asyncio.get_running_loop().time()

    @asynccontextmanager
    async def turn(self, workspace: str, channel: str) -> AsyncIterator[None]:
        """Wait for the channel's turn, and hold it within the block."""
        bucket = self._bucket((workspace, channel))
        async with bucket.lock:
            self._refill(bucket)
            if bucket.tokens < 1:
                await self._sleep((1 - bucket.tokens) / self._rate)
                self._refill(bucket)
            bucket.tokens = max(bucket.tokens - 1, 0.0)
            yield

    def _refill(self, bucket: _Bucket) -> None:
        now = self._now()
        bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.at) * self._rate)
        bucket.at = now

    def _bucket(self, channel: tuple[str, str]) -> _Bucket:
        bucket = self._buckets.setdefault(channel, _Bucket(self._burst, self._now()))
        self._buckets.move_to_end(channel)
        for name in list(self._buckets):
            if len(self._buckets) <= REMEMBERED:
                break
            if not self._buckets[name].lock.locked():
                del self._buckets[name]
        return bucket
