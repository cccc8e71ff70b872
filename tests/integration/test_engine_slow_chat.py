"""A chat that makes some messages wait for ever: what goes on beside them, and what the next life says."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from bot.rides.announcements import Announcement, HintGiven, StatusPosted, Symptom
from bot.rides.rides import Rides
from bot.rides.views import Started
from scenarios.journal.events import FacilitatorSpoke, HintTaken, Measurement, StatusUpdated, SymptomShown
from storage.records import StepRecord
from tests.integration.engine_fakes import MEASURED, STARTED, FakeChat
from tests.integration.test_engine import DANA, ORIGIN, TEAM, Engine, engine
from tests.integration.test_engine_mishaps import LIVE, left_behind, stored

__all__ = ["engine"]  # the fixture

FIRST_SYMPTOM, SECOND_PAGE, UP = timedelta(seconds=45), timedelta(minutes=2), timedelta(minutes=15)
SAM = "SAM"


@dataclass
class StuckChat(FakeChat):
    """Messages whose key is `stuck` wait until the chat is freed."""

    stuck: set[str] = field(default_factory=set)
    free: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """Keys of all that was to be posted, also of what stands there already."""

    async def _pass(self, key: str) -> None:
        if key in self.stuck:
            self.waiting.append(key)
            self.changed.set()
            await self.free.wait()

    async def post(self, workspace: str, channel: str, announcement: Announcement, *, key: str) -> str:
        self.asked.append(key)
        await self._pass(key)
        return await FakeChat.post(self, workspace, channel, announcement, key=key)

    async def direct(
        self, workspace: str, person: str, announcement: Announcement, *, key: str
    ) -> tuple[str, str]:
        await self._pass(f"{person} {key}")
        return await FakeChat.direct(self, workspace, person, announcement, key=key)

    def told(self) -> list[str]:
        """Keys of all that stands somewhere."""
        return [key for _, key, _ in self.said]


@pytest.fixture
def chat() -> StuckChat:
    return StuckChat()


@pytest.fixture
async def rides(engine: Engine, chat: StuckChat) -> AsyncIterator[Rides]:
    rides = Rides(replace(engine.parts, chat=chat))
    await rides.begin()
    yield rides
    chat.free.set()
    await rides.close(stop_rides=True)


async def live(rides: Rides, chat: StuckChat, person: str) -> str:
    started: Started = await rides.start(TEAM, person, "alter-table-locks", (), ORIGIN)
    await chat.until(lambda: "Page" in chat.kinds(person))
    return started.ride


async def over(engine: Engine, rides: Rides, ride: str, happened: Callable[[str], bool]) -> str:
    """Until the ride's stored state is such."""
    changed = asyncio.Event()
    rides.watch(lambda _: changed.set())
    async with asyncio.timeout(10):
        while not happened(state := (await stored(engine, ride)).state):
            await changed.wait()
            changed.clear()
    return state


async def test_a_symptom_that_waits_for_ever_holds_up_neither_its_ride_nor_another(
    engine: Engine, chat: StuckChat, rides: Rides
) -> None:
    one, other = await live(rides, chat, DANA), await live(rides, chat, SAM)
    chat.stuck.add(f"{one}:queue_grows")
    engine.clock.move(FIRST_SYMPTOM)
    await asyncio.wait_for(rides.sweep(), 10)
    await chat.until(lambda: f"{other}:queue_grows" in chat.told())
    assert chat.waiting == [f"{one}:queue_grows"]
    engine.clock.move(UP - FIRST_SYMPTOM)
    await asyncio.wait_for(rides.sweep(), 10)
    for ride in (one, other):
        assert await over(engine, rides, ride, lambda state: state != "live") == "expired"
    assert f"{one}:postmortem" in chat.told()
    assert f"{one}:queue_grows" not in chat.told()


@pytest.mark.parametrize("stuck", [0, 1], ids=["first started", "second started"])
async def test_a_page_that_waits_for_ever_holds_up_neither_the_deadline_nor_another_ride(
    engine: Engine, chat: StuckChat, rides: Rides, stuck: int
) -> None:
    people = (DANA, SAM)
    started = [await live(rides, chat, person) for person in people]
    one, paged, other = started[stuck], people[stuck], people[1 - stuck]
    chat.stuck |= {f"{one}:page-2", f"{paged} {one}:page-2"}
    engine.clock.move(SECOND_PAGE)
    sweeping = asyncio.create_task(rides.sweep())
    await chat.until(lambda: len(chat.waiting) == 2 and chat.kinds(other).count("Page") == 2)
    engine.clock.move(UP - SECOND_PAGE)
    again = asyncio.create_task(rides.sweep())
    for ride in started:
        assert await over(engine, rides, ride, lambda state: state != "live") == "expired"
    assert chat.kinds(paged) == ["Page"]
    chat.free.set()
    await asyncio.wait_for(asyncio.gather(sweeping, again), 10)


