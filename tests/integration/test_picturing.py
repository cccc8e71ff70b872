"""The picture comes after the postmortem, once, and never in the way of a ride's end: the engine on fakes."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from bot.rides.announcements import PictureMissing
from bot.rides.dependencies import Pace, Parts
from bot.rides.ports import Picture
from bot.rides.rides import Rides
from scenarios.journal.events import ChatStepSkipped, Event, Outcome, PictureShown, RideEnded
from scenarios.judging.scorecard import Scorecard
from scenarios.judging.scoring import score
from scenarios.model.scenario import Scenario
from storage.samples import SampleRecord
from tests.integration.engine_fakes import STARTED
from tests.integration.test_engine import TEAM, Engine, ended, engine, fix
from tests.integration.test_engine_mishaps import LIVE, left_behind

__all__ = ["engine"]  # the fixture

PICTURE = Picture(content=b"png", name="ride.png", title="A ride", alt_text="Writes fell.")


@dataclass
class FakePainter:
    painted: list[Scorecard] = field(default_factory=list)
    fails: bool = False

    def paint(
        self, scenario: Scenario, events: Sequence[Event], card: Scorecard, samples: Sequence[SampleRecord]
    ) -> Picture:
        if self.fails:
            raise ValueError("no ink")
        assert len(samples) >= 2
        assert any(isinstance(event, RideEnded) for event in events)
        self.painted.append(card)
        return PICTURE


@dataclass
class FakeSamples:
    """Has samples of every ride."""

    added: int = 0

    async def add(self, ride_id: str, samples: Sequence[SampleRecord]) -> None:
        self.added += len(samples)

    async def of(self, ride_id: str) -> list[SampleRecord]:
        return [
            SampleRecord(
                at=STARTED + timedelta(seconds=second), writes_per_second=80, waiting=0, oldest_wait=0
            )
            for second in range(3)
        ]


@pytest.fixture
def painter() -> FakePainter:
    return FakePainter()


@pytest.fixture
async def painting(engine: Engine, painter: FakePainter) -> Engine:
    """The engine with a painter."""
    parts: Parts = replace(
        engine.parts, painter=painter, samples=FakeSamples(), pace=Pace(aftermath=timedelta(0))
    )
    engine.parts = parts
    engine.rides = Rides(parts)
    return engine


async def resolve(engine: Engine) -> str:
    started = await engine.start_live()
    engine.sandbox.waiting = engine.sandbox.blockers = ()
    engine.sandbox.feed(*fix())
    await engine.rides.wait_idle()
    await engine.rides.close()
    return started.ride


def missing(engine: Engine) -> list[str | None]:
    """The words in the channel about a picture that does not come: their codes."""
    told = [what for place, _, what in engine.chat.said if place == "C1"]
    return [what.refused for what in told if isinstance(what, PictureMissing)]


async def events(engine: Engine, ride: str) -> list[Event]:
    return [event for _, event in await engine.store.journal(ride)]


async def test_a_picture_follows_the_postmortem(painting: Engine) -> None:
    ride = await resolve(painting)
    assert painting.chat.kinds()[-1] == "PostmortemPosted"
    assert painting.chat.pictures == [PICTURE]
    assert isinstance((await events(painting, ride))[-1], PictureShown)
    assert painting.sandbox.destroyed
    again = painting.restarted()
    await again.begin()
    await again.wait_idle()
    await again.close()
    assert len(painting.chat.pictures) == 1


async def test_a_stopped_ride_has_one(painting: Engine) -> None:
    await painting.start_live()
    await painting.rides.stop(TEAM, "DANA", "C1")
    await painting.rides.wait_idle()
    await painting.rides.close()
    assert painting.chat.pictures == [PICTURE]


async def test_a_void_ride_has_none(painting: Engine, painter: FakePainter) -> None:
    await painting.start_live()
    painting.sandbox.feed(ended(LIVE.blocker, sqlstate=None))
    await painting.rides.wait_idle()
    await painting.rides.close()
    assert painting.chat.pictures == []
    assert painter.painted == []


async def test_a_refused_picture_is_noted_and_the_end_goes_on(painting: Engine) -> None:
    painting.chat.refuses = {"upload": "file_uploads_disabled"}
    journal = await events(painting, await resolve(painting))
    skipped = [event for event in journal if isinstance(event, ChatStepSkipped)]
    assert [(event.step, event.error) for event in skipped] == [("picture", "file_uploads_disabled")]
    assert not any(isinstance(event, PictureShown) for event in journal)
    assert missing(painting) == ["file_uploads_disabled"]
    assert painting.sandbox.destroyed


async def test_where_the_channel_takes_no_word_either_the_end_goes_on(painting: Engine) -> None:
    await painting.start_live()
    painting.chat.refuses = {"upload": "is_archived", "post in C1": "is_archived"}
    await painting.rides.stop(TEAM, "DANA", "C1")
    await painting.rides.wait_idle()
    await painting.rides.close()
    assert missing(painting) == []
    assert painting.sandbox.destroyed


async def test_a_painter_that_fails_does_not_hold_up_the_end(painting: Engine, painter: FakePainter) -> None:
    painter.fails = True
    ride = await resolve(painting)
    assert painting.chat.pictures == []
    assert missing(painting) == [None]
    assert painting.sandbox.destroyed
    record = await painting.store.get(ride)
    assert record is not None
    assert record.archive_at is not None


async def test_a_crash_before_the_picture_shows_it_in_the_next_life(painting: Engine) -> None:
    over = RideEnded(at=STARTED, outcome=Outcome.STOPPED, reason="Stopped by a person.", by="DANA")
    await left_behind(painting, LIVE, over, state="stopped", ended_at=STARTED)
    again = painting.restarted()
    await again.begin()
    await again.wait_idle()
    await again.close()
    assert painting.chat.pictures == [PICTURE]


@pytest.mark.parametrize("shown", [(), (PictureShown(at=STARTED),)], ids=["before", "after"])
async def test_a_crash_after_the_postmortem_shows_the_picture_once(
    painting: Engine, shown: tuple[PictureShown, ...]
) -> None:
    over = RideEnded(at=STARTED, outcome=Outcome.STOPPED, reason="Stopped by a person.", by="DANA")
    record = await left_behind(
        painting, LIVE, over, *shown, state="stopped", ended_at=STARTED, postmortem_sent=True
    )
    scenario, journal = painting.parts.scenarios.load(record.scenario), await events(painting, record.id)
    await painting.store.save_scorecard(record.id, score(scenario, journal))
    again = painting.restarted()
    await again.begin()
    await again.wait_idle()
    await again.close()
    assert len(painting.chat.pictures) == 1 - len(shown)


async def test_a_program_that_stops_does_not_wait_for_it(painting: Engine) -> None:
    painting.parts = replace(painting.parts, pace=Pace(aftermath=timedelta(hours=1)))
    rides = Rides(painting.parts)
    painting.rides = rides
    await painting.start_live()
    await rides.stop(TEAM, "DANA", "C1")
    await painting.chat.until(lambda: bool(painting.chat.replies))
    await rides.close(stop_rides=True)
    assert painting.chat.pictures == []
    assert painting.sandbox.destroyed
