"""Slack's rate limits, for those who want to meet them here first."""

from collections import defaultdict, deque

from bot.workspace.errors import RateLimitedError
from bot.workspace.identifiers import Clock
from bot.workspace.method_table import Method, Tier

MINUTE = 60.0
MESSAGES_BURST = 4
"""A channel takes about one message a second, and short bursts: https://docs.slack.dev/apis/web-api/rate-limits."""
_TIERS = {Tier.ONE: 1, Tier.TWO: 20, Tier.THREE: 50, Tier.FOUR: 100}
_HISTORY = ("conversations.history", "conversations.replies")


class RateLimits:
    """Counts calls in the last minute by method, and messages by channel."""

    def __init__(self, *, clock: Clock, enabled: bool, outside_marketplace: bool) -> None:
        self._clock = clock
        self._enabled = enabled
        self._outside_marketplace = outside_marketplace
        self._calls: dict[str, deque[float]] = defaultdict(deque)
        self._posts: dict[str, deque[float]] = defaultdict(deque)

    def call(self, name: str, method: Method) -> None:
        """Count a call. Raises RateLimitedError when it is one too many."""
        if self._outside_marketplace and name in _HISTORY:
            self._count(self._calls[name], 1, MINUTE)
        elif self._enabled and method.tier in _TIERS:
            self._count(self._calls[name], _TIERS[method.tier], MINUTE)

    def post(self, channel: str) -> None:
        """Count a message to a channel. Raises RateLimitedError when it is one too many."""
        if self._enabled:
            self._count(self._posts[channel], MESSAGES_BURST, float(MESSAGES_BURST))

    def _count(self, past: deque[float], allowed: int, seconds: float) -> None:
        now = self._clock()
        while past and past[0] <= now - seconds:
            past.popleft()
        if len(past) >= allowed:
            raise RateLimitedError(max(1, int(past[0] + seconds - now + 0.999)))
        past.append(now)