async def test_a_step_is_done_once_however_often_one_looks(
    engine: Engine, chat: StuckChat, rides: Rides, monkeypatch: pytest.MonkeyPatch
) -> None:
    ride = await live(rides, chat, DANA)
    measured, at_it, go_on = 0, asyncio.Event(), asyncio.Event()

    async def measure() -> Measurement:
        nonlocal measured
        measured += 1
        at_it.set()
        await go_on.wait()
        return MEASURED

    monkeypatch.setattr(engine.sandbox, "measure", measure)
    marked, mark = list[str](), engine.parts.store.mark_step

    async def mark_step(ride: str, step: str, *, sent_at: datetime) -> None:
        marked.append(step)
        await mark(ride, step, sent_at=sent_at)

    monkeypatch.setattr(engine.parts.store, "mark_step", mark_step)
    engine.clock.move(FIRST_SYMPTOM)
    looks = [asyncio.create_task(rides.sweep()) for _ in range(5)]
    await asyncio.wait_for(at_it.wait(), 10)
    go_on.set()
    await asyncio.wait_for(asyncio.gather(*looks), 10)
    await asyncio.wait_for(rides.sweep(), 10)
    await chat.until(lambda: f"{ride}:queue_grows" in chat.told())
    assert (measured, marked) == (1, ["queue_grows"])
    journal = [event for _, event in await engine.store.journal(ride)]
    assert sum(isinstance(event, SymptomShown) for event in journal) == 1
    assert chat.told().count(f"{ride}:queue_grows") == 1


async def test_a_step_that_was_done_while_one_looked_is_not_done_again(
    engine: Engine, chat: StuckChat, rides: Rides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a look has read may be over when it goes on."""
    store, marked = engine.parts.store, list[str]()
    await live(rides, chat, DANA)
    at_it, measured, looked, go_on, done = (asyncio.Event() for _ in range(5))
    due_steps, mark = store.due_steps, store.mark_step

    async def measure() -> Measurement:
        at_it.set()
        await measured.wait()
        return MEASURED

    async def slow_look(now: datetime) -> list[StepRecord]:
        found = await due_steps(now)
        looked.set()
        await go_on.wait()
        return found

    async def mark_step(ride: str, step: str, *, sent_at: datetime) -> None:
        await mark(ride, step, sent_at=sent_at)
        marked.append(step)
        done.set()

    monkeypatch.setattr(engine.sandbox, "measure", measure)
    monkeypatch.setattr(store, "mark_step", mark_step)
    engine.clock.move(FIRST_SYMPTOM)
    first = asyncio.create_task(rides.sweep())
    await asyncio.wait_for(at_it.wait(), 10)
    monkeypatch.setattr(store, "due_steps", slow_look)
    second = asyncio.create_task(rides.sweep())
    await asyncio.wait_for(looked.wait(), 10)
    measured.set()
    await asyncio.wait_for(done.wait(), 10)
    for _ in range(100):
        await asyncio.sleep(0)
    go_on.set()
    await asyncio.wait_for(asyncio.gather(first, second), 10)
    assert marked == ["queue_grows"]


async def test_the_next_life_says_what_the_chat_kept_waiting(engine: Engine, chat: StuckChat) -> None:
    rides = Rides(replace(engine.parts, chat=chat))
    await rides.begin()
    ride = await live(rides, chat, DANA)
    chat.stuck.add(f"{ride}:queue_grows")
    engine.clock.move(FIRST_SYMPTOM)
    await asyncio.wait_for(rides.sweep(), 10)
    await chat.until(lambda: bool(chat.waiting))
    with contextlib.suppress(TimeoutError):
        # As bot.program.shutdown does.
        await asyncio.wait_for(rides.close(), 0.5)
    assert "Symptom" not in chat.kinds()
    chat.stuck.clear()
    again = Rides(replace(engine.parts, chat=chat))
    await again.begin()
    await chat.until(lambda: f"{ride}:queue_grows" in chat.told())
    await asyncio.wait_for(again.sweep(), 10)
    assert chat.told().count(f"{ride}:queue_grows") == 1
    await again.close(stop_rides=True)


async def test_what_was_told_by_the_journal_and_is_not_in_the_channel_is_said_in_its_order(
    engine: Engine, chat: StuckChat
) -> None:
    at = STARTED + timedelta(seconds=50)
    told = (
        SymptomShown(at=at, step="queue_grows", text="Writes: 0/s.", measured=MEASURED, by=None),
        HintTaken(at=at, number=1, person=DANA),
        StatusUpdated(at=at, person=DANA, text="Orders hang.", answers=None),
        FacilitatorSpoke(at=at, speaker="Robin (support)", text="Anybody?", by="LEE"),
        HintTaken(at=at, number=2, person=DANA),
    )
    record = await left_behind(engine, LIVE, *told, state="live", live_at=STARTED)
    engine.clock.move(timedelta(seconds=60))
    there = f"{record.id}:hint-1"
    await chat.post(TEAM, "C1", HintGiven(number=1, total=3, title="", text="", person=DANA), key=there)
    again = Rides(replace(engine.parts, chat=chat))
    await again.begin()
    await chat.until(lambda: f"{record.id}:hint-2" in chat.told())
    said = [(key.partition(":")[2], what) for where, key, what in chat.said if where == "C1"]
    assert chat.asked.count(there) == 1, "what stands there costs no call"
    kept = {"hint-1", "queue_grows", "update-1", "spoken-1", "hint-2"}
    assert [key for key, _ in said if key in kept] == [
        "hint-1",
        "queue_grows",
        "update-1",
        "spoken-1",
        "hint-2",
    ]
    words = dict(said)
    symptom, update, spoken = words["queue_grows"], words["update-1"], words["spoken-1"]
    assert isinstance(symptom, Symptom)
    assert (symptom.text, symptom.elapsed) == ("Writes: 0/s.", timedelta(seconds=50))
    assert isinstance(update, StatusPosted)
    assert update.update.known == "Orders hang."
    assert isinstance(spoken, Symptom)
    assert (spoken.speaker, spoken.text, spoken.typed) == ("Robin (support)", "Anybody?", True)
    await again.close(stop_rides=True)
