from datetime import UTC, datetime

import pytest

from sandbox.server.measure import WriteRate, queue_of
from sandbox.server.observer import Session
from scenarios.loading.catalogue import Catalogue

BEGAN = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)


class Clock:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        monkeypatch.setattr("time.monotonic", lambda: self.now)


def test_a_rate_is_over_the_last_few_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, rate = Clock(monkeypatch), WriteRate()
    assert rate.per_second == 0
    for second, count in enumerate([0, 100, 200, 300, 400, 400, 400, 400]):
        clock.now = float(second)
        rate.add(count)
        if second == 4:
            assert rate.per_second == 100
            assert rate.still_for() == 0
    assert rate.per_second == 0
    assert rate.still_for() == 3


def test_a_counter_that_was_reset_does_not_run_backwards(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, rate = Clock(monkeypatch), WriteRate()
    rate.add(1000)
    clock.now = 1.0
    rate.add(3)
    assert rate.per_second == 0


def session(pid: int, role: str, blockers: tuple[int, ...] = (), application: str = "") -> Session:
    return Session(
        pid=pid,
        backend_start=BEGAN,
        role=role,
        application=application,
        database="app_db",
        state="active",
        wait_event_type="Lock" if blockers else None,
        wait_event=None,
        query_start=BEGAN,
        writes=False,
        waited=2.0 if blockers else None,
        waits=bool(blockers),
        blockers=list(blockers),
    )


def test_blockers_that_wait_themselves_stand_for_theirs() -> None:
    scenario = Catalogue().load("alter-table-locks")
    sessions = [
        session(1, "migration_runner", application="migration_runner_1"),
        session(2, "ada", (1,)),  # CREATE INDEX, in the queue
        session(3, "app_writer", (1, 2)),
        session(4, "app_writer", (2,)),
        session(5, "bo"),
    ]
    queue = queue_of(scenario, sessions, "writers", {"ada": "U1", "bo": "U2"})
    assert [backend.pid for backend in queue.waiting] == [3, 4]
    assert [(backend.pid, backend.group) for backend in queue.blockers] == [(1, "migration")]
    assert queue.blockers[0].started == BEGAN.replace(microsecond=0)
    assert queue_of(scenario, sessions, "analytics", {}).waiting == ()
