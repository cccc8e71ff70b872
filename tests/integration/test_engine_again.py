"""A void or stopped ride is started again by a click: the engine on fakes, with the real store."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.rides.again import Again
from bot.rides.announcements import RideOver
from bot.rides.errors import FacilitatorsOnlyError, LearnerBusyError, NoRideError
from bot.rides.ports import OnCall
from bot.rides.views import StartRequest
from scenarios.journal.events import Outcome, TeamCalled
from tests.integration.engine_fakes import MIGRATION, FakeSandbox
from tests.integration.test_engine import DANA, ORIGIN, TEAM, Engine, ended, engine

__all__ = ["engine"]  # the fixture

SAM, INES = "SAM", "INES"


async def void_ride(engine: Engine, *learners: str, team: str | None = None) -> str:
    """A ride that was live when its sandbox was lost."""
    started = await engine.rides.start(TEAM, DANA, "alter-table-locks", learners, ORIGIN, team=team)
    await engine.chat.until(lambda: "Page" in engine.chat.kinds(DANA))
    engine.sandbox.feed(ended(MIGRATION, sqlstate=None))
    await engine.chat.until(lambda: bool(engine.chat.replies))
    await engine.rides.wait_idle()
    engine.provider.sandbox = FakeSandbox()
    return started.ride


def overs(engine: Engine) -> list[RideOver]:
    return [what for _, _, what in engine.chat.said if isinstance(what, RideOver)]


async def test_the_same_people_ride_the_same_incident_again(engine: Engine) -> None:
    ride = await void_ride(engine, DANA, SAM)
    assert [over.again for over in overs(engine)] == [True]
    started = await Again(engine.rides).start(TEAM, SAM, ride)
    assert (started.scenario.slug, started.learners) == ("alter-table-locks", (DANA, SAM))
    assert started.ride != ride
    record = await engine.store.get(started.ride)
    assert record is not None
    assert (record.started_by, record.origin_channel, record.response_url) == (SAM, ORIGIN.channel, None)
    await engine.chat.until(lambda: engine.chat.kinds(SAM).count("Page") == 2)


async def test_a_second_click_starts_nothing(engine: Engine) -> None:
    ride = await void_ride(engine)
    again = Again(engine.rides)
    started = await again.start(TEAM, DANA, ride)
    with pytest.raises(LearnerBusyError) as busy:
        await again.start(TEAM, DANA, ride)
    assert busy.value.ride == started.ride


async def test_a_teams_ride_is_its_teams_again(engine: Engine) -> None:
    engine.rosters.teams["payments"] = OnCall(
        team="t1", name="payments", primary=DANA, secondary=SAM, members=(DANA, SAM, INES)
    )
    ride = await void_ride(engine, team="payments")
    # Somebody else is on call by now; the ride stays that of those who rode.
    engine.rosters.teams["payments"] = replace(engine.rosters.teams["payments"], primary=INES)
    started = await Again(engine.rides).start(TEAM, SAM, ride)
    assert (started.team, started.learners) == ("payments", (DANA,))
    await engine.chat.until(lambda: engine.chat.kinds(DANA).count("Page") == 2)
    called = [e for _, e in await engine.store.journal(started.ride) if isinstance(e, TeamCalled)]
    assert [event.members for event in called] == [(INES, SAM, DANA)]


async def test_others_need_a_facilitators_right(engine: Engine) -> None:
    ride = await void_ride(engine)
    again = Again(engine.rides)
    with pytest.raises(FacilitatorsOnlyError):
        await again.start(TEAM, INES, ride)
    engine.rights.facilitators.add(INES)
    assert (await again.start(TEAM, INES, ride)).learners == (DANA,)


async def test_only_rides_without_an_end_of_their_own_of_this_workspace_are_started_again(
    engine: Engine,
) -> None:
    ride = await void_ride(engine)
    again = Again(engine.rides)
    for workspace, other in (("T2", ride), (TEAM, "nosuch")):
        with pytest.raises(NoRideError):
            await again.start(workspace, DANA, other)
    started = await engine.start()
    await engine.chat.until(lambda: engine.chat.kinds(DANA).count("Page") == 2)
    await engine.sweep(timedelta(minutes=15))
    await engine.rides.wait_idle()
    assert [over.again for over in overs(engine) if over.outcome is Outcome.EXPIRED] == [False]
    with pytest.raises(NoRideError):
        await again.start(TEAM, DANA, started.ride)


async def test_a_game_days_ride_is_its_facilitators_business(engine: Engine) -> None:
    await engine.rides.start_for(
        StartRequest(workspace=TEAM, by=DANA, scenario="alter-table-locks", origin=ORIGIN, game_day="day1")
    )
    await engine.chat.until(lambda: "Page" in engine.chat.kinds(DANA))
    engine.sandbox.feed(ended(MIGRATION, sqlstate=None))
    # Its result is told by the day, and not where a ride was started.
    await engine.chat.until(lambda: bool(overs(engine)))
    assert [(over.outcome, over.again) for over in overs(engine)] == [(Outcome.VOID, False)]
