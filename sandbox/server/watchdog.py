"""Protects a sandbox from what a database role can't be kept from: burning the processor, filling the disk.

It ends (terminates; a cancel can be caught in a DO block) sessions of those who ride and of nobody else, and
never one that waits for a lock: to be blocked is what they are here to see.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sandbox.server.observer import Session, Sizes

IDLE_WAITS = frozenset({"Lock", "Client", "Timeout"})
"""Wait events that use nothing up: a lock, a slow client, pg_sleep."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What those who ride may use up."""

    burn_seconds: float = 60.0
    """How long one statement may work without waiting for anything."""
    data: int = 200 << 20
    """Bytes that the databases may grow by."""
    log: int = 50 << 20
    """Bytes that the log may grow by."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """A session to be ended, and why, in words for the person."""

    session: Session
    why: str


@dataclass(kw_only=True, slots=True)
class Watchdog:
    """Remembers since when each statement has been burning, and how big things were at the beginning."""

    limits: Limits
    _burning: dict[tuple[int, datetime | None], float] = field(default_factory=dict)
    _first: Sizes | None = None
    _data_steps: int = 1
    _log_steps: int = 1

    def judge(
        self, sessions: list[Session], sizes: Sizes, people: Mapping[str, str], now: float
    ) -> list[Verdict]:
        """Whom to end. `now` is a monotonic clock's seconds."""
        own = [session for session in sessions if session.role in people]
        busy = [
            session
            for session in own
            if session.state == "active" and not session.waits and session.wait_event_type not in IDLE_WAITS
        ]
        self._burning = {
            (session.pid, session.query_start): self._burning.get((session.pid, session.query_start), now)
            for session in busy
        }
        grown = self._grown(sizes)
        if grown is not None:
            writing = [
                session for session in own if session in busy or (session.writes and not session.waits)
            ]
            return [Verdict(session=session, why=grown) for session in writing]
        return [
            Verdict(session=session, why=f"a statement ran for more than {self.limits.burn_seconds:.0f} s")
            for session in busy
            if now - self._burning[session.pid, session.query_start] > self.limits.burn_seconds
        ]

    def _grown(self, sizes: Sizes) -> str | None:
        """What grew past the next step, if anything; a step is acted on once, or nobody could work again."""
        if self._first is None:
            self._first = sizes
        data, log = sizes.data - self._first.data, sizes.log - self._first.log
        if data > self.limits.data * self._data_steps:
            self._data_steps = data // self.limits.data + 1
            return f"the data grew by {data >> 20} MB"
        if log > self.limits.log * self._log_steps:
            self._log_steps = log // self.limits.log + 1
            return f"the log grew by {log >> 20} MB"
        return None
