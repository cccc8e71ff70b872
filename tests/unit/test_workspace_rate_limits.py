"""Rate tiers, and the pace of a channel."""

import pytest

from bot.workspace.errors import RateLimitedError
from bot.workspace.web_api.method_table import METHODS, Tier
from bot.workspace.web_api.rate_limits import PER_MINUTE, SPECIAL, RateLimits


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("method", "allowed"),
    [
        ("users.list", 20),
        ("apps.connections.open", 50),
        ("chat.update", 50),
        ("conversations.history", 50),
        ("chat.postEphemeral", 100),
        ("files.completeUploadExternal", 100),
        ("users.info", 100),
        ("auth.test", 600),
    ],
)
def test_a_tier_allows_so_many_calls_a_minute(method: str, allowed: int) -> None:
    clock = Clock()
    limits = RateLimits(clock=clock, enabled=True, outside_marketplace=False)
    for _ in range(allowed):
        limits.call(method, METHODS[method])
    clock.now += 18.5
    with pytest.raises(RateLimitedError) as limited:
        limits.call(method, METHODS[method])
    assert limited.value.retry_after == 42, "whole seconds, rounded up"
    limits.call("team.info", METHODS["team.info"])
    clock.now += 41.5
    limits.call(method, METHODS[method])


def test_a_channel_takes_a_message_a_second_and_short_bursts() -> None:
    clock = Clock()
    limits = RateLimits(clock=clock, enabled=True, outside_marketplace=False)
    for _ in range(4):
        limits.post("C1")
    with pytest.raises(RateLimitedError):
        limits.post("C1")
    limits.post("C2")
    for _ in range(20):
        clock.now += 1
        if clock.now >= 1_004:
            limits.post("C1")


def test_a_workspace_takes_several_hundred_messages_a_minute() -> None:
    clock = Clock()
    limits = RateLimits(clock=clock, enabled=True, outside_marketplace=False)
    for number in range(600):
        limits.post(f"C{number}")
    clock.now += 20
    with pytest.raises(RateLimitedError) as limited:
        limits.post("C-new")
    assert limited.value.retry_after == 40
    clock.now += 40
    for _ in range(4):
        limits.post("C-new")


def test_every_tier_has_its_limit() -> None:
    for name, method in METHODS.items():
        if method.tier is Tier.SPECIAL:
            assert name in SPECIAL or name in ("chat.postMessage", "oauth.v2.access"), name
        else:
            assert method.tier in PER_MINUTE, name


def test_without_limits_nothing_is_limited() -> None:
    limits = RateLimits(clock=Clock(), enabled=False, outside_marketplace=False)
    for _ in range(1_000):
        limits.call("users.list", METHODS["users.list"])
        limits.post("C1")


def test_outside_the_marketplace_history_comes_once_a_minute() -> None:
    clock = Clock()
    limits = RateLimits(clock=clock, enabled=False, outside_marketplace=True)
    limits.call("conversations.history", METHODS["conversations.history"])
    with pytest.raises(RateLimitedError):
        limits.call("conversations.history", METHODS["conversations.history"])
    clock.now += 60
    limits.call("conversations.history", METHODS["conversations.history"])
