"""How many rides run now."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.rides.live import LiveRide


@dataclass(frozen=True, kw_only=True, slots=True)
class Census:
    """The rides of this program at one moment."""

    rides: Mapping[tuple[str, str], int]
    """How many of each state and scenario. One that has ended and is still being told counts as `ending`."""
    sandboxes: int


def census(rides: Iterable[LiveRide]) -> Census:
    """Count them."""
    there = tuple(rides)
    return Census(
        rides=Counter((_state(ride), ride.record.scenario) for ride in there),
        sandboxes=sum(ride.sandbox is not None for ride in there),
    )


def _state(ride: LiveRide) -> str:
    if ride.ended is not None:
        return "ending"
    return "paused" if ride.paused else ride.record.state
