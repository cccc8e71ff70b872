"""The events of a ride's append-only journal: the one source of the score, the postmortem and a replay.

Every event is frozen and carries `at`, an aware UTC time. Events that come from the sandbox's log carry the
time PostgreSQL wrote; the engine's own events carry the engine's clock. The *order* of the journal is the
order of appending: within the sandbox's log that is PostgreSQL's own order. Scoring reads nothing but these
events and the scenario, so an event says everything that the score may need, in plain values.

The engine's own events are defined here, those of the sandbox's log in `evidence`; this module has
them all.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from scenarios.journal.evidence import (
    Evidence,
    LockAcquired,
    LockWaited,
    Op,
    SessionEnded,
    SignalSent,
    StatementFailed,
    StatementLogged,
    WatchdogActed,
    WriteCommitted,
)
from scenarios.journal.happenings import Backend, Happening, Measurement, Value

__all__ = [
    "Acknowledged",
    "Backend",
    "BlockersSeen",
    "ChatRefused",
    "ChatStepSkipped",
    "Escalated",
    "Event",
    "Evidence",
    "FacilitatorSpoke",
    "HintTaken",
    "IncidentLive",
    "IncidentRole",
    "LockAcquired",
    "LockWaited",
    "Measurement",
    "MetaCommandTried",
    "Op",
    "Outcome",
    "OutcomeChecked",
    "Paged",
    "PersonJoined",
    "PersonLetIn",
    "PersonNamed",
    "PictureShown",
    "RideEnded",
    "RidePaused",
    "RideResumed",
    "RideStarted",
    "RoleLeft",
    "RoleTaken",
    "SessionEnded",
    "SignalSent",
    "StatementFailed",
    "StatementLogged",
    "StatusUpdated",
    "SymptomShown",
    "TeamCalled",
    "TimeExtended",
    "Value",
    "WatchdogActed",
    "WriteCommitted",
    "utc",
]

IncidentRole = Literal["commander", "investigator", "scribe", "communications"]
"""What somebody does in an incident. There is one commander, one scribe and one for communications."""


class Outcome(StrEnum):
    """How a ride ended."""

    RESOLVED = "resolved"
    EXPIRED = "expired"
    STOPPED = "stopped"
    VOID = "void"

    @property
    def counts(self) -> bool:
        """Whether the ride has a score that counts."""
        return self in (Outcome.RESOLVED, Outcome.EXPIRED)


# --- the ride's life, written by the engine


class RideStarted(Happening):
    kind: Literal["ride_started"] = "ride_started"
    ride: str
    scenario: str
    version: str
    """Digest of the scenario's files: the score is a function of the journal and this version."""
    started_by: str
    speed: float = 1.0
    """How many ride seconds pass in one real second (the engine's clocks only)."""


class PersonJoined(Happening):
    """A person got a database role of their own; from here on that role's acts are theirs."""

    kind: Literal["person_joined"] = "person_joined"
    person: str
    name: str
    role: str


class PersonNamed(Happening):
    """What somebody is called who takes part without a database role: a facilitator, or one who is paged."""

    kind: Literal["person_named"] = "person_named"
    person: str
    name: str


class PersonLetIn(Happening):
    """Somebody whose invitation the chat had refused is in the incident channel now.

    What was refused is a `ChatStepSkipped` of the step "invite " and the person.
    """

    kind: Literal["person_let_in"] = "person_let_in"
    person: str


class TeamCalled(Happening):
    """The ride is a team's: who of it is paged, in which order, as its rota says at the start."""

    kind: Literal["team_called"] = "team_called"
    team: str
    """The team's id."""
    name: str
    primary: str
    secondary: str | None = None
    members: tuple[str, ...]
    """Everybody in the team who can ride."""
    paged: tuple[str, ...]
    """Who is paged first."""


class IncidentLive(Happening):
    """The incident stands: 0:00 on the ride's clock."""

    kind: Literal["incident_live"] = "incident_live"
    measured: Measurement
    blocker: Backend
    """The session that blocks production."""
    waiting: tuple[Backend, ...]


class Paged(Happening):
    kind: Literal["paged"] = "paged"
    person: str
    number: int
    """1 for the first page, 2 for the first repetition, and so on."""


class Escalated(Happening):
    """Nobody acknowledged in time: more people of the team are paged from here on."""

    kind: Literal["escalated"] = "escalated"
    to: Literal["secondary", "team"]
    people: tuple[str, ...]
    """Who is paged now and was not before."""


