"""Game days when two things happen at once, or something breaks: on fakes, with the real store."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.gamedays.announcements import ConsoleHead, Ended, Said, Summary
from bot.gamedays.errors import GameDayOverError, PlanRefusedError
from bot.gamedays.starting import start_group
from bot.rides.views import Started, StartRequest
from scenarios.journal.events import Event
from tests.integration.test_game_days import HOUR, PLAN, TEAMS, World, planned, solved, world

__all__ = ["world"]  # the fixture


async def test_who_came_to_a_team_later_is_let_into_the_days_channel(world: World) -> None:
    async with world.program() as days:
        await planned(days)
        before = set(world.stage.invited["C1"])
        world.teams.people["apes"] = ("U1", "U10")
        await world.begin_at(days)
        await world.until(lambda: world.stage.invited["C1"][-1] == "U10")
        assert set(world.stage.invited["C1"]) == before | {"U10"}


async def test_a_form_that_is_sent_twice_is_one_day(world: World) -> None:
    async with world.program() as days:
        one, other = await asyncio.gather(planned(days), planned(days))
        assert one == other
        assert one.console is not None
        assert len(world.stage.channels) == 2
        with pytest.raises(PlanRefusedError):
            await planned(days, replace(PLAN, name="Another"))


async def test_nobody_starts_again_once_the_day_was_ended(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.rides.voids.add("cats")
    async with world.program() as days:
        day = await planned(days)
        await world.begin_at(days)
        await world.until(lambda: world.states().get("cats") == "failed")
        await world.until(lambda: len(world.live()) == 3)

        async def takes_a_while(workspace: str, ride: str, by: str) -> None:
            """Ending a ride takes its time."""

        monkeypatch.setattr(world.rides, "end", takes_a_while)
        await days.console.end_day("T1", "U9", day.id)
        with pytest.raises(GameDayOverError):
            await days.console.start_again("T1", "ADMIN", day.id, "cats")
        with pytest.raises(GameDayOverError):
            await days.console.end_day("T1", "ADMIN", day.id)
        for team in ("apes", "bears", "dogs"):
            world.rides.finish(team, solved())
        await world.until(lambda: world.summary() is not None)


async def test_a_wave_that_was_taken_just_when_the_day_was_ended_keeps_it_from_nothing(world: World) -> None:
    async with world.program() as days:
        day = await planned(days, replace(PLAN, wave_size=2, wave_minutes=10))
        await world.begin_at(days)
        await world.until(lambda: world.live() == {"apes", "bears"})
        found = await days.find("T1", day.id)
        await days.console.end_day("T1", "U9", day.id)
        taken = [replace(found.slots[team, 0], state="starting") for team in ("cats", "dogs")]
        await found.put(*taken)
        await start_group(found, taken)
        assert {found.slots[team, 0].state for team in ("cats", "dogs")} == {"dropped"}
        await world.until(lambda: world.summary() is not None)


async def test_a_ride_that_ended_by_itself_while_the_day_was_ended_stops_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_for = world.rides.start_for

    async def started(request: StartRequest) -> Started:
        """The day is ended while rides start."""
        accepted = await start_for(request)
        await found.change(ended_by="U9")
        return accepted

    monkeypatch.setattr(world.rides, "start_for", started)
    world.rides.voids |= set(TEAMS)
    async with world.program() as days:
        found = await days.find("T1", (await planned(days)).id)
        await world.begin_at(days)
        await world.until(lambda: world.summary() is not None)
        assert set(world.states().values()) == {"dropped"}


async def test_a_fault_does_not_end_the_following(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    journal, faults = world.rides.journal, ["the database is away"]

    async def once_away(ride_id: str, *, after: int = 0) -> list[tuple[int, Event]]:
        if faults:
            raise OSError(faults.pop())
        return await journal(ride_id, after=after)

    async with world.program() as days:
        await planned(days)
        await world.begin_at(days)
        await world.until(lambda: world.live() == set(TEAMS))
        monkeypatch.setattr(world.rides, "journal", once_away)
        for team in TEAMS:
            world.rides.finish(team, solved())
        await world.until(lambda: world.summary() is not None)
        assert faults == []


async def test_a_fault_at_the_end_is_got_over(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    post, faults = world.stage.post, ["the database is away"]

    async def once_away(workspace: str, channel: str, said: Said, *, key: str) -> str:
        if isinstance(said, Summary) and faults:
            raise OSError(faults.pop())
        return await post(workspace, channel, said, key=key)

    monkeypatch.setattr(world.stage, "post", once_away)
    async with world.program() as days:
        await planned(days)
        await world.begin_at(days)
        await world.until(lambda: world.live() == set(TEAMS))
        for team in TEAMS:
            world.rides.finish(team, solved())
        await world.until(lambda: world.summary() is not None)
        assert faults == []
    kinds = [type(said) for said in world.stage.told("C1")]
    assert kinds.count(Summary) == 1


async def test_a_restart_between_taking_the_rides_and_beginning_the_day(world: World) -> None:
    async with world.program() as days:
        day = await planned(days)
    slots = await world.store.slots(day.id)
    await world.store.put_slots([replace(slot, state="starting") for slot in slots])
    world.clock.moment = HOUR
    async with world.program() as days:
        await days.sweep()
        await world.until(lambda: world.live() == set(TEAMS))


async def test_the_console_too_says_that_a_day_was_cancelled(world: World) -> None:
    async with world.program() as days:
        await planned(days)
        await days.cancel("T1", "U9", "winter")
        heads = [what for _, channel, _, what in world.stage.edits if isinstance(what, ConsoleHead)]
        assert heads[-1].day.state == "cancelled"


async def test_a_restart_while_a_cancellation_was_told_tells_it_once(world: World) -> None:
    async with world.program() as days:
        day = await planned(days)
    await world.store.update(
        replace(day, state="cancelled", ended_by="U9", ended_at=HOUR - timedelta(minutes=30))
    )
    async with world.program():
        await world.until(lambda: any(isinstance(said, Ended) for said in world.stage.told("C1")))
    async with world.program():
        assert [type(said) for said in world.stage.told("C1")].count(Ended) == 1
    assert not any(isinstance(what, Summary) for _, _, what in world.stage.said)
