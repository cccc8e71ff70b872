"""What came of a ride, as a plain value: enough to rank it without its journal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

CountingOutcome = Literal["resolved", "expired"]

COUNTING: tuple[CountingOutcome, ...] = ("resolved", "expired")
"""The outcomes with a score that counts. A ride that was stopped, or void, never does."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """The result of a ride that counts: derived from its journal and its scorecard, and rebuildable."""

    ride: str
    workspace: str
    scenario: str
    """Its slug."""
    outcome: CountingOutcome
    team: str | None = None
    """The team's id."""
    people: tuple[str, ...]
    """Who did something in it, in the order in which they began."""
    joined: Mapping[str, datetime] = field(default_factory=dict)
    """Of these people who joined when it was live already, and when."""
    created_at: datetime
    ended_at: datetime
    detect: int
    fix: int
    trap: int
    to_fix: float | None
    """Ride seconds; None: it was not fixed."""
    time_limit: float
    """Ride seconds, with what a facilitator added."""

    @property
    def total(self) -> int:
        """All points, 0 to 100."""
        return self.detect + self.fix + self.trap
