"""Riding together: joining by acting, roles, status updates. The engine on fakes, with the real store."""

import asyncio
from datetime import timedelta

import pytest

from bot.rides.announcements import PostmortemPosted, ResultLine, RoleBoard, StatusPosted, StatusText, Symptom
from bot.rides.errors import FacilitatesError, LearnerBusyError, NotALearnerError, RideOverError
from bot.rides.facilitation import Facilitation
from bot.rides.ports import OnCall
from bot.rides.readers import FRESH
from bot.rides.views import StartRequest
from scenarios.journal.events import (
    Acknowledged,
    Event,
    PersonJoined,
    RoleLeft,
    RoleTaken,
    StatementLogged,
    StatusUpdated,
)
from tests.integration.engine_fakes import STARTED
from tests.integration.test_engine import DANA, ORIGIN, TEAM, Engine, engine, fix

__all__ = ["engine"]  # the fixture

SAM, INES, LEE = "SAM", "INES", "LEE"
MINUTE = timedelta(minutes=1)


async def journal(engine: Engine, ride: str) -> list[Event]:
    return [event for _, event in await engine.store.journal(ride)]


async def learners(engine: Engine, ride: str) -> tuple[str, ...]:
    record = await engine.store.get(ride)
    assert record is not None
    return record.learners


def boards(engine: Engine) -> list[RoleBoard]:
    posted = [what for _, _, what in engine.chat.said if isinstance(what, RoleBoard)]
    return posted + [what for _, _, what in engine.chat.updates if isinstance(what, RoleBoard)]


async def test_whoever_is_in_the_channel_joins_by_sql(engine: Engine) -> None:
    ride = (await engine.start_live()).ride
    engine.chat.channel_members = (DANA, SAM)
    await engine.rides.sql(TEAM, SAM, "C1", "SELECT 1")
    await engine.rides.sql(TEAM, SAM, "C1", "SELECT 2")
    assert await learners(engine, ride) == (DANA, SAM)
    joined = [event.person for event in await journal(engine, ride) if isinstance(event, PersonJoined)]
    assert joined == engine.sandbox.people == [DANA, SAM]
    with pytest.raises(NotALearnerError):
        await engine.rides.sql(TEAM, INES, "C1", "SELECT 1")
    with pytest.raises(LearnerBusyError):
        await engine.rides.start(TEAM, SAM, "alter-table-locks", (), ORIGIN)
    assert len(boards(engine)) == 1


async def test_two_updates_at_once_are_both_told(engine: Engine) -> None:
    ride = (await engine.start(DANA, DANA, SAM)).ride
    await engine.chat.until(lambda: "RoleBoard" in engine.chat.kinds())
    await engine.rides.acknowledge(TEAM, DANA, ride)
    await asyncio.gather(
        *(
            engine.rides.update_status(TEAM, person, ride, None, StatusText(known=f"{person} looks"))
            for person in (DANA, SAM)
        )
    )
    await engine.chat.until(lambda: engine.chat.kinds().count("StatusPosted") == 2)
    told = {(key, what.person) for _, key, what in engine.chat.said if isinstance(what, StatusPosted)}
    assert {key for key, _ in told} == {f"{ride}:update-1", f"{ride}:update-2"}


async def test_who_joins_late_is_looked_for_where_the_postmortem_stands(engine: Engine) -> None:
    told = (await engine.start_live()).ride
    await engine.rides.stop(TEAM, DANA, "C1")
    await engine.rides.wait_idle()
    await engine.start(INES)
    await engine.chat.until(lambda: "Page" in engine.chat.kinds(INES))
    engine.clock.move(FRESH)
    engine.chat.channel_members = (DANA, SAM)
    await engine.rides.sql(TEAM, INES, "C1", "SELECT 1")
    assert SAM not in engine.seen.by_ride[told]
    await engine.rides.sql(TEAM, SAM, "C1", "SELECT 1")
    assert SAM in engine.seen.by_ride[told]


async def test_one_who_rides_elsewhere_cannot_join(engine: Engine) -> None:
    ride = (await engine.start_live()).ride
    await engine.rides.start(TEAM, INES, "alter-table-locks", (), ORIGIN)
    engine.chat.channel_members = (DANA, INES)
    with pytest.raises(LearnerBusyError):
        await engine.rides.take_role(TEAM, INES, ride, "scribe")
    with pytest.raises(LearnerBusyError):
        await engine.rides.status_question(TEAM, INES, ride=ride, channel=None, step=None)
    assert await learners(engine, ride) == (DANA,)


