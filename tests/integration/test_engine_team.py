"""A ride for a team: who rides, who is paged when, and who may start it. The engine on fakes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.rides.announcements import Announcement, IncidentCard, NotInvited, Page, RoleBoard
from bot.rides.errors import (
    CannotRideError,
    EmptyTeamError,
    FacilitatorsOnlyError,
    LearnerBusyError,
    UnknownTeamError,
)
from bot.rides.ports import OnCall
from bot.rides.views import LeftOut, Started, StartRequest
from scenarios.journal.events import Escalated, Paged, PersonNamed, TeamCalled
from scenarios.judging.scoring import score
from scenarios.telling.story import tell_story
from tests.integration.test_engine import DANA, ORIGIN, TEAM, Engine, engine

__all__ = ["engine"]  # the fixture

SAM, INES, LEE = "SAM", "INES", "LEE"
MINUTE = timedelta(minutes=1)


def crew(primary: str = DANA, secondary: str | None = SAM, *more: str) -> OnCall:
    everybody = [person for person in (primary, secondary, *(more or (INES,))) if person is not None]
    return OnCall(team="t1", name="payments", primary=primary, secondary=secondary, members=tuple(everybody))


async def start(engine: Engine, person: str = DANA, *learners: str) -> Started:
    return await engine.rides.start(TEAM, person, "alter-table-locks", learners, ORIGIN, team="payments")


async def live(engine: Engine, whom: str = DANA) -> str:
    started = await start(engine)
    await engine.chat.until(lambda: "Page" in engine.chat.kinds(whom))
    return started.ride


def paged(engine: Engine) -> list[tuple[str, int]]:
    """Whom we paged directly, and with which number."""
    return [
        (where, what.number)
        for where, _, what in engine.chat.said
        if isinstance(what, Page) and where != "C1"
    ]


async def test_the_primary_is_paged_then_the_secondary_then_all(engine: Engine) -> None:
    engine.rosters.teams["payments"] = crew()
    ride = await live(engine)
    assert engine.chat.invited == [(DANA, SAM, INES)]
    record = await engine.store.get(ride)
    assert record is not None
    assert (record.team, record.learners) == ("t1", (DANA,))
    await engine.sweep(2 * MINUTE)
    await engine.sweep(MINUTE)
    assert paged(engine) == [(DANA, 1), (DANA, 2), (SAM, 1)]
    await engine.sweep(3 * MINUTE)
    assert paged(engine)[3:] == [(DANA, 3), (SAM, 3), (INES, 1)] or paged(engine)[-1] == (INES, 1)
    events = [event for _, event in await engine.store.journal(ride)]
    assert [(e.to, e.people) for e in events if isinstance(e, Escalated)] == [
        ("secondary", (SAM,)),
        ("team", (INES,)),
    ]
    assert {e.person for e in events if isinstance(e, PersonNamed)} == {SAM, INES}
    called = next(e for e in events if isinstance(e, TeamCalled))
    assert (called.name, called.primary, called.members, called.paged) == (
        "payments",
        DANA,
        (DANA, SAM, INES),
        (DANA,),
    )
    cards = [what for _, _, what in engine.chat.updates if isinstance(what, IncidentCard)]
    assert (cards[-1].team, cards[-1].paged) == ("payments", (DANA, SAM, INES))
    scenario = engine.parts.scenarios.load("alter-table-locks")
    texts = [moment.text for moment in tell_story(scenario, events, score(scenario, events))]
    assert "Nobody had acknowledged: the secondary paged too." in texts


async def test_an_acknowledgement_ends_the_escalation(engine: Engine) -> None:
    engine.rosters.teams["payments"] = crew()
    ride = await live(engine)
    await engine.rides.acknowledge(TEAM, DANA, ride)
    await engine.sweep(9 * MINUTE)
    assert paged(engine) == [(DANA, 1)]


async def test_a_page_that_is_sent_while_somebody_acknowledges_shows_it_too(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.rosters.teams["payments"] = crew()
    ride = await live(engine)
    post = engine.chat.post

    async def slow(workspace: str, channel: str, announcement: Announcement, *, key: str) -> str:
        if key.endswith("escalation-1"):
            await engine.rides.acknowledge(TEAM, DANA, ride)
        return await post(workspace, channel, announcement, key=key)

    monkeypatch.setattr(engine.chat, "post", slow)
    await engine.sweep(3 * MINUTE)
    shown = [what for _, _, what in engine.chat.updates if isinstance(what, Page)]
    assert {page.acknowledged_by for page in shown} == {DANA}
    assert {page.learners for page in shown} == {(DANA,), (SAM,)}


async def test_an_escalation_that_failed_is_made_up_for(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.rosters.teams["payments"] = crew()
    await live(engine)

    async def broken(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(engine.parts.store, "append", broken)
        await engine.sweep(3 * MINUTE)
    await engine.sweep(3 * MINUTE)
    assert (SAM, 1) in paged(engine)


async def test_a_secondary_who_rides_elsewhere_is_passed_over(engine: Engine) -> None:
    engine.rosters.teams["payments"] = crew()
    await live(engine)
    await engine.rides.start(TEAM, SAM, "alter-table-locks", (), ORIGIN)
    await engine.sweep(3 * MINUTE)
    assert (INES, 1) in paged(engine)


async def test_after_a_restart_the_first_page_still_shows_who_acknowledged(engine: Engine) -> None:
    engine.rosters.teams["payments"] = crew()
    ride = await live(engine)
    await engine.chat.until(lambda: "RoleBoard" in engine.chat.kinds())
    page = next(what for where, _, what in engine.chat.said if isinstance(what, Page) and where == "C1")
    await engine.rides.close()
    again = engine.restarted()
    await again.begin()
    await engine.chat.until(lambda: any(isinstance(what, RoleBoard) for _, _, what in engine.chat.updates))
    await again.acknowledge(TEAM, DANA, ride)
    await (await again.fleet.by_id(TEAM, ride)).all_shown()
    shown = [what for where, _, what in engine.chat.updates if isinstance(what, Page) and where == "C1"]
    assert shown == [replace(page, acknowledged_by=DANA)]
    await again.close()


async def test_one_who_joined_is_not_paged_after_a_restart(engine: Engine) -> None:
    ride = (await engine.start_live()).ride
    engine.chat.channel_members = (DANA, SAM)
    await engine.rides.acknowledge(TEAM, SAM, ride)
    await engine.chat.until(lambda: "RoleBoard" in engine.chat.kinds())
    await engine.rides.close()
    again = engine.restarted()
    seen = len(engine.chat.updates)
    await again.begin()
    await engine.chat.until(
        lambda: any(isinstance(what, RoleBoard) for _, _, what in engine.chat.updates[seen:])
    )
    assert paged(engine) == [(DANA, 1)]
    await again.close()


async def test_escalation_goes_on_after_a_restart(engine: Engine) -> None:
    engine.rosters.teams["payments"] = crew()
    ride = await live(engine)
    await engine.sweep(3 * MINUTE)
    await engine.rides.close()
    again = engine.restarted()
    await again.begin()
    engine.clock.move(3 * MINUTE)
    await again.sweep()
    events = [event for _, event in await engine.store.journal(ride)]
    assert [event.to for event in events if isinstance(event, Escalated)] == ["secondary", "team"]
    first = [event.person for event in events if isinstance(event, Paged) and event.number == 1]
    assert first == [DANA, SAM, INES]
    await again.close()


async def test_without_a_secondary_the_whole_team_is_next(engine: Engine) -> None:
    engine.rosters.teams["payments"] = crew(DANA, None, SAM, INES)
    await live(engine)
    await engine.sweep(timedelta(minutes=3))
    assert [whom for whom, number in paged(engine) if number == 1] == [DANA, SAM, INES]
    await engine.sweep(timedelta(minutes=3))
    assert [whom for whom, number in paged(engine) if number == 1] == [DANA, SAM, INES]


async def test_who_is_busy_or_cannot_ride_is_passed_over(engine: Engine) -> None:
    await engine.rides.start(TEAM, DANA, "alter-table-locks", (), ORIGIN)
    engine.rosters.teams["payments"] = crew(DANA, "BOT1", SAM, INES)
    started = await start(engine, SAM)
    assert started.learners == (SAM,)
    assert started.left_out == (LeftOut(person=DANA, busy=True), LeftOut(person="BOT1", busy=False))
    assert started.team == "payments"


async def test_a_team_of_nobody_who_can_ride(engine: Engine) -> None:
    engine.rights.facilitators.add(LEE)
    engine.rosters.teams["payments"] = crew("BOT1", "BOT2", "BOT3")
    with pytest.raises(EmptyTeamError):
        await start(engine, LEE)
    await engine.rides.start(TEAM, DANA, "alter-table-locks", (), ORIGIN)
    engine.rosters.teams["payments"] = crew("BOT1", DANA, "BOT3")
    with pytest.raises(LearnerBusyError):
        await start(engine, LEE)


async def test_who_may_start_for_whom(engine: Engine) -> None:
    engine.rosters.teams["payments"] = crew()
    with pytest.raises(FacilitatorsOnlyError):
        await start(engine, LEE)
    with pytest.raises(FacilitatorsOnlyError):
        await engine.start(LEE, DANA)
    with pytest.raises(FacilitatorsOnlyError, match="others"):
        await start(engine, DANA, LEE)
    with pytest.raises(UnknownTeamError):
        await engine.rides.start(TEAM, LEE, "alter-table-locks", (), ORIGIN, team="nobody")
    engine.rights.facilitators.add(LEE)
    assert (await start(engine, LEE)).learners == (DANA,)
    assert (await engine.start(SAM, SAM, INES)).learners == (SAM, INES)


async def test_one_of_a_team_may_start_for_a_mate(engine: Engine) -> None:
    engine.rosters.teams["payments"] = crew()
    assert (await start(engine, INES, SAM)).learners == (SAM,)


async def test_those_named_who_cannot_ride_are_left_out(engine: Engine) -> None:
    started = await engine.start(DANA, DANA, "BOT1")
    assert (started.learners, started.left_out) == ((DANA,), (LeftOut(person="BOT1", busy=False),))
    engine.rights.facilitators.add(LEE)
    started = await engine.start(LEE, DANA, SAM)
    assert (started.learners, started.left_out) == ((SAM,), (LeftOut(person=DANA, busy=True),))
    with pytest.raises(CannotRideError) as caught:
        await engine.start(LEE, "BOT1", "BOT2")
    assert caught.value.people == ("BOT1", "BOT2")


async def test_the_starter_is_told_who_could_not_be_invited(engine: Engine) -> None:
    engine.chat.refuses = {"invite": "user_is_restricted"}
    engine.rosters.teams["payments"] = crew()
    await live(engine)
    told = [what for where, _, what in engine.chat.said if where == DANA and isinstance(what, NotInvited)]
    assert [one.people for one in told] == [
        ((DANA, "user_is_restricted"), (SAM, "user_is_restricted"), (INES, "user_is_restricted"))
    ]


async def test_facilitators_may_stop_any_ride(engine: Engine) -> None:
    await engine.start_live()
    engine.rights.facilitators.add(LEE)
    assert await engine.rides.stop(TEAM, LEE, "C1")


async def test_in_a_game_day_all_ride_and_who_is_on_call_is_paged_first(engine: Engine) -> None:
    roster = OnCall(team="t1", name="payments", primary=SAM, secondary=INES, members=(SAM, INES, DANA))
    await engine.rides.start_for(
        StartRequest(
            workspace=TEAM,
            by="FAY",
            scenario="alter-table-locks",
            learners=(DANA, INES, SAM),
            roster=roster,
            origin=ORIGIN,
            game_day="day1",
        )
    )
    await engine.chat.until(lambda: "Page" in engine.chat.kinds(SAM))
    assert set(engine.sandbox.people) == {DANA, INES, SAM}
    assert (engine.chat.kinds(INES), engine.chat.kinds(DANA)) == ([], [])
    await engine.sweep(timedelta(minutes=3))
    await engine.chat.until(lambda: "Page" in engine.chat.kinds(INES))
    assert engine.chat.kinds(DANA) == []
    await engine.sweep(timedelta(minutes=3))
    await engine.chat.until(lambda: "Page" in engine.chat.kinds(DANA))
