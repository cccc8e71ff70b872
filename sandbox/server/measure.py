"""What the sandbox looks like now, in figures: who waits, how long, how many rows are written a second."""

import time
from collections import deque
from collections.abc import Mapping

from sandbox.provider import Queue
from sandbox.server.groups import backend_of
from sandbox.server.observer import Session
from scenarios.journal.events import Backend
from scenarios.model.scenario import Scenario

WINDOW_SECONDS = 3.0
"""What "now" means for a rate."""


class WriteRate:
    """A rate from a counter that somebody reads now and then."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque()

    def add(self, rows: int) -> None:
        """Tell how far the counter is now."""
        now = time.monotonic()
        self._samples.append((now, rows))
        while len(self._samples) > 2 and self._samples[1][0] <= now - WINDOW_SECONDS:
            self._samples.popleft()

    @property
    def per_second(self) -> float:
        """Rows a second over the last few seconds."""
        if len(self._samples) < 2:
            return 0.0
        (began, before), (ended, after) = self._samples[0], self._samples[-1]
        # A counter that was reset, or pushed out of pg_stat_statements, has not written backwards.
        return max(0, after - before) / (ended - began) if ended > began else 0.0

    @property
    def covers(self) -> float:
        """Seconds that the samples span."""
        return self._samples[-1][0] - self._samples[0][0] if self._samples else 0.0

    def still_for(self) -> float:
        """Seconds since the counter last moved, as far as was seen."""
        if not self._samples:
            return 0.0
        ended, last = self._samples[-1]
        since = ended
        for moment, rows in reversed(self._samples):
            if rows != last:
                break
            since = moment
        return ended - since

    def forget(self) -> None:
        """Begin a new window."""
        self._samples.clear()


def backend(scenario: Scenario, session: Session, people: Mapping[str, str]) -> Backend:
    """A session that is there now, as the journal names it."""
    return backend_of(
        scenario,
        pid=session.pid,
        started=session.backend_start,
        role=session.role,
        application=session.application,
        database=session.database,
        own=session.role in people,
    )


def waiters(
    scenario: Scenario, sessions: list[Session], group: str, people: Mapping[str, str]
) -> list[Session]:
    """The group's sessions that wait for a lock now."""
    return [
        session for session in sessions if session.waits and backend(scenario, session, people).group == group
    ]


def queue_of(scenario: Scenario, sessions: list[Session], group: str, people: Mapping[str, str]) -> Queue:
    """Who of the group waits, and for whom in the end: blockers that wait themselves stand for theirs."""
    known = {session.pid: session for session in sessions}
    waiting = waiters(scenario, sessions, group, people)
    roots: dict[int, Session] = {}
    seen: set[int] = set()
    unseen = [pid for session in waiting for pid in session.blockers]
    while unseen:
        pid = unseen.pop()
        blocker = known.get(pid)
        if blocker is None or pid in seen:
            continue
        seen.add(pid)
        if blocker.waits:
            unseen.extend(blocker.blockers)
        else:
            roots[pid] = blocker
    return Queue(
        waiting=tuple(backend(scenario, session, people) for session in waiting),
        blockers=tuple(backend(scenario, roots[pid], people) for pid in sorted(roots)),
    )
