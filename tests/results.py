"""Results of rides for tests."""

from datetime import UTC, datetime, timedelta

from storage.results import Result

START = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)


def hour(number: float) -> datetime:
    """So many hours after the start of all."""
    return START + timedelta(hours=number)


def result(
    ride: str, *people: str, at: float = 0, total: int = 80, to_fix: float | None = 300, **changes: object
) -> Result:
    """A ride of these people that was started `at` hours and took 20 minutes of real time."""
    values: dict[str, object] = {
        "ride": ride,
        "workspace": "T1",
        "scenario": "locks",
        "outcome": "resolved" if to_fix is not None else "expired",
        "people": people,
        "created_at": hour(at),
        "ended_at": hour(at + 1 / 3),
        "detect": min(total, 40),
        "fix": max(min(total - 40, 40), 0),
        "trap": max(total - 80, 0),
        "to_fix": to_fix,
        "time_limit": 900.0,
        **changes,
    }
    return Result(**values)  # type: ignore[arg-type]
