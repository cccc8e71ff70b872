"""Slack's pace: about one message a second in a channel, in order."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

REMEMBERED = 512
"""How many channels are remembered; one that was quiet for long has its whole burst again anyway."""


class _Lane:
    def __init__(self, burst: int) -> None:
        self.lock = asyncio.Lock()
        self.sent: deque[float] = deque(maxlen=burst)
        """When the newest messages were there."""


class ChannelPace:
    """A turn to post in a channel: first come, first served, never more than `burst` in the time that so many
    take at `rate` a second.

    Slack: "chat.postMessage generally allows posting one message per second per channel", short bursts
    excepted (https://docs.slack.dev/apis/web-api/rate-limits). A burst is made up for before the next
    message, not a message at a time: Slack counts what came in the last seconds. Holding the turn while the
    call runs also keeps the order when the call has to wait for a 429.
    """

    def __init__(
        self,
        *,
        rate: float,
        burst: int,
        time: Callable[[], float] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._burst = burst
        self._span = burst / rate
        self._time = time
        self._sleep = sleep
        self._lanes: OrderedDict[tuple[str, str], _Lane] = OrderedDict()

    def _now(self) -> float:
        return self._time() if self._time is not None else asyncio.get_running_loop().time()

    @asynccontextmanager
    async def turn(self, workspace: str, channel: str) -> AsyncIterator[None]:
        """Wait for the channel's turn, and hold it within the block."""
        lane = self._lane((workspace, channel))
        async with lane.lock:
            if len(lane.sent) == self._burst and (wait := lane.sent[0] + self._span - self._now()) > 0:
                await self._sleep(wait)
            try:
                yield
            finally:
                # Counted from its end: on its way a message may take longer than the next.
                lane.sent.append(self._now())

    def _lane(self, channel: tuple[str, str]) -> _Lane:
        lane = self._lanes.setdefault(channel, _Lane(self._burst))
        self._lanes.move_to_end(channel)
        for name in list(self._lanes):
            if len(self._lanes) <= REMEMBERED:
                break
            if not self._lanes[name].lock.locked():
                del self._lanes[name]
        return lane
