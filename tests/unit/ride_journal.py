"""Builds journals of rides on alter-table-locks, event by event, for the tests of scoring and its kin."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from scenarios.journal.events import (
    Acknowledged,
    Backend,
    BlockersSeen,
    Event,
    HintTaken,
    IncidentLive,
    LockAcquired,
    LockWaited,
    Measurement,
    MetaCommandTried,
    Outcome,
    OutcomeChecked,
    Paged,
    PersonJoined,
    RideEnded,
    RideStarted,
    SessionEnded,
    SignalSent,
    StatementFailed,
    StatementLogged,
    SymptomShown,
    WriteCommitted,
)

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MEASURED = Measurement(
    writers_waiting=4, oldest_wait_seconds=3.2, writes_per_second=0, writes_per_second_before=78.4
)


def backend(pid: int, group: str | None) -> Backend:
    databases = {"analytics": "analytics_db", None: "app_db"}
    return Backend(
        pid=pid,
        started=START - timedelta(minutes=1),
        group=group,
        database=databases.get(group, "app_db"),
    )


MIGRATION = backend(100, "migration")
WRITERS = tuple(backend(pid, "writers") for pid in (201, 202, 203, 204))
EXPORT = backend(300, "analytics")
OWN = backend(900, None)

LOOK = "SELECT pid, state, query FROM pg_stat_activity"
TIE = "SELECT pid, pg_blocking_pids(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
KILL = "SELECT pg_terminate_backend(100)"


class RideJournal:
    """A journal that grows; time goes on by a second with each event, unless `wait` says more."""

    def __init__(self, *, speed: float = 1.0, live: bool = True) -> None:
        self.now = START
        self.events: list[Event] = []
        self.add(
            RideStarted(
                at=self.now,
                ride="r1",
                scenario="alter-table-locks",
                version="v1",
                started_by="U1",
                speed=speed,
            )
        )
        self.add(PersonJoined(at=self.now, person="U1", name="Dana", role="dana"))
        self.add(PersonJoined(at=self.now, person="U2", name="Sam", role="sam"))
        self.wait(2)
        if live:
            for writer in WRITERS:
                self.add(LockWaited(at=self.now, backend=writer, mode="RowExclusiveLock", waited_ms=1000.2))
            self.wait(1)
            self.add(IncidentLive(at=self.now, measured=MEASURED, blocker=MIGRATION, waiting=WRITERS))
            self.add(Paged(at=self.now, person="U1", number=1))

    def add(self, event: Event) -> "RideJournal":
        self.events.append(event)
        return self

    def wait(self, seconds: float) -> "RideJournal":
        self.now += timedelta(seconds=seconds)
        return self

    def ran(
        self,
        text: str,
        *,
        person: str = "U1",
        session: str | None = None,
        database: str = "app_db",
        prepared: str | None = None,
    ) -> "RideJournal":
        self.wait(1)
        return self.add(
            StatementLogged(
                at=self.now,
                person=person,
                session=session or f"s.{person}",
                pid=900,
                database=database,
                application="ride",
                text=text,
                prepared=prepared,
            )
        )

    def failed(
        self, sqlstate: str, *, person: str = "U1", session: str | None = None, text: str | None = None
    ) -> "RideJournal":
        return self.add(
            StatementFailed(
                at=self.now,
                person=person,
                session=session or f"s.{person}",
                pid=900,
                database="app_db",
                sqlstate=sqlstate,
                message="refused",
                text=text,
            )
        )

    def signal(
        self,
        *targets: Backend,
        op: Literal["terminate", "cancel"] = "terminate",
        person: str = "U1",
        session: str | None = None,
    ) -> "RideJournal":
        for target in targets:
            self.add(
                SignalSent(
                    at=self.now,
                    op=op,
                    person=person,
                    session=session or f"s.{person}",
                    pid=900,
                    target=target,
                )
            )
        return self

    def ended(self, *backends: Backend, sqlstate: str | None = "57P01") -> "RideJournal":
        for one in backends:
            self.add(SessionEnded(at=self.now, backend=one, sqlstate=sqlstate))
        return self

    def kills(self, target: Backend = MIGRATION, *, text: str = KILL, person: str = "U1") -> "RideJournal":
        return self.ran(text, person=person).signal(target, person=person).ended(target)

    def drains(self, writers: Sequence[Backend] = WRITERS) -> "RideJournal":
        self.wait(0.2)
        for writer in writers:
            self.add(LockAcquired(at=self.now, backend=writer, mode="RowExclusiveLock", waited_ms=5000))
            self.add(WriteCommitted(at=self.now, backend=writer, took_ms=5001))
        return self

    def checked(self, check: str, *, passed: bool = True, detail: str = "As it should be.") -> "RideJournal":
        return self.add(OutcomeChecked(at=self.now, check=check, passed=passed, detail=detail))

    def resolved(self, *, drained: bool = True) -> "RideJournal":
        self.wait(1).checked("drained", passed=drained).checked("workload")
        return self.over(Outcome.RESOLVED)

    def over(self, outcome: Outcome, *, by: str | None = None) -> "RideJournal":
        return self.add(RideEnded(at=self.now, outcome=outcome, reason="So it is.", by=by))

    def meta(self, command: str) -> "RideJournal":
        return self.add(MetaCommandTried(at=self.now, person="U1", command=command))

    def acknowledged(self) -> "RideJournal":
        return self.wait(1).add(Acknowledged(at=self.now, person="U1", by="button"))

    def hint(self, number: int) -> "RideJournal":
        return self.add(HintTaken(at=self.now, person="U1", number=number))

    def symptom(self, step: str, text: str) -> "RideJournal":
        return self.add(SymptomShown(at=self.now, step=step, text=text))

    def blocked_by(self, *blockers: Backend) -> "RideJournal":
        return self.add(BlockersSeen(at=self.now, blockers=blockers, waiting=4))


def reference() -> RideJournal:
    """The reference solution's journal."""
    return RideJournal().acknowledged().ran(LOOK).ran(TIE).kills().drains().resolved()
