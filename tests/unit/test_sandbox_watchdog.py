from datetime import UTC, datetime

from sandbox.server.observer import Session, Sizes
from sandbox.server.watchdog import Limits, Watchdog

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
SMALL = Sizes(data=0, log=0)
PEOPLE = {"ada": "U1"}


def session(
    pid: int = 1,
    *,
    role: str = "ada",
    state: str = "active",
    waits: bool = False,
    event: str | None = None,
    writes: bool = False,
) -> Session:
    return Session(
        pid=pid,
        backend_start=BEGAN,
        role=role,
        application="psql",
        database="app_db",
        state=state,
        wait_event_type="Lock" if waits else event,
        wait_event=None,
        query_start=BEGAN,
        writes=writes,
        waited=None,
        waits=waits,
        blockers=[],
    )


def ended(watchdog: Watchdog, sessions: list[Session], now: float, sizes: Sizes = SMALL) -> list[int]:
    return [verdict.session.pid for verdict in watchdog.judge(sessions, sizes, PEOPLE, now)]


def test_a_statement_that_burns_too_long_is_ended() -> None:
    watchdog = Watchdog(limits=Limits(burn_seconds=60))
    assert ended(watchdog, [session()], 0) == []
    assert ended(watchdog, [session()], 60) == []
    assert ended(watchdog, [session()], 61) == [1]


def test_time_spent_waiting_for_a_lock_does_not_count() -> None:
    watchdog = Watchdog(limits=Limits(burn_seconds=60))
    assert ended(watchdog, [session()], 0) == []
    assert ended(watchdog, [session(waits=True)], 100) == []
    assert ended(watchdog, [session()], 101) == []  # it has its lock: from now on it burns
    assert ended(watchdog, [session()], 162) == [1]


def test_actors_sleepers_and_the_idle_are_left_alone() -> None:
    watchdog = Watchdog(limits=Limits(burn_seconds=60))
    harmless = [
        session(1, role="app_writer"),
        session(2, event="Timeout"),
        session(3, event="Client"),
        session(4, state="idle in transaction"),
    ]
    assert ended(watchdog, harmless, 0) == []
    assert ended(watchdog, harmless, 1000) == []


def test_growth_ends_who_writes_once_a_step() -> None:
    watchdog = Watchdog(limits=Limits(data=100, log=100))
    there = [
        session(1, state="idle in transaction", writes=True),
        session(2, state="idle"),
        session(3, waits=True, writes=True),
        session(4, role="app_writer", writes=True),
        session(5),
    ]
    assert ended(watchdog, there, 0, Sizes(data=1000, log=0)) == []
    assert ended(watchdog, there, 1, Sizes(data=1100, log=0)) == []
    assert ended(watchdog, there, 2, Sizes(data=1101, log=0)) == [1, 5]
    assert ended(watchdog, there, 3, Sizes(data=1150, log=0)) == []
    assert ended(watchdog, there, 4, Sizes(data=1201, log=0)) == [1, 5]
    assert ended(watchdog, there, 5, Sizes(data=1201, log=101)) == [1, 5]
