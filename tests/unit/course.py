"""Samples for the rides of ride_journal: full speed, a standstill from the page to the fix, full speed."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from scenarios.journal.events import Event, IncidentLive, RidePaused, RideResumed, SessionEnded, StatusUpdated
from scenarios.judging.scorecard import Scorecard
from scenarios.judging.scoring import score
from scenarios.loading.catalogue import Catalogue
from scenarios.model.scenario import Scenario
from storage.samples import SampleRecord
from tests.unit.ride_journal import KILL, LOOK, MIGRATION, TIE, WRITERS, RideJournal

SECOND = timedelta(seconds=1)


def scenario() -> Scenario:
    return Catalogue().load("alter-table-locks")


def card_of(journal: RideJournal) -> Scorecard:
    return score(scenario(), journal.events)


def samples_of(events: Sequence[Event], *, lead: int = 5, tail: int = 3) -> list[SampleRecord]:
    """A sample a second."""
    live = next(event.at for event in events if isinstance(event, IncidentLive))
    fixes = [e.at for e in events if isinstance(e, SessionEnded) and e.backend.pid == MIGRATION.pid]
    fix = fixes[0] if fixes else None
    return [
        _sample(at, live, flows=at < live - SECOND or (fix is not None and at > fix))
        for at in _seconds(live - lead * SECOND, events[-1].at + tail * SECOND)
    ]


def _seconds(begin: datetime, end: datetime) -> Iterator[datetime]:
    for number in range(int((end - begin) / SECOND) + 1):
        yield begin + number * SECOND


def _sample(at: datetime, live: datetime, *, flows: bool) -> SampleRecord:
    waited = max((at - live).total_seconds(), 0) + 2
    return SampleRecord(
        at=at,
        writes_per_second=80.0 if flows else 0.0,
        waiting=0 if flows else 4,
        oldest_wait=0.0 if flows else waited,
    )


def crowded() -> RideJournal:
    """A long ride of two, with everything in it that a picture marks, and a pause."""
    journal = RideJournal().wait(70).acknowledged()
    journal.wait(10).ran(LOOK).wait(20).hint(1).wait(10).ran("CREATE INDEX ON orders (total) -- $1 🎉 日本")
    for step in ("queue_grows", "support", "pool", "wrong_fix", "manager", "sla"):
        journal.wait(25).symptom(
            step, "*The pool's* oldest write has now waited for long, and nobody sleeps."
        )
    for writer in WRITERS:
        journal.wait(9).kills(writer, person="U2")
    journal.wait(30).add(RidePaused(at=journal.now, by="U2"))
    journal.wait(90).add(RideResumed(at=journal.now, by="U2"))
    journal.add(
        StatusUpdated(at=journal.now, person="U2", text="We know the cause. $5 & more", eta_minutes=9)
    )
    journal.wait(20).hint(2).wait(20).hint(3).ran(TIE)
    for writer in WRITERS:
        journal.wait(3).signal(writer, op="cancel")
    journal.wait(60).ran(KILL).signal(MIGRATION).ended(MIGRATION).drains()
    return journal.wait(1).resolved()
