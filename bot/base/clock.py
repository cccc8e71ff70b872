"""The wall clock. A ride's own is scenarios.journal.ride_time.RideClock."""

from datetime import UTC, datetime


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)