async def test_one_who_facilitates_the_game_day_cannot_join_while_it_is_on(engine: Engine) -> None:
    engine.facilitating.on["day1"] = (LEE,)
    request = StartRequest(
        workspace=TEAM,
        by=LEE,
        scenario="alter-table-locks",
        learners=(DANA,),
        origin=ORIGIN,
        game_day="day1",
    )
    ride = (await engine.rides.start_for(request)).ride
    await engine.chat.until(lambda: "Page" in engine.chat.kinds(DANA))
    engine.chat.channel_members = (DANA, SAM, LEE)
    refused = (
        engine.rides.sql(TEAM, LEE, "C1", "SELECT 1"),
        engine.rides.connect(TEAM, LEE, "C1"),
        engine.rides.hint(TEAM, LEE, "C1"),
        engine.rides.acknowledge(TEAM, LEE, ride),
        engine.rides.take_role(TEAM, LEE, ride, "scribe"),
        engine.rides.status_question(TEAM, LEE, ride=ride, channel=None, step=None),
    )
    for asked in refused:
        with pytest.raises(FacilitatesError):
            await asked
    await engine.rides.sql(TEAM, SAM, "C1", "SELECT 1")
    assert await learners(engine, ride) == (DANA, SAM)
    engine.facilitating.on.clear()
    await engine.rides.sql(TEAM, LEE, "C1", "SELECT 1")
    assert await learners(engine, ride) == (DANA, SAM, LEE)


async def test_the_one_who_started_it_for_others_may_join(engine: Engine) -> None:
    engine.rights.facilitators.add(LEE)
    ride = (await engine.start(LEE, DANA)).ride
    await engine.chat.until(lambda: "Page" in engine.chat.kinds(DANA))
    engine.chat.channel_members = (DANA, LEE)
    await engine.rides.hint(TEAM, LEE, "C1")
    assert await learners(engine, ride) == (DANA, LEE)


async def test_one_who_is_paged_acknowledges_and_rides(engine: Engine) -> None:
    engine.rosters.teams["payments"] = OnCall(
        team="t1", name="payments", primary=DANA, secondary=SAM, members=(DANA, SAM, INES)
    )
    ride = (await engine.rides.start(TEAM, DANA, "alter-table-locks", (), ORIGIN, team="payments")).ride
    await engine.chat.until(lambda: "RoleBoard" in engine.chat.kinds())
    with pytest.raises(NotALearnerError):
        await engine.rides.acknowledge(TEAM, SAM, ride)  # not paged yet, nor in the channel
    await engine.sweep(3 * MINUTE)
    await engine.rides.acknowledge(TEAM, SAM, ride)
    acknowledged = [event for event in await journal(engine, ride) if isinstance(event, Acknowledged)]
    assert [(event.person, event.by) for event in acknowledged] == [(SAM, "button")]
    assert await learners(engine, ride) == (DANA, SAM)


async def test_roles_are_taken_moved_and_given_back(engine: Engine) -> None:
    ride = (await engine.start(DANA, DANA, SAM)).ride
    await engine.chat.until(lambda: "RoleBoard" in engine.chat.kinds())
    rides = engine.rides
    await rides.take_role(TEAM, DANA, ride, "commander")
    await rides.take_role(TEAM, SAM, ride, "commander")
    await rides.take_role(TEAM, DANA, ride, "investigator")
    await rides.take_role(TEAM, SAM, ride, "investigator")
    await rides.take_role(TEAM, SAM, ride, "investigator")  # a double click
    await engine.sweep(timedelta(seconds=2))
    await rides.take_role(TEAM, DANA, ride, "investigator")
    await (await rides.fleet.by_id(TEAM, ride)).all_shown()
    assert dict(boards(engine)[-1].holders) == {
        "commander": (SAM,),
        "investigator": (SAM,),
        "scribe": (),
        "communications": (),
    }
    assert engine.chat.kinds().count("RoleBoard") == 1
    events = await journal(engine, ride)
    assert sum(isinstance(event, RoleTaken) for event in events) == 4
    assert [(event.person, event.role) for event in events if isinstance(event, RoleLeft)] == [
        (DANA, "investigator")
    ]
    assert [event.by for event in events if isinstance(event, Acknowledged)] == ["activity"]


