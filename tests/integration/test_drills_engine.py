"""Drills with the engine itself, on its fakes: the seam between the two."""

from dataclasses import replace
from datetime import time

import pytest

from bot.drills.drills import Drills
from bot.drills.parts import DrillParts
from bot.drills.views import DrillRequest
from bot.drills.windows import Hours
from bot.people.oncall.days import DaysAhead
from bot.people.oncall.rosters import TeamRosters
from storage.drills import Drill, DrillStore, QuietStore
from storage.records import RideRecord
from storage.teams import Team, TeamStore
from tests.integration.engine_fakes import STARTED, FakeRights
from tests.integration.test_drills import FakeNotices
from tests.integration.test_engine import DANA, TEAM, Engine, engine

__all__ = ["engine"]

BOSS, SAM = "BOSS", "SAM"
HOURS = Hours(begins=time(10), ends=time(16))


class Stage:
    """A drill of a team of two, planned on an engine."""

    def __init__(self, engine: Engine) -> None:
        database = engine.store.database
        self.engine = engine
        self.notices = FakeNotices()
        self.teams = TeamStore(database)
        self.parts = DrillParts(
            store=DrillStore(database),
            quiet=QuietStore(database),
            rides=engine.store,
            starter=engine.rides,
            teams=TeamRosters(self.teams, engine.chat),
            directory=engine.chat,
            rights=FakeRights(facilitators={BOSS}),
            scenarios=engine.parts.scenarios,
            notices=self.notices,
            clock=engine.clock,
            new_seed=lambda: "seed",
        )
        self.drills = Drills(self.parts)

    async def plan(self) -> Drill:
        await self.teams.add(
            Team(
                id="team-1",
                workspace=TEAM,
                name="payments",
                members=(DANA, SAM),
                created_by=DANA,
                created_at=STARTED,
            )
        )
        request = DrillRequest(team="payments", hours=HOURS, days=DaysAhead(days=0))
        return await self.get((await self.drills.plan(TEAM, BOSS, request)).drill)

    async def get(self, drill: str) -> Drill:
        found = await self.parts.store.get(TEAM, drill)
        assert found is not None
        return found

    async def on_time(self, drill: Drill) -> Drill:
        due = (await self.get(drill.id)).due_at
        assert due is not None
        self.engine.clock.moment = due
        assert await self.drills.sweep()
        return await self.get(drill.id)

    async def ride(self, drill: Drill) -> RideRecord:
        assert drill.ride is not None
        record = await self.engine.store.get(drill.ride)
        assert record is not None
        return record


@pytest.fixture
def stage(engine: Engine) -> Stage:
    return Stage(engine)


async def test_the_engine_pages_the_primary_of_the_team(stage: Stage) -> None:
    starting = await stage.on_time(await stage.plan())
    await stage.engine.chat.until(lambda: "Page" in stage.engine.chat.kinds(DANA))
    assert "Page" not in stage.engine.chat.kinds(SAM)
    ride = await stage.ride(starting)
    assert (ride.team, ride.started_by, ride.learners) == ("team-1", BOSS, (DANA,))
    assert (await stage.on_time(starting)).state == "started"


async def test_a_primary_in_another_ride_is_passed_over(stage: Stage) -> None:
    drill = await stage.plan()
    await stage.engine.start_live()
    ride = await stage.ride(await stage.on_time(drill))
    assert ride.learners == (SAM,)


async def test_a_ride_of_the_engine_is_found_again_after_a_crash(stage: Stage) -> None:
    starting = await stage.on_time(await stage.plan())
    assert starting.ride is not None
    # As if the program had ended before it wrote down which ride it is.
    forgotten = await stage.parts.store.update(replace(starting, ride=None))
    assert await stage.parts.store.ride_of(forgotten) == starting.ride
    await stage.engine.chat.until(lambda: "Page" in stage.engine.chat.kinds(DANA))
    done = await stage.on_time(forgotten)
    assert (done.state, done.ride) == ("started", starting.ride)


async def test_a_sandbox_that_fails_is_tried_again(stage: Stage) -> None:
    stage.engine.provider.fails = "the disk is full"
    starting = await stage.on_time(await stage.plan())
    await stage.engine.rides.wait_idle()
    assert (await stage.ride(starting)).state == "void"
    failed = await stage.on_time(starting)
    assert (failed.state, failed.problem) == ("planned", "not_prepared")
    stage.engine.provider.fails = None
    again = await stage.on_time(failed)
    await stage.engine.chat.until(lambda: "Page" in stage.engine.chat.kinds(DANA))
    assert again.ride != starting.ride
    assert (await stage.on_time(again)).state == "started"
    assert not stage.notices.told
