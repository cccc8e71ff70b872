"""The export's shape: everything about one ride, in values that other programs can rely on.

docs/export.md describes each field; a test holds it to that. `VERSION` counts the changes that a reader must
know of: a field that is gone, or that means something else. What is secret, such as the address where Slack
takes answers, is not in here.
"""

from typing import Literal

from pydantic import AwareDatetime

from scenarios.journal.events import Event, IncidentRole, Outcome, Value
from scenarios.judging.scorecard import Dimension

FORMAT = "ride-export"
VERSION = 1


class ScenarioPart(Value):
    slug: str
    title: str
    level: str
    topic: str
    version: str


class RidePart(Value):
    id: str
    workspace: str
    scenario: ScenarioPart
    outcome: Outcome
    reason: str
    counts: bool
    started_by: str
    learners: tuple[str, ...]
    team: str | None
    game_day: str | None
    channel: str | None
    channel_name: str | None
    speed: float
    created_at: AwareDatetime
    live_at: AwareDatetime | None
    ended_at: AwareDatetime


class PersonPart(Value):
    id: str
    name: str
    rode: bool
    incident_roles: tuple[IncidentRole, ...]
    statements: int
    earned: int
    cost: int
    hints: int
    updates: int


class QuotePart(Value):
    at: AwareDatetime
    ride_seconds: float
    person: str
    text: str


class LinePart(Value):
    id: str
    points: int
    of: int
    why: str
    quote: QuotePart | None


class DimensionPart(Value):
    dimension: Dimension
    points: int
    of: int
    lines: tuple[LinePart, ...]


class TimesPart(Value):
    to_live: float | None
    to_acknowledge: float | None
    to_detect: float | None
    to_fix: float | None


class ScorePart(Value):
    total: int
    dimensions: tuple[DimensionPart, ...]
    times: TimesPart


class MomentPart(Value):
    ride_seconds: float
    text: str
    person: str | None
    statement: str | None


class UpdatePart(Value):
    speaker: str
    asked: float
    answered_after: float | None
    by: str | None


class PostmortemPart(Value):
    headline: str
    story: tuple[MomentPart, ...]
    updates: tuple[UpdatePart, ...]
    root_cause: str
    found: str
    fix: str
    lesson: str
    notes: tuple[str, ...]


class FiguresPart(Value):
    writes_before: float | None
    writes_lowest: float | None
    writes_after: float | None
    writes_back_at: AwareDatetime | None
    most_waiting: int
    longest_wait: float


class SamplePart(Value):
    at: AwareDatetime
    writes_per_second: float
    waiting: int
    oldest_wait: float


class RideExport(Value):
    """One ride."""

    format: Literal["ride-export"]
    version: Literal[1]
    ride: RidePart
    people: tuple[PersonPart, ...]
    score: ScorePart | None
    postmortem: PostmortemPart | None
    figures: FiguresPart | None
    events: tuple[Event, ...]
    samples: tuple[SamplePart, ...]
