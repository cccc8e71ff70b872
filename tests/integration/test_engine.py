"""The engine's own promises, with a chat and a sandbox that the test steers and the real store."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.rides.announcements import (
    HintGiven,
    IncidentCard,
    Page,
    PostmortemPosted,
    ResultLine,
    RideOver,
    StartFailed,
    StepsSkipped,
    StillBlocked,
)
from bot.rides.dependencies import Pace, Parts
from bot.rides.errors import (
    CannotRideError,
    LearnerBusyError,
    NoMoreHintsError,
    NoRideError,
    NotALearnerError,
    NotAllowedError,
    RideOverError,
    UnknownScenarioError,
)
from bot.rides.readers import FRESH
from bot.rides.rides import Rides
from bot.rides.views import Origin, Started
from sandbox.answer import Refused
from sandbox.errors import InstallationError
from sandbox.provider import CheckResult
from scenarios.journal.events import (
    Backend,
    ChatRefused,
    ChatStepSkipped,
    LockAcquired,
    LockWaited,
    MetaCommandTried,
    Outcome,
    SessionEnded,
    SignalSent,
    StatementLogged,
    WriteCommitted,
)
from scenarios.loading.catalogue import Catalogue
from storage.database import Database
from storage.rides import RideStore
from tests.integration.engine_fakes import (
    MIGRATION,
    STARTED,
    WRITER,
    FakeChat,
    FakeClock,
    FakeFacilitating,
    FakeProvider,
    FakeRights,
    FakeRosters,
    FakeSandbox,
    FakeSeen,
)

TEAM = "T1"
DANA = "DANA"
ORIGIN = Origin(channel="CGENERAL", response_url="http://example.invalid/respond")


@dataclass
class Engine:
    """An engine on fakes, with the real store."""

    rides: Rides
    store: RideStore
    chat: FakeChat
    clock: FakeClock
    provider: FakeProvider
    parts: Parts
    seen: FakeSeen
    rights: FakeRights
    rosters: FakeRosters
    facilitating: FakeFacilitating

    @property
    def sandbox(self) -> FakeSandbox:
        return self.provider.sandbox

    async def start(self, person: str = DANA, *learners: str) -> Started:
        return await self.rides.start(TEAM, person, "alter-table-locks", learners, ORIGIN)

    async def start_live(self) -> Started:
        started = await self.start()
        await self.chat.until(lambda: "Page" in self.chat.kinds(DANA))
        return started

    async def sweep(self, by: timedelta) -> None:
        """Let ride time pass and do what fell due."""
        self.clock.move(by)
        await self.rides.sweep()

    def restarted(self) -> Rides:
        """Another life of the program on the same store."""
        return Rides(self.parts)


@asynccontextmanager
async def engine_on(database: Database) -> AsyncIterator[Engine]:
    """An engine that runs, on fakes, on this database."""
    await database.open()
    chat, clock, provider, seen = FakeChat(), FakeClock(), FakeProvider(), FakeSeen()

    rights, rosters, facilitating = FakeRights(), FakeRosters(), FakeFacilitating()
    parts = Parts(
        store=RideStore(database),
        chat=chat,
        provider=provider,
        scenarios=Catalogue(),
        clock=clock,
        seen=seen,
        rights=rights,
        rosters=rosters,
        facilitating=facilitating,
        pace=Pace(),
        connect_host="127.0.0.1",
    )
    store = RideStore(database)
    rides = Rides(parts)
    await rides.begin()
    yield Engine(
        rides=rides,
        store=store,
        chat=chat,
        clock=clock,
        provider=provider,
        parts=parts,
        seen=seen,
        rights=rights,
        rosters=rosters,
        facilitating=facilitating,
    )
    await rides.close()
    await database.close()


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    async with engine_on(Database(f"sqlite+aiosqlite:///{tmp_path / 'ride.sqlite3'}")) as running:
        yield running


def signal(target: Backend, person: str = DANA) -> SignalSent:
    return SignalSent(at=STARTED, op="terminate", person=person, session="s1", pid=900, target=target)


def ended(backend: Backend, sqlstate: str | None = "57P01") -> SessionEnded:
    return SessionEnded(at=STARTED, backend=backend, sqlstate=sqlstate)


def statement(text: str = "SELECT 1") -> StatementLogged:
    return StatementLogged(
        at=STARTED, person=DANA, session="s1", pid=900, database="app_db", application="psql", text=text
    )


def fix() -> list[LockWaited | StatementLogged | SignalSent | SessionEnded | LockAcquired | WriteCommitted]:
    """A learner ends the migration, and the writer that waited commits."""
    return [
        LockWaited(at=STARTED, backend=WRITER, mode="RowExclusiveLock", waited_ms=100),
        statement("SELECT pg_terminate_backend(101)"),
        signal(MIGRATION),
        ended(MIGRATION),
        LockAcquired(at=STARTED, backend=WRITER, mode="RowExclusiveLock", waited_ms=3000),
        WriteCommitted(at=STARTED, backend=WRITER, took_ms=3001),
    ]


async def test_start_opens_the_channel_and_pages(engine: Engine) -> None:
    await engine.start_live()
    assert engine.chat.kinds() == ["IncidentCard", "Page"]
    assert engine.chat.kinds(DANA) == ["Page"]
    cards = [what for _, _, what in engine.chat.updates if isinstance(what, IncidentCard)]
    assert [card.state for card in cards] == ["live"]


async def test_a_fix_resolves_and_is_scored(engine: Engine) -> None:
    started = await engine.start_live()
    engine.sandbox.waiting = engine.sandbox.blockers = ()
    engine.sandbox.feed(*fix())
    await engine.chat.until(lambda: bool(engine.chat.replies))
    await engine.rides.wait_idle()
    assert engine.chat.kinds()[-3:] == ["Recovering", "Recovered", "PostmortemPosted"]
    url, line = engine.chat.replies[0]
    assert url == ORIGIN.response_url
    assert isinstance(line, ResultLine)
    assert line.outcome is Outcome.RESOLVED
    stored = await engine.store.scorecard(started.ride)
    assert stored is not None
    assert line.total == stored.total == 75
    assert engine.sandbox.destroyed


async def test_pages_come_again_until_somebody_acknowledges(engine: Engine) -> None:
    started = await engine.start_live()
    await engine.sweep(timedelta(minutes=2))
    await engine.sweep(timedelta(minutes=2))
    assert [what.number for _, _, what in engine.chat.said if isinstance(what, Page)] == [1, 1, 2, 2, 3, 3]
    await engine.rides.acknowledge(TEAM, DANA, started.ride)
    await engine.sweep(timedelta(minutes=2))
    assert engine.chat.kinds(DANA) == ["Page"] * 3
    shown = [what for _, _, what in engine.chat.updates if isinstance(what, Page)]
    assert len(shown) == 6
    assert {page.acknowledged_by for page in shown} == {DANA}


async def test_doing_anything_acknowledges(engine: Engine) -> None:
    await engine.start_live()
    engine.sandbox.feed(statement())
    await engine.chat.until(lambda: any(isinstance(what, Page) for _, _, what in engine.chat.updates))
    await engine.sweep(timedelta(minutes=2))
    assert engine.chat.kinds(DANA) == ["Page"]


async def test_only_a_learner_acknowledges(engine: Engine) -> None:
    started = await engine.start_live()
    with pytest.raises(NotALearnerError):
        await engine.rides.acknowledge(TEAM, "SAM", started.ride)


async def test_symptoms_come_in_order_and_time_runs_out(engine: Engine) -> None:
    await engine.start_live()
    await engine.sweep(timedelta(minutes=14, seconds=59))
    assert engine.chat.kinds().count("Symptom") == 6
    await engine.sweep(timedelta(seconds=1))
    await engine.chat.until(lambda: bool(engine.chat.replies))
    assert engine.chat.kinds()[-2:] == ["RideOver", "PostmortemPosted"]
    line = engine.chat.replies[0][1]
    assert isinstance(line, ResultLine)
    assert (line.outcome, line.total) == (Outcome.EXPIRED, 0)


async def test_symptoms_stop_when_the_blocker_is_gone(engine: Engine) -> None:
    await engine.start_live()
    engine.sandbox.workload = CheckResult(passed=False, detail="lock timeout")
    engine.sandbox.feed(*fix())
    await engine.chat.until(lambda: "Recovering" in engine.chat.kinds())
    await engine.sweep(timedelta(minutes=5))
    assert "Symptom" not in engine.chat.kinds()


async def test_time_being_up_does_not_cut_off_the_checks(engine: Engine) -> None:
    await engine.start_live()
    events = fix()
    engine.sandbox.waiting = engine.sandbox.blockers = ()
    engine.sandbox.feed(*events[:4])
    await engine.chat.until(lambda: "Recovering" in engine.chat.kinds())
    await engine.rides.sweep()
    engine.clock.moment = STARTED + timedelta(minutes=15)
    # The store knows that the deadline is due; the drain is still open, within its 30 s of log time.
    engine.clock.moment = STARTED + timedelta(seconds=1)
    engine.sandbox.feed(*events[4:])
    await engine.chat.until(lambda: bool(engine.chat.replies))
    line = engine.chat.replies[0][1]
    assert isinstance(line, ResultLine)
    assert line.outcome is Outcome.RESOLVED


async def test_a_new_blocker_is_named(engine: Engine) -> None:
    await engine.start_live()
    own = Backend(pid=900, started=STARTED, role="dana", application="psql", database="app_db")
    engine.sandbox.blockers = (own,)
    engine.sandbox.feed(*fix())
    await engine.chat.until(lambda: "StillBlocked" in engine.chat.kinds())
    named = next(what for _, _, what in engine.chat.said if isinstance(what, StillBlocked))
    assert named.blockers == (own,)
    assert named.owners == (DANA,)
    engine.sandbox.blockers = engine.sandbox.waiting = ()
    await engine.chat.until(lambda: bool(engine.chat.replies))


async def test_a_blocker_that_nobody_ended_makes_the_ride_void(engine: Engine) -> None:
    await engine.start_live()
    engine.sandbox.feed(ended(MIGRATION, sqlstate=None))
    await engine.chat.until(lambda: bool(engine.chat.replies))
    over = next(what for _, _, what in engine.chat.said if isinstance(what, RideOver))
    assert over.outcome is Outcome.VOID
    assert not any(isinstance(what, PostmortemPosted) for _, _, what in engine.chat.said)
    assert not engine.seen.by_ride


@pytest.mark.parametrize("cause", ["the server restarted", "unreadable"])
async def test_an_outside_cause_makes_the_ride_void(engine: Engine, cause: str) -> None:
    await engine.start_live()
    engine.sandbox.dead = cause
    engine.sandbox.wake.set()
    await engine.chat.until(lambda: bool(engine.chat.replies))
    line = engine.chat.replies[0][1]
    assert isinstance(line, ResultLine)
    assert (line.outcome, line.total) == (Outcome.VOID, None)


async def test_hints_come_one_by_one(engine: Engine) -> None:
    await engine.start_live()
    for _ in range(3):
        await engine.rides.hint(TEAM, DANA, "C1")
    await engine.chat.until(lambda: engine.chat.kinds().count("HintGiven") == 3)
    hints = [what for _, _, what in engine.chat.said if isinstance(what, HintGiven)]
    assert [hint.number for hint in hints] == [1, 2, 3]
    with pytest.raises(NoMoreHintsError):
        await engine.rides.hint(TEAM, DANA, "C1")


async def test_an_unknown_scenario_names_the_nearest(engine: Engine) -> None:
    with pytest.raises(UnknownScenarioError) as caught:
        await engine.rides.start(TEAM, DANA, "alter-tables-lock", (), ORIGIN)
    assert caught.value.nearest[0] == "alter-table-locks"


async def test_one_live_ride_a_learner(engine: Engine) -> None:
    started = await engine.start_live()
    engine.rights.facilitators.add("SAM")
    with pytest.raises(LearnerBusyError) as caught:
        await engine.start("SAM", DANA)
    assert (caught.value.ride, caught.value.channel) == (started.ride, "C1")


async def test_bots_cannot_ride(engine: Engine) -> None:
    engine.rights.facilitators.add(DANA)
    with pytest.raises(CannotRideError):
        await engine.start(DANA, "BOT1")


async def test_others_are_refused(engine: Engine) -> None:
    await engine.start_live()
    with pytest.raises(NotALearnerError):
        await engine.rides.sql(TEAM, "SAM", "C1", "SELECT 1")
    with pytest.raises(NotAllowedError):
        await engine.rides.stop(TEAM, "SAM", "C1")
    with pytest.raises(NoRideError) as caught:
        await engine.rides.sql(TEAM, DANA, "CGENERAL", "SELECT 1")
    assert caught.value.channel == "C1"


async def test_a_refused_meta_command_is_written_down(engine: Engine) -> None:
    started = await engine.start_live()
    engine.sandbox.answer = Refused(text="no", meta_command=r"\!")
    await engine.rides.sql(TEAM, DANA, "C1", r"\! id")
    journal = [event for _, event in await engine.store.journal(started.ride)]
    assert any(isinstance(event, MetaCommandTried) and event.command == r"\!" for event in journal)


async def test_who_was_there_has_seen_the_postmortem(engine: Engine) -> None:
    engine.chat.channel_members = ("RIDE", DANA, "SAM")
    started = await engine.start_live()
    await engine.rides.stop(TEAM, DANA, "C1")
    await engine.rides.wait_idle()
    assert engine.seen.by_ride == {started.ride: (DANA, "RIDE", "SAM")}


async def test_who_came_to_the_channel_later_has_seen_the_postmortem_before_they_ride(engine: Engine) -> None:
    engine.chat.channel_members = (DANA,)
    told = await engine.start_live()
    await engine.rides.stop(TEAM, DANA, "C1")
    await engine.rides.wait_idle()
    void = await engine.start("INES")
    await engine.chat.until(lambda: "Page" in engine.chat.kinds("INES"))
    engine.sandbox.dead = "it was killed"
    engine.sandbox.feed()
    await engine.rides.wait_idle()
    engine.chat.channel_members = (DANA, "SAM")
    engine.clock.move(FRESH)
    await engine.start("SAM")
    assert engine.seen.by_ride == {told.ride: (DANA, "SAM")}, f"{void.ride} told nothing"
    engine.chat.channel_members = (DANA, "SAM", "LEE")
    await engine.start("LEE")
    assert engine.seen.by_ride == {told.ride: (DANA, "SAM")}, "it was looked just now"


async def test_where_the_chat_does_not_say_who_came_one_rides_all_the_same(engine: Engine) -> None:
    engine.chat.channel_members = (DANA,)
    told = await engine.start_live()
    await engine.rides.stop(TEAM, DANA, "C1")
    await engine.rides.wait_idle()
    engine.chat.refuses["members"] = "ratelimited"
    assert (await engine.start("SAM")).learners == ("SAM",)
    assert engine.seen.by_ride == {told.ride: (DANA,)}


async def test_where_the_chat_does_not_say_who_was_there_the_learners_have_seen_it(engine: Engine) -> None:
    engine.chat.channel_members = (DANA, "SAM")
    started = await engine.start_live()
    engine.chat.refuses["members"] = "ratelimited"
    await engine.rides.stop(TEAM, DANA, "C1")
    await engine.rides.wait_idle()
    assert engine.seen.by_ride == {started.ride: (DANA,)}


async def test_stop_ends_without_a_score_that_counts(engine: Engine) -> None:
    await engine.start_live()
    await engine.rides.stop(TEAM, DANA, "C1")
    await engine.chat.until(lambda: bool(engine.chat.replies))
    line = engine.chat.replies[0][1]
    assert isinstance(line, ResultLine)
    assert (line.outcome, line.total) == (Outcome.STOPPED, None)
    await engine.rides.wait_idle()
    with pytest.raises(RideOverError):
        await engine.rides.sql(TEAM, DANA, "C1", "SELECT 1")


async def test_a_sandbox_that_does_not_start_pages_nobody(engine: Engine) -> None:
    engine.provider.fails = "no free port on 127.0.0.1"
    await engine.start()
    await engine.chat.until(lambda: bool(engine.chat.replies))
    failed = [what for _, _, what in engine.chat.said if isinstance(what, StartFailed)]
    assert [what.reason for what in failed] == ["no free port on 127.0.0.1"]
    assert engine.chat.replies == [(ORIGIN.response_url, failed[0])]
    assert engine.chat.kinds(DANA) == []


async def test_learners_are_not_told_how_to_install_ride(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def start(*_: object) -> FakeSandbox:
        raise InstallationError("The engine does not answer. Three ways out: (1) install one.")

    monkeypatch.setattr(engine.provider, "start", start)
    await engine.start()
    await engine.chat.until(lambda: bool(engine.chat.replies))
    (failed,) = [what for _, _, what in engine.chat.said if isinstance(what, StartFailed)]
    assert failed.reason == (
        "The engine does not answer. Please tell whoever runs Ride: 'ride doctor' says what to do."
    )


async def test_the_ride_goes_on_without_what_the_chat_refuses(engine: Engine) -> None:
    engine.chat.refuses = {"pin": "not_pinnable", "set_topic": "too_long", "invite": "user_is_restricted"}
    started = await engine.start_live()
    await engine.chat.until(lambda: "StepsSkipped" in engine.chat.kinds())
    skipped = next(what for _, _, what in engine.chat.said if isinstance(what, StepsSkipped))
    assert {step for step, _ in skipped.steps} == {"pin", "topic", f"invite <@{DANA}>"}
    journal = [event for _, event in await engine.store.journal(started.ride)]
    assert sum(isinstance(event, ChatStepSkipped) for event in journal) == 3


async def test_without_a_channel_there_is_no_ride(engine: Engine) -> None:
    engine.chat.refuses = {"open_channel": "restricted_action"}
    await engine.start()
    await engine.chat.until(lambda: bool(engine.chat.replies))
    told = engine.chat.replies[0][1]
    assert isinstance(told, StartFailed)
    assert told.refused == ("open_channel", "restricted_action")
    journal = [event for _, event in await engine.store.journal(told.ride)]
    refused = [(event.step, event.error) for event in journal if isinstance(event, ChatRefused)]
    assert refused == [told.refused], "another life of the program knows it too"


async def test_the_result_is_posted_where_it_was_started_when_the_address_no_longer_works(
    engine: Engine,
) -> None:
    engine.chat.replies_work = False
    await engine.start_live()
    await engine.rides.stop(TEAM, DANA, "C1")
    await engine.chat.until(lambda: "ResultLine" in engine.chat.kinds("CGENERAL"))
    assert "ResultLine" not in engine.chat.kinds(DANA)


async def test_the_result_goes_to_the_starter_where_we_may_not_post(engine: Engine) -> None:
    engine.chat.replies_work = False
    engine.chat.refuses = {"post in CGENERAL": "not_in_channel"}
    await engine.start_live()
    await engine.rides.stop(TEAM, DANA, "C1")
    await engine.chat.until(lambda: "ResultLine" in engine.chat.kinds(DANA))


async def test_what_the_channel_no_longer_takes_goes_to_the_people(engine: Engine) -> None:
    await engine.start_live()
    engine.chat.refuses = {"post in C1": "is_archived"}
    await engine.rides.hint(TEAM, DANA, "C1")
    await engine.chat.until(lambda: "HintGiven" in engine.chat.kinds(DANA))
    await engine.rides.stop(TEAM, DANA, "C1")
    await engine.chat.until(lambda: bool(engine.chat.replies))
    assert "PostmortemPosted" in engine.chat.kinds(DANA)
    assert list(engine.seen.by_ride.values()) == [(DANA,)]
    line = engine.chat.replies[0][1]
    assert isinstance(line, ResultLine)
    assert line.channel is None, "there is no postmortem in the channel"


async def test_the_channel_is_archived_after_the_grace_time(engine: Engine) -> None:
    await engine.start_live()
    await engine.rides.stop(TEAM, DANA, "C1")
    await engine.rides.wait_idle()
    await engine.sweep(timedelta(hours=23))
    assert engine.chat.archived == []
    await engine.sweep(timedelta(hours=1))
    assert engine.chat.archived == ["C1"]


async def test_a_restart_goes_on_and_says_nothing_twice(engine: Engine) -> None:
    await engine.start_live()
    engine.sandbox.feed(statement())
    await engine.chat.until(lambda: any(isinstance(what, Page) for _, _, what in engine.chat.updates))
    await engine.rides.close()
    before = list(engine.chat.kinds())
    again = engine.restarted()
    await again.begin()
    engine.clock.move(timedelta(seconds=45))
    await again.sweep()
    assert engine.chat.kinds() == [*before, "Symptom"]
    engine.sandbox.waiting = engine.sandbox.blockers = ()
    engine.sandbox.feed(*fix())
    await engine.chat.until(lambda: bool(engine.chat.replies))
    line = engine.chat.replies[0][1]
    assert isinstance(line, ResultLine)
    assert line.outcome is Outcome.RESOLVED
    await again.wait_idle()
    await again.close()


async def test_a_message_sent_but_not_marked_is_not_sent_again(engine: Engine) -> None:
    started = await engine.start_live()
    await engine.rides.close()
    symptom = next(step for step in await engine.store.steps(started.ride) if step.kind == "symptom")
    engine.chat.said.append(
        ("C1", f"{started.ride}:{symptom.step}", StartFailed(ride="", scenario="", reason=""))
    )
    again = engine.restarted()
    await again.begin()
    engine.clock.move(timedelta(seconds=45))
    await again.sweep()
    assert "Symptom" not in engine.chat.kinds()
    await again.close()


async def test_a_restart_without_the_sandbox_makes_the_ride_void(engine: Engine) -> None:
    await engine.start_live()
    await engine.rides.close()
    engine.provider.adopts = False
    again = engine.restarted()
    await again.begin()
    await engine.chat.until(lambda: bool(engine.chat.replies))
    line = engine.chat.replies[0][1]
    assert isinstance(line, ResultLine)
    assert line.outcome is Outcome.VOID
    await again.close()


async def test_a_ride_that_was_preparing_at_a_restart_is_void(engine: Engine) -> None:
    await engine.start_live()
    await engine.rides.close(stop_rides=True)
    assert engine.sandbox.destroyed
    line = engine.chat.replies[0][1]
    assert isinstance(line, ResultLine)
    assert line.outcome is Outcome.VOID
