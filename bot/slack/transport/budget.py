"""Slack's rates: how many calls of a method a workspace takes in a minute, and who goes first.

Source: https://docs.slack.dev/apis/web-api/rate-limits and the method pages of
https://docs.slack.dev/reference/methods. Slack counts by method, workspace and app.
"""

import asyncio
import heapq
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import count

MINUTE = 60.0
MARGIN = 1.0
"""Seconds that a call is counted for longer than Slack does: calls take a while on their way."""


class Tier(IntEnum):
    """How many calls of a method Slack takes in a minute."""

    HISTORY = 1
    """conversations.history and conversations.replies, for an app that isn't in Slack's marketplace:
    https://docs.slack.dev/changelog/2025/05/29/rate-limit-changes-for-non-marketplace-apps.
    """
    TWO = 20
    THREE = 50
    FOUR = 100
    MESSAGES = 600
    """chat.postMessage in a whole workspace. Slack says "several hundred messages per minute" and no number:
    https://docs.slack.dev/reference/methods/chat.postMessage. Where it takes fewer, it says so with a 429.
    """


class Importance(IntEnum):
    """What goes first, when not everything can go."""

    PAGE = 0
    """A page, and that somebody is there."""
    ANSWER = 1
    """What a person waits for."""
    STORY = 2
    """Symptoms, hints, and what else is said in an incident."""
    ENDING = 3
    """Recovery, postmortem, result."""
    PREPARATION = 4
    """What is made ahead, or may come later: topics, pins."""
    BOARD = 5
    """Cards, scoreboards, consoles: they are true again a little later."""
    COLOUR = 6
    """A page in somebody's direct messages that was answered elsewhere."""


SHARE: Mapping[Importance, float] = {
    Importance.PAGE: 1.0,
    Importance.ANSWER: 0.95,
    Importance.STORY: 0.9,
    Importance.ENDING: 0.9,
    Importance.PREPARATION: 0.85,
    Importance.BOARD: 0.6,
    Importance.COLOUR: 0.4,
}
"""Up to which part of a minute's calls each may use: the rest is kept for what is more important."""


class ExpiredError(Exception):
    """The turn did not come in time."""


@dataclass(order=True, slots=True)
class _Waiting:
    importance: Importance
    number: int
    turn: "asyncio.Future[None]" = field(compare=False)


class _Method:
    """The calls of one method."""

    def __init__(self, allowed: int, time: Callable[[], float]) -> None:
        self._allowed = allowed
        self._time = time
        self._calls: deque[float] = deque()
        self._closed_until = 0.0
        self._line: list[_Waiting] = []
        self._number = count()
        self._timer: asyncio.TimerHandle | None = None

    async def turn(self, importance: Importance, within: float | None) -> None:
        waiting = _Waiting(importance, next(self._number), asyncio.get_running_loop().create_future())
        heapq.heappush(self._line, waiting)
        self._go_on()
        if waiting.turn.done():
            return
        try:
            async with asyncio.timeout(within):
                await waiting.turn
        except TimeoutError:
            raise ExpiredError from None
        finally:
            if waiting in self._line:
                self._line.remove(waiting)
                heapq.heapify(self._line)
                self._go_on()

    def close(self, seconds: float) -> None:
        """Slack wants no call for so long."""
        self._closed_until = max(self._closed_until, self._time() + seconds)
        self._go_on()

    def delay(self, importance: Importance) -> float:
        """Seconds that one more call would wait, about."""
        now = self._time()
        self._forget(now)
        ahead = sum(one.importance <= importance for one in self._line)
        allowed = self._most(importance)
        calls, at = list(self._calls), max(self._closed_until, now)
        for _ in range(ahead + 1):
            # Each call makes room for one, a minute after it.
            over = len(calls) - allowed
            at = max(at, calls[over] + MINUTE + MARGIN if over >= 0 else now)
            calls.append(at)
        return at - now

    def _most(self, importance: Importance) -> int:
        return max(1, int(self._allowed * SHARE[importance]))

    def _forget(self, now: float) -> None:
        while self._calls and self._calls[0] <= now - MINUTE - MARGIN:
            self._calls.popleft()

    def _go_on(self) -> None:
        """Let go whoever may go now, and look again when the next may."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        now = self._time()
        self._forget(now)
        while self._line:
            first = self._line[0]
            if first.turn.done():  # cancelled
                heapq.heappop(self._line)
                continue
            over = len(self._calls) - self._most(first.importance)
            # The most important first: whoever comes behind it may use no more than it does.
            ready = max(self._closed_until, self._calls[over] + MINUTE + MARGIN if over >= 0 else now)
            if ready > now:
                loop = asyncio.get_running_loop()
                self._timer = loop.call_later(ready - now, self._go_on)
                return
            heapq.heappop(self._line)
            self._calls.append(now)
            first.turn.set_result(None)


class Budget:
    """The calls that one workspace takes. `rates` has calls a minute by method; others are not counted."""

    def __init__(self, rates: Mapping[str, int], *, time: Callable[[], float] | None = None) -> None:
        self._rates = rates
        self._time = time
        self._methods: dict[str, _Method] = {}

    async def turn(self, method: str, importance: Importance, *, within: float | None = None) -> None:
        """Wait until the method may be called, the most important call first.

        Raises ExpiredError when that takes longer than `within` seconds.
        """
        if method in self._rates:
            await self._of(method).turn(importance, within)

    def close(self, method: str, seconds: float) -> None:
        """Slack answered 429: no call of the method for so many seconds."""
        self._of(method).close(seconds)

    def delay(self, method: str, importance: Importance) -> float:
        """About how many seconds a call would have to wait now."""
        return self._of(method).delay(importance) if method in self._rates else 0.0

    def _of(self, method: str) -> _Method:
        if method not in self._methods:
            time = self._time or asyncio.get_running_loop().time
            self._methods[method] = _Method(self._rates.get(method, 1_000_000), time)
        return self._methods[method]
