"""Drills and the do-not-disturb calendar as plain values, without SQLAlchemy. Moments are aware, UTC."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

DrillState = Literal["planned", "starting", "started", "failed", "missed", "called_off", "cancelled"]
"""`failed`: it could not start. `missed`: Ride was not running. `called_off`: only quiet time was left."""

DrillProblem = Literal[
    "team_gone", "team_empty", "busy", "scenario_gone", "chat_refused", "not_prepared", "interrupted", "quiet"
]
"""Why a drill could not start, or was called off."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A time from a moment until just before another."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Drill:
    """A ride that starts at a moment that nobody knows."""

    id: str
    workspace: str
    team: str
    """The team's id."""
    team_name: str
    planned_by: str
    windows: tuple[Span, ...]
    """The times in which it may start, in order, apart from each other."""
    zone: str
    """The IANA name of the time zone in which the windows were typed."""
    wanted: str
    """A scenario's slug, a level such as `L3`, or nothing: any."""
    seed: str
    draw: int = 0
    """How often the moment was drawn anew; with the seed it decides the moment."""
    due_at: datetime | None
    """When to do something about it: while it is planned, the moment. None: nothing is left to do."""
    state: DrillState = "planned"
    tries: int = 0
    """How often it was started."""
    tried_at: datetime | None = None
    scenario: str | None = None
    """The slug of the scenario that was picked at the last start."""
    ride: str | None = None
    problem: DrillProblem | None = None
    """What was in the way at the last start."""
    created_at: datetime
    revision: int = 0
    """Counts the changes; `DrillStore.update` refuses a record that is not of the newest revision."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Quiet:
    """An entry of the do-not-disturb calendar: no drill starts in it."""

    id: str
    workspace: str
    team: str | None
    """The team's id; None: everybody."""
    team_name: str | None
    span: Span
    zone: str
    """The IANA name of the time zone in which it was typed."""
    reason: str = ""
    created_by: str
    created_at: datetime
