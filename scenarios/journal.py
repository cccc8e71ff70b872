"""The events of a ride's append-only journal: the one source of the score, the postmortem and a replay.

Every event is frozen and carries `at`, an aware UTC time. Events that come from the sandbox's log carry the
time PostgreSQL wrote; the engine's own events carry the engine's clock. The *order* of the journal is the
order of appending: within the sandbox's log that is PostgreSQL's own order. Scoring reads nothing but these
events and the scenario, so an event says everything that the score may need, in plain values.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

Op = Literal["terminate", "cancel"]

IncidentRole = Literal["commander", "investigator", "scribe", "communications"]
"""What somebody does in an incident. There is one commander, one scribe and one for communications."""


class Outcome(StrEnum):
    """How a ride ended."""

    RESOLVED = "resolved"
    EXPIRED = "expired"
    STOPPED = "stopped"
    VOID = "void"


class Value(BaseModel):
    """A frozen value with no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Backend(Value):
    """One PostgreSQL session, named by what stays unique: its pid and the time its backend started."""

    pid: int
    started: AwareDatetime | None = None
    role: str | None = None
    application: str | None = None
    database: str | None = None
    group: str | None = None
    """The scenario's group this session belongs to; None for the learners' own and for Ride's."""

    def is_same(self, other: "Backend") -> bool:
        """Whether it is the same session: its pid, and its start if both are known.

        The log's session_start has whole seconds, pg_stat_activity's backend_start has microseconds.
        """
        if self.pid != other.pid:
            return False
        if self.started is None or other.started is None:
            return True
        return abs(self.started - other.started) <= timedelta(seconds=1)


class Measurement(Value):
    """What the sandbox looked like at one moment, measured there."""

    writers_waiting: int
    oldest_wait_seconds: float
    """How long the longest-waiting session has waited for its lock; 0 when nobody waits."""
    writes_per_second: float
    """Rows inserted and updated a second over the last few seconds."""
    writes_per_second_before: float
    """The same before the incident began."""


class _Event(Value):
    at: AwareDatetime


# --- the ride's life, written by the engine


class RideStarted(_Event):
    kind: Literal["ride_started"] = "ride_started"
    ride: str
    scenario: str
    version: str
    """Digest of the scenario's files: the score is a function of the journal and this version."""
    started_by: str
    speed: float = 1.0
    """How many ride seconds pass in one real second (the engine's clocks only)."""


class PersonJoined(_Event):
    """A person got a database role of their own; from here on that role's acts are theirs."""

    kind: Literal["person_joined"] = "person_joined"
    person: str
    name: str
    role: str


class PersonNamed(_Event):
    """What somebody is called who takes part without a database role: a facilitator, or one who is paged."""

    kind: Literal["person_named"] = "person_named"
    person: str
    name: str


class TeamCalled(_Event):
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


class IncidentLive(_Event):
    """The incident stands: 0:00 on the ride's clock."""

    kind: Literal["incident_live"] = "incident_live"
    measured: Measurement
    blocker: Backend
    """The session that blocks production."""
    waiting: tuple[Backend, ...]


class Paged(_Event):
    kind: Literal["paged"] = "paged"
    person: str
    number: int
    """1 for the first page, 2 for the first repetition, and so on."""


class Escalated(_Event):
    """Nobody acknowledged in time: more people of the team are paged from here on."""

    kind: Literal["escalated"] = "escalated"
    to: Literal["secondary", "team"]
    people: tuple[str, ...]
    """Who is paged now and was not before."""


class Acknowledged(_Event):
    kind: Literal["acknowledged"] = "acknowledged"
    person: str
    by: Literal["button", "activity"]


class SymptomShown(_Event):
    kind: Literal["symptom_shown"] = "symptom_shown"
    step: str
    text: str
    measured: Measurement | None = None
    by: str | None = None
    """The facilitator who sent it by hand; None: it came by itself."""


class HintTaken(_Event):
    kind: Literal["hint_taken"] = "hint_taken"
    person: str
    """Who asked for it, or the facilitator who revealed it."""
    number: int
    revealed: bool = False
    """Whether a facilitator gave it without being asked."""


class RoleTaken(_Event):
    """Somebody took a role in the incident; whoever had it before has it no longer, if it is for one."""

    kind: Literal["role_taken"] = "role_taken"
    person: str
    role: IncidentRole


class RoleLeft(_Event):
    kind: Literal["role_left"] = "role_left"
    person: str
    role: IncidentRole


class StatusUpdated(_Event):
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


class RidePaused(_Event):
    """The ride's clock and symptoms stand still; the database goes on."""

    kind: Literal["ride_paused"] = "ride_paused"
    by: str


class RideResumed(_Event):
    kind: Literal["ride_resumed"] = "ride_resumed"
    by: str | None = None
    """None: the pause had lasted as long as one may."""


