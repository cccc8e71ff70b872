"""Slack's published rate limits, for those who want to meet them here first.

Source: https://docs.slack.dev/apis/web-api/rate-limits. They are kept for each method, workspace and app, in
windows of a minute. What Slack doesn't publish is strict here: its tiers say "at least so many a minute" and
promise bursts beyond, whose size they don't tell, and these limits allow just so many. Nor is it said whether
refused calls count; here they don't. Answers to a response_url, files' bytes and Socket Mode count nowhere.
"""

import math
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass

from bot.workspace.company.identifiers import Clock
from bot.workspace.errors import RateLimitedError
from bot.workspace.web_api.method_table import Method, Tier

MINUTE = 60.0
MESSAGES_BURST = 4
"""A channel takes about one message a second, and short bursts, whose size Slack doesn't publish."""
MESSAGES_A_MINUTE = 600
"""Of chat.postMessage in all channels: "several hundred", https://docs.slack.dev/reference/methods/chat.postMessage."""
PER_MINUTE: Mapping[Tier, int] = {Tier.ONE: 1, Tier.TWO: 20, Tier.THREE: 50, Tier.FOUR: 100}
SPECIAL: Mapping[str, int] = {"auth.test": 600, "chat.getPermalink": 600}
"""Methods of the special tier: "hundreds of requests per minute" is 600 for Slack's own SDK for Java."""
_HISTORY = ("conversations.history", "conversations.replies")
"""Once a minute for apps that are distributed outside the marketplace:
https://docs.slack.dev/changelog/2025/05/29/rate-limit-changes-for-non-marketplace-apps."""


@dataclass(frozen=True, slots=True)
class _Window:
    """Moments of calls within so many seconds, and how many of them may be."""

    past: deque[float]
    allowed: int
    seconds: float

    def wait(self, now: float) -> float:
        """Seconds until there is room for another; 0: there is."""
        while self.past and self.past[0] <= now - self.seconds:
            self.past.popleft()
        return self.past[0] + self.seconds - now if len(self.past) >= self.allowed else 0.0


class RateLimits:
    """Counts calls in the last minute by method, and messages by channel."""

    def __init__(self, *, clock: Clock, enabled: bool, outside_marketplace: bool) -> None:
        self._clock = clock
        self._enabled = enabled
        self._outside_marketplace = outside_marketplace
        self._calls: dict[str, deque[float]] = defaultdict(deque)
        self._posts: dict[str, deque[float]] = defaultdict(deque)
        self._all_posts: deque[float] = deque()

    def call(self, name: str, method: Method) -> None:
        """Count a call. Raises RateLimitedError when it is one too many."""
        if self._outside_marketplace and name in _HISTORY:
            allowed: int | None = 1
        else:
            allowed = PER_MINUTE.get(method.tier, SPECIAL.get(name)) if self._enabled else None
        if allowed is not None:
            self._count(_Window(self._calls[name], allowed, MINUTE))

    def post(self, channel: str) -> None:
        """Count a message of chat.postMessage. Raises RateLimitedError when it is one too many."""
        if self._enabled:
            self._count(
                _Window(self._posts[channel], MESSAGES_BURST, float(MESSAGES_BURST)),
                _Window(self._all_posts, MESSAGES_A_MINUTE, MINUTE),
            )

    def _count(self, *windows: _Window) -> None:
        now = self._clock()
        wait = max(window.wait(now) for window in windows)
        if wait > 0:
            # Whole seconds, as in Slack's header.
            raise RateLimitedError(max(1, math.ceil(wait)))
        for window in windows:
            window.past.append(now)
