"""What events are made of: a moment, and plain values of PostgreSQL's and the sandbox's."""

from datetime import timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict


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


class Happening(Value):
    """Something that happened, at a moment: the root of all events."""

    at: AwareDatetime
