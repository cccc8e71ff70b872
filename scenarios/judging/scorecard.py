"""The scorecard of a ride: what was earned and lost, line by line, with the statement that did it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scenarios.journal.events import Outcome

TRAP_LINE = "trap"
"""The id of the line that gives the trap points."""


class Dimension(StrEnum):
    """The three parts of a score; they sum to 100."""

    DETECT = "detect"
    FIX = "fix"
    TRAP = "trap"


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote:
    """The act behind a line: who ran what, when."""

    at: datetime
    ride_seconds: float
    person: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of the card. A dimension's points are the sum of its lines' points.

    For Detect and Fix `points` is 0 or `of`. Trap has one line that gives (20 of 20, or 0 of 20 without a
    Fix) and one line with negative `points` and `of` 0 for each trap; together they never go below 0.
    """

    id: str
    dimension: Dimension
    points: int
    of: int
    why: str
    quote: Quote | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Times:
    """Ride seconds from 0:00; None: it did not happen. `to_live` is real seconds from the start command."""

    to_live: float | None
    to_acknowledge: float | None
    to_detect: float | None
    """To the first useful step: the first act that earned a Detect line, a look or a well-aimed attempt."""
    to_fix: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Scorecard:
    """The verdict on a ride: a pure function of its journal and the scenario's version."""

    ride: str
    scenario: str
    version: str
    outcome: Outcome
    lines: tuple[Line, ...]
    times: Times

    def points(self, dimension: Dimension) -> int:
        """The points of one dimension."""
        return sum(line.points for line in self.lines if line.dimension is dimension)

    @property
    def total(self) -> int:
        """All points, 0 to 100."""
        return sum(line.points for line in self.lines)