class Acknowledged(Happening):
    kind: Literal["acknowledged"] = "acknowledged"
    person: str
    by: Literal["button", "activity"]


class SymptomShown(Happening):
    kind: Literal["symptom_shown"] = "symptom_shown"
    step: str
    text: str
    measured: Measurement | None = None
    by: str | None = None
    """The facilitator who sent it by hand; None: it came by itself."""


class HintTaken(Happening):
    kind: Literal["hint_taken"] = "hint_taken"
    person: str
    """Who asked for it, or the facilitator who revealed it."""
    number: int
    revealed: bool = False
    """Whether a facilitator gave it without being asked."""


class RoleTaken(Happening):
    """Somebody took a role in the incident; whoever had it before has it no longer, if it is for one."""

    kind: Literal["role_taken"] = "role_taken"
    person: str
    role: IncidentRole


class RoleLeft(Happening):
    kind: Literal["role_left"] = "role_left"
    person: str
    role: IncidentRole


class StatusUpdated(Happening):
    """A status update, written by a person, as those outside get it."""

    kind: Literal["status_updated"] = "status_updated"
    person: str
    text: str
    """What is known."""
    impact: str = ""
    eta_minutes: int | None = None
    """When they expect it to be over, from now; None: they don't know yet."""
    next_minutes: int | None = None
    """When they will say more, from now; None: they didn't say."""
    answers: str | None = None
    """The symptom that asked for it."""


class RidePaused(Happening):
    """The ride's clock and symptoms stand still; the database goes on."""

    kind: Literal["ride_paused"] = "ride_paused"
    by: str


class RideResumed(Happening):
    kind: Literal["ride_resumed"] = "ride_resumed"
    by: str | None = None
    """None: the pause had lasted as long as one may."""


class TimeExtended(Happening):
    """The ride may take this much longer."""

    kind: Literal["time_extended"] = "time_extended"
    by: str
    seconds: float
    """Ride seconds."""


class FacilitatorSpoke(Happening):
    """A facilitator said something in the incident channel as somebody of the story."""

    kind: Literal["facilitator_spoke"] = "facilitator_spoke"
    by: str
    speaker: str
    text: str


class BlockersSeen(Happening):
    """After the migration ended, writers still wait: for these sessions. Recorded when the set changes."""

    kind: Literal["blockers_seen"] = "blockers_seen"
    blockers: tuple[Backend, ...]
    waiting: int


class OutcomeChecked(Happening):
    """Ride itself tried something on the sandbox, in real time: one of the scenario's checks."""

    kind: Literal["outcome_checked"] = "outcome_checked"
    check: str
    passed: bool
    detail: str
    """In words, for a person."""


class ChatStepSkipped(Happening):
    """The chat refused something that a ride can do without (a pin, a topic)."""

    kind: Literal["chat_step_skipped"] = "chat_step_skipped"
    step: str
    error: str


class ChatRefused(Happening):
    """The chat refused a step that a ride can't do without (its channel), and so ends it."""

    kind: Literal["chat_refused"] = "chat_refused"
    step: str
    error: str


class PictureShown(Happening):
    """After the end: the ride's picture was posted in its channel."""

    kind: Literal["picture_shown"] = "picture_shown"


class RideEnded(Happening):
    kind: Literal["ride_ended"] = "ride_ended"
    outcome: Outcome
    reason: str
    by: str | None = None


class MetaCommandTried(Happening):
    r"""A psql meta-command that /sql refuses for safety (`\!`, `\copy`, …) was typed."""

    kind: Literal["meta_command_tried"] = "meta_command_tried"
    person: str
    command: str


Event = Annotated[
    RideStarted
    | PersonJoined
    | PersonNamed
    | PersonLetIn
    | TeamCalled
    | IncidentLive
    | Paged
    | Escalated
    | Acknowledged
    | SymptomShown
    | HintTaken
    | RoleTaken
    | RoleLeft
    | StatusUpdated
    | RidePaused
    | RideResumed
    | TimeExtended
    | FacilitatorSpoke
    | BlockersSeen
    | OutcomeChecked
    | ChatStepSkipped
    | ChatRefused
    | RideEnded
    | PictureShown
    | MetaCommandTried
    | Evidence,
    Field(discriminator="kind"),
]


def utc(moment: datetime) -> datetime:
    """The same moment in UTC. Raises ValueError for a naive datetime."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone")
    return moment.astimezone(UTC)
