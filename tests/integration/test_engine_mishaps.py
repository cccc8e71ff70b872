"""Crashes, cancelled commands, stores that fail: the engine on fakes, with the real store."""

import asyncio
import contextlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from bot.rides.announcements import HintGiven, Page, PostmortemPosted, RideOver, Symptom
from bot.rides.errors import NotALearnerError, RideOverError
from bot.rides.ports import Channel
from bot.rides.rides import Rides
from bot.rides.waker import Waker
from scenarios.journal.events import (
    Event,
    IncidentLive,
    Outcome,
    Paged,
    RideEnded,
    RideStarted,
    SessionEnded,
    SymptomShown,
)
from scenarios.model.scenario import Scenario
from storage.errors import DatabaseBusyError
from storage.records import RideRecord
from tests.integration.engine_fakes import (
    MEASURED,
    MIGRATION,
    STARTED,
    WRITER,
    FakeChat,
    FakeProvider,
    FakeSandbox,
)
from tests.integration.test_engine import DANA, ORIGIN, TEAM, Engine, ended, engine, fix, signal, statement

__all__ = ["engine"]  # the fixture


async def stored(engine: Engine, ride: str) -> RideRecord:
    record = await engine.store.get(ride)
    assert record is not None
    return record


async def left_behind(engine: Engine, *events: Event, **fields: object) -> RideRecord:
    """A ride as an earlier life of the program left it in the store."""
    scenario = engine.parts.scenarios.load("alter-table-locks")
    record = RideRecord(
        id="left1",
        workspace=TEAM,
        scenario=scenario.slug,
        version=scenario.version,
        document=scenario.model_dump_json(),
        state="preparing",
        started_by=DANA,
        learners=(DANA,),
        origin_channel=None,
        response_url=ORIGIN.response_url,
        speed=1.0,
        created_at=STARTED,
        channel="C1",
        sandbox="sandbox-1",
    )
    record = replace(record, **fields)  # type: ignore[arg-type]
    await engine.store.add(record)
    started = RideStarted(
        at=STARTED, ride=record.id, scenario=record.scenario, version=record.version, started_by=DANA
    )
    await engine.store.append(record.id, [started, *events])
    return record


LIVE = IncidentLive(at=STARTED, measured=MEASURED, blocker=MIGRATION, waiting=(WRITER,))


async def test_a_crash_after_the_incident_was_live_loses_neither_page_nor_deadline(engine: Engine) -> None:
    record = await left_behind(engine, LIVE)
    again = engine.restarted()
    await again.begin()
    await engine.chat.until(lambda: "Page" in engine.chat.kinds(DANA))
    assert (await stored(engine, record.id)).state == "live"
    engine.clock.move(timedelta(minutes=15))
    await again.sweep()
    await engine.chat.until(lambda: bool(engine.chat.replies))
    await again.wait_idle()
    assert (await stored(engine, record.id)).state == "expired"
    await again.close()


async def test_nobody_is_paged_twice_after_a_crash(engine: Engine) -> None:
    await left_behind(engine, LIVE, Paged(at=STARTED, person=DANA, number=1), learners=(DANA, "SAM"))
    again = engine.restarted()
    await again.begin()
    await engine.chat.until(lambda: "Page" in engine.chat.kinds("SAM"))
    assert engine.chat.kinds(DANA) == []
    await again.close(stop_rides=True)


async def test_a_crash_after_the_end_was_written_frees_the_learner(engine: Engine) -> None:
    over = RideEnded(at=STARTED, outcome=Outcome.STOPPED, reason="Stopped by a person.", by=DANA)
    record = await left_behind(engine, LIVE, over, state="live")
    again = engine.restarted()
    await again.begin()
    await again.wait_idle()
    assert (await stored(engine, record.id)).state == "stopped"
    assert await engine.store.live_for_person(TEAM, DANA) is None
    # The sandbox is kept by nobody, and so cleared.
    assert engine.provider.kept == set()
    await again.close()


