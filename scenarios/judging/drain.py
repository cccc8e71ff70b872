"""Did the writes that queued up behind the blocker get their lock and commit? Judged from the journal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from scenarios.errors import ScenarioError
from scenarios.journal.events import (
    Backend,
    Event,
    IncidentLive,
    LockAcquired,
    LockWaited,
    SessionEnded,
    SignalSent,
    WriteCommitted,
)
from scenarios.journal.view import JournalView, StatementKey, view
from scenarios.model.scenario import Check, Scenario


@dataclass(frozen=True, kw_only=True, slots=True)
class Drain:
    """What became of the queue. `waiting` means that it is not decided yet."""

    state: Literal["waiting", "drained", "failed"]
    detail: str
    """In words, for a person."""
    waited: tuple[Backend, ...] = ()
    """Who waited when the blocker's session ended."""
    committed: tuple[Backend, ...] = ()
    lost: tuple[Backend, ...] = ()
    """Whose queued write went with its session."""


@dataclass(slots=True)
class _Queue:
    waiting: dict[int, Backend] = field(default_factory=dict)
    logged: set[int] = field(default_factory=set)
    """Pids whose wait PostgreSQL logged: it will log that they got the lock too."""
    hit: dict[int, tuple[Backend, StatementKey]] = field(default_factory=dict)
    """Waiters that were signalled, and by which statement."""


def drained(scenario: Scenario, events: Sequence[Event], now: datetime | None = None) -> Drain:
    """Judge the queue of the scenario's `drained` check.

    A write has drained if its session waited when the blocker's session ended, got its lock and committed
    within the check's time. A waiter hit by the very statement that ended the blocker counts too: its write
    is lost.
    `now` decides when the time is over; without it, the last event does.
    """
    check = next((check for check in scenario.checks if check.kind == "drained"), None)
    if check is None:
        raise ScenarioError(f"{scenario.slug} has no check of the kind 'drained'")
    journal = view(events)
    queue, end = _queue_at_the_end(scenario, check, journal)
    if end is None:
        return Drain(state="waiting", detail="The blocker still holds its lock.")
    return _judge(check, journal, queue, end, now)


def _queue_at_the_end(scenario: Scenario, check: Check, journal: JournalView) -> tuple[_Queue, int | None]:
    """Who waited when the blocker's session ended, and the index of that end."""
    queue = _Queue()
    enders: list[StatementKey] = []
    for index, event in enumerate(journal.events):
        match event:
            case IncidentLive():
                queue.waiting |= {b.pid: b for b in event.waiting if b.group == check.group}
            case LockWaited() if event.backend.group == check.group:
                queue.waiting[event.backend.pid] = event.backend
                queue.logged.add(event.backend.pid)
            case LockAcquired():
                queue.waiting.pop(event.backend.pid, None)
            case SignalSent() if event.target.group == scenario.blocker and event.op == "terminate":
                enders.append(journal.key(index))
            case SignalSent() if event.target.pid in queue.waiting:
                queue.waiting.pop(event.target.pid)
                queue.hit[event.target.pid] = (event.target, journal.key(index))
            case SessionEnded() if _is_blocker(scenario, journal, event):
                same = enders[-1:] if event.sqlstate == "57P01" else []
                queue.hit = {pid: hit for pid, hit in queue.hit.items() if hit[1] in same}
                return queue, index
            case SessionEnded():
                queue.waiting.pop(event.backend.pid, None)
    return queue, None


def _is_blocker(scenario: Scenario, journal: JournalView, event: SessionEnded) -> bool:
    if journal.live is not None:
        return event.backend.is_same(journal.live.blocker)
    return event.backend.group == scenario.blocker


def _judge(check: Check, journal: JournalView, queue: _Queue, end: int, now: datetime | None) -> Drain:
    ended_at = journal.events[end].at
    pending = dict(queue.waiting)
    waited = (*pending.values(), *(backend for backend, _ in queue.hit.values()))
    lost = [backend for backend, _ in queue.hit.values()]
    acquired: set[int] = set()
    committed: dict[int, datetime] = {}
    last = ended_at
    for event in journal.events[end + 1 :]:
        last = max(last, event.at)
        if isinstance(event, LockAcquired):
            acquired.add(event.backend.pid)
        elif isinstance(event, WriteCommitted) and event.backend.pid in pending:
            pid = event.backend.pid
            if event.at - ended_at <= check.within and (pid in acquired or pid not in queue.logged):
                committed[pid] = event.at
                del pending[pid]
        elif isinstance(event, SessionEnded) and event.backend.pid in pending:
            lost.append(pending.pop(event.backend.pid))
    done = _of(waited, committed)
    if lost:
        return Drain(
            state="failed",
            detail=_lost(len(lost), len(waited)),
            waited=waited,
            committed=done,
            lost=tuple(lost),
        )
    if not pending:
        seconds = (max(committed.values(), default=ended_at) - ended_at).total_seconds()
        return Drain(state="drained", detail=_all(len(waited), seconds), waited=waited, committed=done)
    if (now or last) - ended_at > check.within:
        detail = _late(len(pending), len(waited), check.within)
        return Drain(state="failed", detail=detail, waited=waited, committed=done)
    detail = f"{len(pending)} of {_writes(len(waited))} still on the way."
    return Drain(state="waiting", detail=detail, waited=waited, committed=done)


def _of(backends: Iterable[Backend], pids: Iterable[int]) -> tuple[Backend, ...]:
    chosen = set(pids)
    return tuple(backend for backend in backends if backend.pid in chosen)


def _writes(count: int) -> str:
    return "1 queued write" if count == 1 else f"{count} queued writes"


def _all(count: int, seconds: float) -> str:
    if count == 0:
        return "No write was waiting any more when the blocker's session ended."
    took = f"{max(seconds, 0.1):.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    if count == 1:
        return f"The queued write got its lock and committed within {took}."
    return f"All {count} queued writes got their lock and committed within {took}."


def _lost(lost: int, count: int) -> str:
    if count == 1:
        return "The queued write was lost: its session was ended too."
    if lost == count:
        return f"All {count} queued writes were lost: their sessions were ended too."
    verb, whose = ("was", "its session was") if lost == 1 else ("were", "their sessions were")
    return f"{lost} of {_writes(count)} {verb} lost: {whose} ended too."


def _late(late: int, count: int, within: timedelta) -> str:
    seconds = f"{within.total_seconds():g} s"
    return f"{late} of {_writes(count)} had not committed {seconds} after the blocker's session ended."
