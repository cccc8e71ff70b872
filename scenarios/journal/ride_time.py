"""Ride time: what the ride's own clock shows. It may run faster than the world's, and stands in a pause."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from scenarios.journal.events import Event, RideEnded, RidePaused, RideResumed


@dataclass(frozen=True, kw_only=True, slots=True)
class Pause:
    """While this lasts the ride's clock stands. `until` is None while it does."""

    since: datetime
    until: datetime | None = None

    def before(self, moment: datetime) -> timedelta:
        """How much of it lies before a moment."""
        end = moment if self.until is None else min(self.until, moment)
        return max(end - self.since, timedelta(0))


def pauses(events: Iterable[Event]) -> tuple[Pause, ...]:
    """The pauses of a ride, in order; the ride's end ends the last one."""
    found: list[Pause] = []
    since: datetime | None = None
    for event in events:
        match event:
            case RidePaused():
                since = since or event.at
            case RideResumed() | RideEnded() if since is not None:
                found.append(Pause(since=since, until=max(event.at, since)))
                since = None
    if since is not None:
        found.append(Pause(since=since))
    return tuple(found)


@dataclass(frozen=True, kw_only=True, slots=True)
class RideClock:
    """0:00 is the moment the incident was live; `speed` ride seconds pass in a real one."""

    live_at: datetime
    speed: float
    pauses: tuple[Pause, ...] = ()

    def elapsed(self, now: datetime) -> timedelta:
        """Ride time at a moment, never negative."""
        stood = sum((pause.before(now) for pause in self.pauses), timedelta(0))
        return max((now - self.live_at - stood) * self.speed, timedelta(0))

    def at(self, elapsed: timedelta) -> datetime:
        """The moment of a ride time, as if a pause that lasts ended now: what is due moves when it ends."""
        moment = self.live_at + elapsed / self.speed
        for pause in self.pauses:
            if pause.until is None or moment <= pause.since:
                break
            moment += pause.until - pause.since
        return moment
