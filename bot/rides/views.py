"""What the engine answers to the one who asked, as values."""

from dataclasses import dataclass
from datetime import timedelta

from sandbox.provider import Login
from scenarios.model import Scenario


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Where a command was typed, for the answer later. `response_url` works for 30 minutes, five times."""

    channel: str | None
    response_url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Started:
    """A ride was accepted; its channel opens in a moment and the learners are invited there."""

    ride: str
    scenario: Scenario
    learners: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RideStatus:
    ride: str
    scenario: Scenario
    state: str
    learners: tuple[str, ...]
    channel: str | None
    elapsed: timedelta | None
    """Ride time since 0:00."""
    remaining: timedelta | None
    acknowledged_by: str | None
    hints_taken: int
    hints_total: int
    recovering: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Connection:
    """A person's own way in; `dsn` holds their password: show it to them alone."""

    ride: str
    login: Login
    dsn: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    scenarios: tuple[Scenario, ...]
