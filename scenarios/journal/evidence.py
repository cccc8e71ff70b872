"""The journal's events that are read from the sandbox's log, in PostgreSQL's order and with its times."""

from typing import Literal

from scenarios.journal.happenings import Backend, Happening

Op = Literal["terminate", "cancel"]


class StatementLogged(Happening):
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


class StatementFailed(Happening):
    """A learner's statement ended in an error. `text` is what PostgreSQL logged with it, if anything."""

    kind: Literal["statement_failed"] = "statement_failed"
    person: str
    session: str
    pid: int
    database: str
    sqlstate: str
    message: str
    text: str | None = None


class SignalSent(Happening):
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


class SessionEnded(Happening):
    """A session of a group ended. `sqlstate` 57P01 means that somebody terminated it; None: it just left."""

    kind: Literal["session_ended"] = "session_ended"
    backend: Backend
    sqlstate: str | None = None


class LockWaited(Happening):
    """A session of a group has waited for a lock longer than its deadlock_timeout, and waits on."""

    kind: Literal["lock_waited"] = "lock_waited"
    backend: Backend
    mode: str
    waited_ms: float


class LockAcquired(Happening):
    """A session that had to wait (LockWaited) got its lock."""

    kind: Literal["lock_acquired"] = "lock_acquired"
    backend: Backend
    mode: str
    waited_ms: float


class WriteCommitted(Happening):
    """A write of a group's session that took long enough to be logged has committed."""

    kind: Literal["write_committed"] = "write_committed"
    backend: Backend
    took_ms: float


class WatchdogActed(Happening):
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