async def test_the_board_is_found_again_after_a_restart(engine: Engine) -> None:
    ride = (await engine.start(DANA, DANA, SAM)).ride
    await engine.chat.until(lambda: "RoleBoard" in engine.chat.kinds())
    await engine.rides.close()
    again = engine.restarted()
    await again.begin()
    await again.take_role(TEAM, SAM, ride, "scribe")
    assert engine.chat.kinds().count("RoleBoard") == 1
    assert dict(boards(engine)[-1].holders)["scribe"] == (SAM,)
    await again.close()


async def test_who_rides_alone_sees_no_roles(engine: Engine) -> None:
    await engine.start_live()
    await engine.sweep(MINUTE)
    assert "RoleBoard" not in engine.chat.kinds()


async def test_a_status_update_answers_the_one_who_asked(engine: Engine) -> None:
    ride = (await engine.start_live()).ride
    await engine.sweep(9 * MINUTE)
    asked = [what for _, _, what in engine.chat.said if isinstance(what, Symptom) and what.asks]
    assert [one.speaker for one in asked] == ["Kim (head of commerce)"]
    question = await engine.rides.status_question(TEAM, DANA, ride=None, channel="C1", step=None)
    assert (question.step, question.speaker) == ("manager", "Kim (head of commerce)")
    engine.clock.move(timedelta(seconds=80))
    update = StatusText(known="The migration blocks orders.", eta_minutes=10)
    await engine.rides.update_status(TEAM, DANA, ride, "manager", update)
    await engine.chat.until(lambda: "StatusPosted" in engine.chat.kinds())
    posted = next(what for _, _, what in engine.chat.said if isinstance(what, StatusPosted))
    assert (posted.asked_by, posted.after) == ("Kim (head of commerce)", timedelta(seconds=80))
    shown = [what for _, _, what in engine.chat.updates if isinstance(what, Symptom)]
    assert [(one.asks.answered_by, one.asks.after) for one in shown if one.asks] == [
        (DANA, timedelta(seconds=80))
    ]
    await engine.rides.update_status(TEAM, DANA, ride, None, StatusText(known="Going on."))
    events = [event for event in await journal(engine, ride) if isinstance(event, StatusUpdated)]
    assert [(event.answers, event.eta_minutes) for event in events] == [("manager", 10), (None, None)]
    engine.sandbox.waiting = engine.sandbox.blockers = ()
    engine.sandbox.feed(*fix())
    await engine.chat.until(lambda: bool(engine.chat.replies))
    told = next(what for _, _, what in engine.chat.said if isinstance(what, PostmortemPosted)).postmortem
    assert [(one.speaker, one.answered_after, one.by) for one in told.updates] == [
        ("Kim (head of commerce)", 80.0, DANA)
    ]
    assert "Answered _Kim (head of commerce)_ with a status update, after 1:20." in [
        moment.text for moment in told.story
    ]


async def test_the_postmortem_says_who_did_what(engine: Engine) -> None:
    ride = (await engine.start_live()).ride
    engine.chat.channel_members = (DANA, SAM)
    await engine.rides.take_role(TEAM, SAM, ride, "commander")
    looked = StatementLogged(
        at=STARTED,
        person=SAM,
        session="s2",
        pid=901,
        database="app_db",
        application="psql",
        text="SELECT * FROM pg_stat_activity",
    )
    engine.sandbox.waiting = engine.sandbox.blockers = ()
    engine.sandbox.feed(looked, *fix())
    await engine.chat.until(lambda: bool(engine.chat.replies))
    told = next(what for _, _, what in engine.chat.said if isinstance(what, PostmortemPosted))
    people = {one.person: one for one in told.postmortem.people}
    assert (people[SAM].roles, people[SAM].statements, people[SAM].earned) == (("commander",), 1, 10)
    assert (people[DANA].statements, people[DANA].earned) == (1, 35)
    assert told.learners == (DANA, SAM)
    line = engine.chat.replies[0][1]
    assert isinstance(line, ResultLine)
    assert line.learners == (DANA, SAM)


async def test_nothing_of_it_after_the_end(engine: Engine) -> None:
    ride = (await engine.start(DANA, DANA, SAM)).ride
    await engine.chat.until(lambda: "RoleBoard" in engine.chat.kinds())
    await Facilitation(engine.rides).end(TEAM, ride, LEE)
    await engine.rides.wait_idle()
    with pytest.raises(RideOverError):
        await engine.rides.take_role(TEAM, SAM, ride, "scribe")
    with pytest.raises(RideOverError):
        await engine.rides.status_question(TEAM, SAM, ride=ride, channel=None, step=None)
