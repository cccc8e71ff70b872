"""What the engine has to say, as values. The chat adapter finds the words and the layout."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from scenarios.journal import Backend, Outcome
from scenarios.model import Scenario
from scenarios.postmortem import Postmortem


@dataclass(frozen=True, kw_only=True, slots=True)
class IncidentCard:
    """The pinned card of the incident channel; updated when its state changes.

    It says what is known at the page and nothing of the cause.
    """

    ride: str
    scenario: Scenario
    state: str
    """preparing, live, resolved, stopped, expired or void."""
    learners: tuple[str, ...]
    started_by: str
    live_at: datetime | None
    deadline: datetime | None
    total: int | None = None
    offers_connect: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """The page: mentions the learners, with an Acknowledge button until somebody did."""

    ride: str
    number: int
    learners: tuple[str, ...]
    title: str
    text: str
    channel: str
    acknowledged_by: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Symptom:
    """Somebody or something in the story speaks."""

    speaker: str
    emoji: str
    text: str
    elapsed: timedelta
    """Ride time since 0:00."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HintGiven:
    number: int
    total: int
    title: str
    text: str
    person: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StillBlocked:
    """The migration is gone, yet writers wait: for these sessions now."""

    waiting: int
    blockers: tuple[Backend, ...]
    owners: tuple[str | None, ...]
    """For each blocker the learner whose session it is, if it is one's."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkloadFails:
    """Nobody waits, yet the application's own writes don't go through."""

    detail: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Recovering:
    """The blocker is gone; Ride is now checking that the writes drain and the workload runs."""

    person: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Recovered:
    """Said at the moment of resolution, before the postmortem."""

    elapsed: timedelta
    detail: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StepsSkipped:
    """What the chat refused and the ride does without: (step, Slack's error code)."""

    steps: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RideOver:
    """A ride that ended without being resolved: why, and what to do next."""

    ride: str
    scenario: str
    outcome: Outcome
    reason: str
    by: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PostmortemPosted:
    """The scored postmortem."""

    postmortem: Postmortem
    learners: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultLine:
    """One line where the ride was started."""

    ride: str
    title: str
    outcome: Outcome
    learners: tuple[str, ...]
    channel: str | None
    total: int | None
    """None for a void or stopped ride: it has no score that counts."""
    to_fix: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class StartFailed:
    """The incident could not be prepared; nobody was paged."""

    ride: str
    scenario: str
    reason: str


Announcement = (
    IncidentCard
    | Page
    | Symptom
    | HintGiven
    | StillBlocked
    | WorkloadFails
    | Recovering
    | Recovered
    | StepsSkipped
    | RideOver
    | PostmortemPosted
    | ResultLine
    | StartFailed
)