async def test_what_was_told_is_not_told_again_while_the_channel_waits_to_be_archived(engine: Engine) -> None:
    await engine.start_live()
    await engine.rides.stop(TEAM, DANA, "C1")
    await engine.rides.wait_idle()
    said, updates = list(engine.chat.said), list(engine.chat.updates)
    engine.chat.posted = refused  # type: ignore[method-assign]
    again = engine.restarted()
    await again.begin()
    await again.wait_idle()
    assert (engine.chat.said, engine.chat.updates) == (said, updates)
    await engine.sweep(timedelta(hours=24))
    assert engine.chat.archived == ["C1"]
    await again.close()


async def refused(workspace: str, channel: str, since: datetime) -> dict[str, str]:
    return {}


async def test_a_ride_that_cannot_be_read_does_not_keep_the_others_from_going_on(engine: Engine) -> None:
    started = await engine.start_live()
    await engine.rides.close()
    record = await left_behind(engine, state="live", learners=("SAM",), document="{}", channel="C2")
    again = engine.restarted()
    await again.begin()
    assert (await stored(engine, record.id)).state == "void"
    assert [what.outcome for where, _, what in engine.chat.said if isinstance(what, RideOver)] == [
        Outcome.VOID
    ]
    status = await again.status(TEAM, DANA, "C1")
    assert (status.ride, status.state) == (started.ride, "live")
    await again.close(stop_rides=True)


# --- stopping while the ride opens


@dataclass
class SlowChat(FakeChat):
    """Takes its time to open a channel, and says when it is at it."""

    opening: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def open_channel(self, workspace: str, name: str) -> Channel:
        self.opening.set()
        await self.go_on.wait()
        return await FakeChat.open_channel(self, workspace, name)


async def test_a_channel_that_opens_while_the_ride_is_stopped_is_not_forgotten(engine: Engine) -> None:
    chat = SlowChat()
    rides = Rides(replace(engine.parts, chat=chat))
    started = await rides.start(TEAM, DANA, "alter-table-locks", (), ORIGIN)
    await chat.opening.wait()
    await rides.stop(TEAM, DANA, None)
    chat.go_on.set()
    await rides.wait_idle()
    record = await stored(engine, started.ride)
    assert (record.state, record.channel) == ("stopped", "C1")
    assert record.archive_at is not None
    assert engine.sandbox.destroyed
    await rides.close()


@pytest.mark.parametrize("turns", [*range(0, 60, 3), 80, 100, 150, 200])
async def test_stop_at_any_moment_of_opening(engine: Engine, turns: int) -> None:
    started = await engine.start()
    for _ in range(turns):
        await asyncio.sleep(0)
    await engine.rides.stop(TEAM, DANA, None)
    async with asyncio.timeout(10):
        await engine.rides.wait_idle()
    record = await stored(engine, started.ride)
    assert record.state == "stopped"
    assert record.postmortem_sent
    assert len(engine.chat.replies) == 1
    assert await engine.store.live_for_person(TEAM, DANA) is None
    journal = [event for _, event in await engine.store.journal(started.ride)]
    assert sum(isinstance(event, RideEnded) for event in journal) == 1
    assert isinstance(journal[0], RideStarted)


@dataclass
class SlowProvider(FakeProvider):
    """Starts for ever, and tells when that was cancelled and cleaned up."""

    starting: asyncio.Event = field(default_factory=asyncio.Event)
    cleaned_up: bool = False

    async def start(self, scenario: Scenario, ride: str, lease: timedelta) -> FakeSandbox:
        self.starting.set()
        try:
            await asyncio.Event().wait()
        finally:
            for _ in range(5):
                await asyncio.sleep(0)
            self.cleaned_up = True
        raise AssertionError("unreachable")


@pytest.mark.parametrize("stop_rides", [False, True])
async def test_closing_waits_until_a_start_is_undone(engine: Engine, stop_rides: bool) -> None:
    provider = SlowProvider()
    rides = Rides(replace(engine.parts, provider=provider))
    await rides.start(TEAM, DANA, "alter-table-locks", (), ORIGIN)
    await provider.starting.wait()
    await rides.close(stop_rides=stop_rides)
    assert provider.cleaned_up


