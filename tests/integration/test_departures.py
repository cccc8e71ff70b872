"""A workspace removes Ride: nothing goes on there, nobody hears of it, and others don't notice."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.program.shutdown import Departures
from bot.rides.announcements import RideOver
from bot.rides.views import Origin
from bot.slack.transport.background import Background
from bot.slack.transport.workspaces import NOT_INSTALLED
from storage.game_days import UNSETTLED
from storage.records import RideRecord
from tests.integration.engine_fakes import FakeSandbox
from tests.integration.test_drills_engine import Stage, stage
from tests.integration.test_engine import DANA, TEAM, Engine, engine, fix
from tests.integration.test_game_days import HOUR, World, planned, world

__all__ = ["engine", "stage", "world"]  # the fixtures

ANOTHER = "T2"
CLOSED = dict.fromkeys(
    ("post", "direct", "update", "archive", "open_channel", "set_topic", "posted"), NOT_INSTALLED
)


def left(workspace: str) -> bool:
    """Whether it is the one that removed Ride."""
    return workspace == TEAM


async def stored(engine: Engine, ride: str) -> RideRecord:
    record = await engine.store.get(ride)
    assert record is not None
    return record


async def nothing_is_due(engine: Engine, ride: str) -> bool:
    return all(step.cancelled or step.sent_at is not None for step in await engine.store.steps(ride))


@dataclass
class Kept:
    """What would have to end, and in which of these workspaces it does."""

    workspaces: tuple[str, ...] = (TEAM, ANOTHER)
    ended: list[str] = field(default_factory=list)

    async def abandon(self, gone: Callable[[str], bool]) -> None:
        self.ended += [one for one in self.workspaces if gone(one)]


@pytest.mark.parametrize(
    ("installed", "ended"), [({TEAM, ANOTHER}, []), ({ANOTHER}, [TEAM]), (set[str](), [])]
)
async def test_a_start_winds_up_what_was_left_meanwhile(installed: set[str], ended: list[str]) -> None:
    drills, days, rides = Kept(), Kept(), Kept()
    departures = Departures(drills=drills, days=days, rides=rides, background=Background())
    await departures.leave_all_but(installed)
    assert [one.ended for one in (drills, days, rides)] == [ended] * 3


async def test_its_ride_ends_and_anothers_goes_on(engine: Engine) -> None:
    mine = await engine.start_live()
    engine.provider.sandbox = theirs = FakeSandbox(id="sandbox-2")
    other = await engine.rides.start(ANOTHER, DANA, "alter-table-locks", (), Origin(channel=None))
    await engine.chat.until(lambda: engine.chat.kinds("C1").count("Page") == 2)
    engine.chat.refuses = CLOSED
    said = len(engine.chat.said)
    await engine.rides.abandon(left)
    record = await stored(engine, mine.ride)
    assert (record.state, record.archived) == ("void", True)
    assert await nothing_is_due(engine, mine.ride)
    assert len(engine.chat.said) == said
    assert [one.id for one in await engine.store.unfinished()] == [other.ride]
    assert not theirs.destroyed
    assert not await nothing_is_due(engine, other.ride)

    engine.chat.refuses = {}
    theirs.waiting = theirs.blockers = ()
    theirs.feed(*fix())
    await engine.chat.until(lambda: "PostmortemPosted" in engine.chat.kinds("C1"))
    assert not [one for _, _, one in engine.chat.said if isinstance(one, RideOver)]


async def test_its_sandboxes_are_gone_when_that_is_done(engine: Engine) -> None:
    await engine.start_live()
    await engine.rides.abandon(left)
    assert engine.sandbox.destroyed


async def test_a_ride_that_is_being_prepared_is_not_begun(engine: Engine) -> None:
    started = await engine.start()
    await engine.rides.abandon(left)
    assert (await stored(engine, started.ride)).state == "void"
    assert await engine.store.live_for_person(TEAM, DANA) is None
    assert await engine.store.unfinished() == []


async def test_the_channel_of_a_ride_that_is_over_is_left_alone(engine: Engine) -> None:
    started = await engine.start_live()
    await engine.rides.stop(TEAM, DANA, "C1")
    await engine.rides.wait_idle()
    await engine.rides.abandon(left)
    assert await nothing_is_due(engine, started.ride)
    await engine.sweep(timedelta(days=2))
    assert engine.chat.archived == []
    assert (await stored(engine, started.ride)).state == "stopped", "what came of it stays"


async def test_no_drill_starts_and_nobody_is_told(stage: Stage) -> None:
    drill = await stage.plan()
    await stage.drills.abandon(lambda workspace: workspace == ANOTHER)
    assert (await stage.get(drill.id)).due_at is not None
    await stage.drills.abandon(left)
    found = await stage.get(drill.id)
    assert (found.state, found.due_at) == ("cancelled", None)
    stage.engine.clock.move(timedelta(days=1))
    assert await stage.drills.sweep()
    assert stage.notices.told == []
    assert await stage.engine.store.unfinished() == []


@pytest.mark.parametrize("runs", [False, True], ids=["planned", "running"])
async def test_a_game_day_is_called_off_and_nobody_is_told(world: World, *, runs: bool) -> None:
    async with world.program() as days:
        day = await planned(days)
        await days.abandon(lambda workspace: workspace == ANOTHER)
        assert days.to_come(TEAM) != []
        if runs:
            await world.begin_at(days)
            await world.until(lambda: len(world.live()) == len(world.teams.people))
        said = {key for _, key, _ in world.stage.said}
        await days.abandon(left)
        assert days.to_come(TEAM) == []
        [found] = await days.recent(TEAM, 5)
        assert (found.id, found.state, found.told) == (day.id, "cancelled", True)
        assert not [slot for slot in await world.store.slots(day.id) if slot.state in UNSETTLED]
        await world.begin_at(days, HOUR + timedelta(hours=2))
        assert {key for _, key, _ in world.stage.said} - said <= {"board"}
    assert await world.store.unfinished() == []
