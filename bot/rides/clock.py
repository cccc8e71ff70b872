"""The wall clock, and a ride's own clock, which may run faster."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class RideClock:
    """Ride time: 0:00 is the moment the incident was live; `speed` ride seconds pass in a real one."""

    live_at: datetime
    speed: float

    def elapsed(self, now: datetime) -> timedelta:
        """Ride time at a moment, never negative."""
        return max((now - self.live_at) * self.speed, timedelta(0))

    def at(self, elapsed: timedelta) -> datetime:
        """The moment of a ride time."""
        return self.live_at + elapsed / self.speed
