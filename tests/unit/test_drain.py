"""Whether the queue drained, judged on journals built by hand."""

from datetime import timedelta

import pytest

from scenarios.journal.events import LockWaited, WriteCommitted
from scenarios.judging.drain import drained
from scenarios.loading.catalogue import Catalogue
from scenarios.model.scenario import Scenario
from tests.unit.ride_journal import KILL, MIGRATION, WRITERS, RideJournal, backend


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return Catalogue().load("alter-table-locks")


def test_nothing_is_decided_while_the_blocker_lives(scenario: Scenario) -> None:
    assert drained(scenario, RideJournal().ran(KILL).signal(MIGRATION).events).state == "waiting"


def test_all_waiters_commit(scenario: Scenario) -> None:
    drain = drained(scenario, RideJournal().kills().drains().events)
    assert drain.state == "drained"
    assert drain.committed == WRITERS
    assert "4 queued writes" in drain.detail


def test_one_still_on_the_way(scenario: Scenario) -> None:
    ride = RideJournal().kills().drains(WRITERS[:3])
    drain = drained(scenario, ride.events, ride.now)
    assert (drain.state, drain.committed) == ("waiting", WRITERS[:3])


@pytest.mark.parametrize(("seconds", "state"), [(29, "waiting"), (31, "failed")])
def test_the_time_is_over_by_the_clock(scenario: Scenario, seconds: int, state: str) -> None:
    ride = RideJournal().kills().drains(WRITERS[:3])
    assert drained(scenario, ride.events, ride.now + timedelta(seconds=seconds)).state == state


def test_a_commit_that_comes_too_late_does_not_count(scenario: Scenario) -> None:
    drain = drained(scenario, RideJournal().kills().wait(31).drains().events)
    assert drain.state == "failed"
    assert "30 s" in drain.detail


def test_a_commit_without_its_lock_is_not_the_queued_write(scenario: Scenario) -> None:
    ride = RideJournal().kills().drains(WRITERS[:3])
    ride.add(WriteCommitted(at=ride.now, backend=WRITERS[3], took_ms=600))
    assert drained(scenario, ride.events).state == "waiting"


def test_a_waiter_ended_by_the_same_statement_lost_its_write(scenario: Scenario) -> None:
    ride = RideJournal().ran(KILL).signal(*WRITERS, MIGRATION).ended(*WRITERS, MIGRATION)
    drain = drained(scenario, ride.events)
    assert (drain.state, drain.lost) == ("failed", WRITERS)


def test_a_waiter_ended_by_the_same_statement_after_the_blocker_lost_its_write(scenario: Scenario) -> None:
    ride = RideJournal().ran(KILL).signal(MIGRATION).ended(MIGRATION).signal(WRITERS[0]).ended(WRITERS[0])
    drain = drained(scenario, ride.drains(WRITERS[1:]).events)
    assert (drain.state, drain.lost) == ("failed", WRITERS[:1])
    assert drain.detail.startswith("1 of 4 queued writes was lost")


def test_a_waiter_ended_earlier_was_not_waiting_any_more(scenario: Scenario) -> None:
    ride = RideJournal().kills(WRITERS[0]).kills().drains(WRITERS[1:])
    drain = drained(scenario, ride.events)
    assert (drain.state, drain.waited) == ("drained", WRITERS[1:])


def test_a_writer_that_came_back_and_waits_counts(scenario: Scenario) -> None:
    back = backend(205, "writers")
    ride = RideJournal().kills(WRITERS[0])
    ride.add(LockWaited(at=ride.now, backend=back, mode="RowExclusiveLock", waited_ms=1000))
    ride.kills().drains(WRITERS[1:])
    assert drained(scenario, ride.events).state == "waiting"
    assert drained(scenario, ride.drains([back]).events).state == "drained"


def test_a_waiter_that_ends_by_itself_after_the_blocker_lost_its_write(scenario: Scenario) -> None:
    ride = RideJournal().kills().ended(WRITERS[0], sqlstate=None).drains(WRITERS[1:])
    assert drained(scenario, ride.events).state == "failed"


def test_an_empty_queue_has_drained(scenario: Scenario) -> None:
    ride = RideJournal().ran("SELECT 1").signal(*WRITERS).ended(*WRITERS).kills()
    drain = drained(scenario, ride.events)
    assert (drain.state, drain.waited) == ("drained", ())


def test_the_end_of_another_session_with_the_same_pid_is_not_the_blockers(scenario: Scenario) -> None:
    assert MIGRATION.started is not None
    other = MIGRATION.model_copy(update={"started": MIGRATION.started + timedelta(minutes=9)})
    assert drained(scenario, RideJournal().ended(other).events).state == "waiting"
