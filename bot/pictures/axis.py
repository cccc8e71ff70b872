"""The picture's time axis: real time from left to right, so that a pause has a width, told in ride time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.pictures.figures import end_of
from scenarios.journal.ride_time import RideClock
from scenarios.journal.view import JournalView
from scenarios.model.durations import clock
from storage.samples import SampleRecord

_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 180, 300, 600, 900, 1800, 3600)
"""Ride seconds between two ticks."""
_MOST_TICKS = 7
_LEAD = 0.12
"""How much of what follows is shown before the page, at most."""
_SHORTEST_LEAD = timedelta(seconds=5)
_TAIL = timedelta(seconds=10)
"""Real time after the end that is shown, at most."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tick:
    at: datetime
    label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeAxis:
    """What is shown, from `begins` to `ends`; 0:00 is the page."""

    begins: datetime
    ends: datetime
    clock: RideClock

    def place(self, moment: datetime) -> float:
        """0 at the left, 1 at the right."""
        return (moment - self.begins) / (self.ends - self.begins)

    def holds(self, moment: datetime) -> bool:
        return self.begins <= moment <= self.ends

    def ticks(self) -> Iterator[Tick]:
        """At whole ride times from 0:00 on."""
        shown = self.clock.elapsed(self.ends).total_seconds()
        step = next((step for step in _STEPS if shown / step <= _MOST_TICKS), _STEPS[-1])
        for number in range(int(shown // step) + 1):
            at = self.clock.at(timedelta(seconds=number * step))
            yield Tick(at=at, label=clock(number * step))


def axis_of(journal: JournalView, samples: list[SampleRecord]) -> TimeAxis:
    """The axis of a ride that was live and has ended."""
    live, ended = journal.live, end_of(journal)
    if live is None or ended is None:
        raise ValueError("the ride was never live, or has not ended")
    last = max((one.at for one in samples), default=ended.at)
    ends = max(ended.at, min(last, ended.at + _TAIL), live.at + timedelta(seconds=1))
    lead = max(_SHORTEST_LEAD, (ends - live.at) * _LEAD)
    first = min((one.at for one in samples), default=live.at)
    return TimeAxis(
        begins=max(first, live.at - lead) if first < live.at else live.at,
        ends=ends,
        clock=RideClock(live_at=live.at, speed=journal.speed, pauses=journal.pauses),
    )