@pytest.mark.parametrize("turns", range(1, 12))
async def test_a_stop_whose_command_was_cancelled_is_no_half_stop(engine: Engine, turns: int) -> None:
    started = await engine.start_live()
    stop = asyncio.create_task(engine.rides.stop(TEAM, DANA, "C1"))
    for _ in range(turns):
        await asyncio.sleep(0)
    stop.cancel()
    await asyncio.wait((stop,))
    with contextlib.suppress(RideOverError):  # unless it was cancelled before it began
        await engine.rides.stop(TEAM, DANA, "C1")
    async with asyncio.timeout(10):
        await engine.rides.wait_idle()
    assert (await stored(engine, started.ride)).state == "stopped"


# --- the timeline


async def test_the_waker_goes_on_after_a_failure() -> None:
    swept = asyncio.Event()
    tries = 0

    async def sweep() -> bool:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise DatabaseBusyError("locked")
        swept.set()
        return True

    class Now:
        def now(self) -> datetime:
            return datetime.now(STARTED.tzinfo)

    async def next_due() -> datetime | None:
        return None if swept.is_set() else Now().now()

    waker = Waker("timeline", next_due, sweep, Now())
    waker.start()
    await waker.set()
    async with asyncio.timeout(10):
        await swept.wait()
    waker.close()


async def test_a_deadline_that_fails_is_tried_again(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    started = await engine.start_live()
    read = engine.sandbox.read_evidence
    fails = [True]

    async def broken(offset: int, people: dict[str, str]) -> object:
        if fails:
            fails.clear()
            raise DatabaseBusyError("locked")
        return await read(offset, people)

    engine.clock.move(timedelta(minutes=15))
    monkeypatch.setattr(engine.sandbox, "read_evidence", broken)
    await engine.rides.sweep()
    assert not fails
    await engine.rides.wait_idle()
    assert (await stored(engine, started.ride)).state == "expired"


async def test_no_symptom_after_a_fix_that_nobody_has_read_yet(engine: Engine) -> None:
    await engine.start_live()
    engine.sandbox.log.extend(fix())  # the reader is not woken
    await engine.sweep(timedelta(minutes=1))
    assert not any(isinstance(what, Symptom) for _, _, what in engine.chat.said)


async def test_two_hints_at_once_are_two_hints(engine: Engine) -> None:
    await engine.start_live()
    await asyncio.gather(*(engine.rides.hint(TEAM, DANA, "C1") for _ in range(2)))
    hints = [what for _, _, what in engine.chat.said if isinstance(what, HintGiven)]
    assert sorted(hint.number for hint in hints) == [1, 2]


async def test_only_a_learner_cancels_a_statement(engine: Engine) -> None:
    started = await engine.start_live()
    with pytest.raises(NotALearnerError):
        await engine.rides.cancel_sql(TEAM, "SAM", started.ride)


async def test_a_session_that_just_left_can_be_read_again(engine: Engine) -> None:
    await engine.start_live()
    engine.sandbox.feed(SessionEnded(at=STARTED, backend=WRITER, sqlstate=None), statement())
    await engine.chat.until(lambda: any(isinstance(what, Page) for _, _, what in engine.chat.updates))
    await engine.rides.close()
    again = engine.restarted()
    await again.begin()
    assert (await again.status(TEAM, DANA, "C1")).state == "live"
    await again.close(stop_rides=True)
    assert not any(isinstance(what, PostmortemPosted) for _, _, what in engine.chat.said)


async def test_no_reaction_says_still_stuck_once_the_blocker_is_gone(engine: Engine) -> None:
    started = await engine.start_live()
    engine.sandbox.waiting = engine.sandbox.blockers = ()
    events = fix()
    events[2:2] = [signal(WRITER), ended(WRITER)]  # a blanket kill
    engine.sandbox.feed(*events)
    await engine.chat.until(lambda: bool(engine.chat.replies))
    await engine.rides.wait_idle()
    journal = [event for _, event in await engine.store.journal(started.ride)]
    assert not any(isinstance(event, SymptomShown) for event in journal)
