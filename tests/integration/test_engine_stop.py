"""Stopping a ride: who may, who is asked first, and what is said of it."""

import asyncio

import pytest

from bot.rides.again import Again
from bot.rides.announcements import ResultLine, RideOver, StartStopped
from bot.rides.errors import ClockStandsError, FacilitatorsStopError
from bot.rides.facilitation import Facilitation
from bot.rides.views import StartRequest, StopQuestion
from scenarios.model.scenario import Scenario
from tests.integration.engine_fakes import FakeProvider, FakeSandbox
from tests.integration.test_engine import DANA, ORIGIN, TEAM, Engine, engine

__all__ = ["engine"]  # the fixture

SAM, INES = "SAM", "INES"


async def ridden(engine: Engine, *learners: str, game_day: str | None = None) -> str:
    """A ride of these that is live."""
    request = StartRequest(
        workspace=TEAM,
        by=DANA,
        scenario="alter-table-locks",
        learners=learners,
        origin=ORIGIN,
        game_day=game_day,
    )
    started = await engine.rides.start_for(request)
    await engine.chat.until(lambda: "Page" in engine.chat.kinds(learners[0]))
    return started.ride


async def state(engine: Engine, ride: str) -> str:
    record = await engine.store.get(ride)
    assert record is not None
    return record.state


async def test_who_rides_with_others_is_asked_first(engine: Engine) -> None:
    ride = await ridden(engine, DANA, SAM)
    asked = await engine.rides.stop(TEAM, DANA, "C1")
    assert asked == StopQuestion(ride=ride, channel="C1", others=(SAM,), in_game_day=False)
    assert await state(engine, ride) == "live"
    await engine.rides.stop_surely(TEAM, DANA, ride)
    assert await state(engine, ride) == "stopped"


async def test_it_is_said_who_stopped_it_and_it_can_be_started_again(engine: Engine) -> None:
    ride = await ridden(engine, DANA, SAM)
    await engine.rides.stop_surely(TEAM, SAM, ride)
    await engine.chat.until(lambda: bool(engine.chat.replies))
    await engine.rides.wait_idle()
    (over,) = (what for _, _, what in engine.chat.said if isinstance(what, RideOver))
    assert (over.by, over.again) == (SAM, True)
    line = engine.chat.replies[0][1]
    assert isinstance(line, ResultLine)
    assert line.by == SAM
    engine.provider.sandbox = FakeSandbox()
    started = await Again(engine.rides).start(TEAM, DANA, ride)
    assert started.learners == (DANA, SAM)


async def test_a_game_days_ride_is_its_facilitators_to_stop(engine: Engine) -> None:
    engine.facilitating.on["day1"] = (INES,)
    ride = await ridden(engine, SAM, game_day="day1")
    for learner in (SAM, DANA):
        with pytest.raises(FacilitatorsStopError) as refused:
            await engine.rides.stop(TEAM, learner, "C1")
        assert refused.value.facilitators == (INES,)
    with pytest.raises(FacilitatorsStopError):
        await engine.rides.stop_surely(TEAM, SAM, ride)
    asked = await engine.rides.stop(TEAM, INES, "C1")
    assert isinstance(asked, StopQuestion)
    assert asked.in_game_day
    await engine.rides.stop_surely(TEAM, INES, ride)
    assert await state(engine, ride) == "stopped"


async def test_no_statement_while_the_clock_stands(engine: Engine) -> None:
    engine.facilitating.on["day1"] = (INES,)
    ride = await ridden(engine, DANA, game_day="day1")
    hand = Facilitation(engine.rides)
    await hand.pause(TEAM, ride, INES)
    with pytest.raises(ClockStandsError) as refused:
        await engine.rides.sql(TEAM, DANA, "C1", "select 1")
    assert refused.value.by == INES
    await hand.resume(TEAM, ride, INES)
    await engine.rides.sql(TEAM, DANA, "C1", "select 1")


class _Slow(FakeProvider):
    """Prepares until the ride is stopped."""

    async def prepare(self, scenario: Scenario, progress: object) -> None:
        await asyncio.Event().wait()


async def test_who_stops_while_it_is_prepared_is_not_told_of_a_failure(engine: Engine) -> None:
    engine.provider.prepare = _Slow().prepare  # type: ignore[method-assign]
    started = await engine.start()
    await engine.chat.until(lambda: "IncidentCard" in engine.chat.kinds())
    await engine.rides.stop(TEAM, DANA, "C1")
    await engine.rides.wait_idle()
    said = StartStopped(ride=started.ride, scenario="alter-table-locks", by=DANA, again=True)
    assert [line for _, line in engine.chat.replies] == [said]
    assert [what for where, _, what in engine.chat.said if where == "C1"][-1] == said
    assert "StartFailed" not in engine.chat.kinds()
