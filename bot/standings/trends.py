"""How a score changes from ride to ride."""

from collections.abc import Sequence
from enum import Enum

NOTABLE = 0.1
"""The part of all points by which later rides must differ from earlier ones to be a change."""


class Trend(Enum):
    """Where it goes."""

    UNKNOWN = "unknown"
    """One ride says nothing."""
    UP = "up"
    DOWN = "down"
    STEADY = "steady"


def trend(points: Sequence[int], of: int) -> Trend:
    """The later half of the rides against the earlier one; of an odd number the middle counts as later."""
    if len(points) < 2:
        return Trend.UNKNOWN
    half = len(points) // 2
    change = _mean(points[half:]) - _mean(points[:half])
    if abs(change) < NOTABLE * of:
        return Trend.STEADY
    return Trend.UP if change > 0 else Trend.DOWN


def _mean(points: Sequence[int]) -> float:
    return sum(points) / len(points)