class TimeExtended(_Event):
    """The ride may take this much longer."""

    kind: Literal["time_extended"] = "time_extended"
    by: str
    seconds: float
    """Ride seconds."""


class FacilitatorSpoke(_Event):
    """A facilitator said something in the incident channel as somebody of the story."""

    kind: Literal["facilitator_spoke"] = "facilitator_spoke"
    by: str
    speaker: str
    text: str


class BlockersSeen(_Event):
    """After the migration ended, writers still wait: for these sessions. Recorded when the set changes."""

    kind: Literal["blockers_seen"] = "blockers_seen"
    blockers: tuple[Backend, ...]
    waiting: int


class OutcomeChecked(_Event):
    """Ride itself tried something on the sandbox, in real time: one of the scenario's checks."""

    kind: Literal["outcome_checked"] = "outcome_checked"
    check: str
    passed: bool
    detail: str
    """In words, for a person."""


class ChatStepSkipped(_Event):
    """The chat refused something that a ride can do without (a pin, a topic)."""

    kind: Literal["chat_step_skipped"] = "chat_step_skipped"
    step: str
    error: str


class PictureShown(_Event):
    """After the end: the ride's picture was posted in its channel."""

    kind: Literal["picture_shown"] = "picture_shown"


class RideEnded(_Event):
    kind: Literal["ride_ended"] = "ride_ended"
    outcome: Outcome
    reason: str
    by: str | None = None


# --- evidence, read from the sandbox's log in PostgreSQL's order


class StatementLogged(_Event):
    """A learner's statement, as PostgreSQL logged it before it ran (`log_statement = all`)."""

    kind: Literal["statement_logged"] = "statement_logged"
    person: str
    session: str
    """PostgreSQL's session id of the log (`session_id` in jsonlog): unique in a sandbox."""
    pid: int
    database: str
    application: str
    text: str
    prepared: str | None = None
    """For EXECUTE of a prepared statement: the statement that was prepared."""


class StatementFailed(_Event):
    """A learner's statement ended in an error. `text` is what PostgreSQL logged with it, if anything."""

    kind: Literal["statement_failed"] = "statement_failed"
    person: str
    session: str
    pid: int
    database: str
    sqlstate: str
    message: str
    text: str | None = None


class MetaCommandTried(_Event):
    r"""A psql meta-command that /sql refuses for safety (`\!`, `\copy`, …) was typed."""

    kind: Literal["meta_command_tried"] = "meta_command_tried"
    person: str
    command: str


class SignalSent(_Event):
    """pg_terminate_backend or pg_cancel_backend was called on a live session: an attempt.

    The learner's own sessions and dead pids give no such event with a `group`.
    """

    kind: Literal["signal_sent"] = "signal_sent"
    op: Op
    person: str
    session: str
    """The session that called: its last StatementLogged before this event is the statement."""
    pid: int
    target: Backend
    target_state: str | None = None


class SessionEnded(_Event):
    """A session of a group ended. `sqlstate` 57P01 means that somebody terminated it; None: it just left."""

    kind: Literal["session_ended"] = "session_ended"
    backend: Backend
    sqlstate: str | None = None


class LockWaited(_Event):
    """A session of a group has waited for a lock longer than its deadlock_timeout, and waits on."""

    kind: Literal["lock_waited"] = "lock_waited"
    backend: Backend
    mode: str
    waited_ms: float


class LockAcquired(_Event):
    """A session that had to wait (LockWaited) got its lock."""

    kind: Literal["lock_acquired"] = "lock_acquired"
    backend: Backend
    mode: str
    waited_ms: float


class WriteCommitted(_Event):
    """A write of a group's session that took long enough to be logged has committed."""

    kind: Literal["write_committed"] = "write_committed"
    backend: Backend
    took_ms: float


class WatchdogActed(_Event):
    """Ride ended a learner's session to protect the sandbox (it burned too long, or grew too much)."""

    kind: Literal["watchdog_acted"] = "watchdog_acted"
    person: str
    pid: int
    why: str


Evidence = (
    StatementLogged
    | StatementFailed
    | SignalSent
    | SessionEnded
    | LockWaited
    | LockAcquired
    | WriteCommitted
    | WatchdogActed
)
"""What a sandbox's evidence reader gives."""

Event = Annotated[
    RideStarted
    | PersonJoined
    | PersonNamed
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
    | RideEnded
    | PictureShown
    | MetaCommandTried
    | Evidence,
    Field(discriminator="kind"),
]

_adapter: TypeAdapter[Event] = TypeAdapter(Event)


def dump_event(event: Event) -> str:
    """One event as a line of JSON."""
    return event.model_dump_json(exclude_none=True)


def load_event(line: str | bytes) -> Event:
    """The event that `dump_event` wrote. Raises pydantic.ValidationError for anything else."""
    return _adapter.validate_json(line)


def utc(moment: datetime) -> datetime:
    """The same moment in UTC. Raises ValueError for a naive datetime."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone")
    return moment.astimezone(UTC)
