"""Into the incident channel: refused invites, tried again and by hand, and a channel that is gone."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.rides.admission import Admission
from bot.rides.announcements import (
    ChannelGone,
    IncidentCard,
    NotInvited,
    Page,
    StartFailed,
    StepsSkipped,
    Symptom,
)
from bot.rides.errors import NoRideError, RideOverError, StrangerError, WhichRideError
from bot.rides.inviting import Invited
from bot.rides.start_line import StartLine
from bot.rides.views import Started, StartRequest
from scenarios.journal.events import ChatStepSkipped, PersonJoined, PersonLetIn
from storage.records import StepRecord
from tests.integration.test_engine import DANA, ORIGIN, TEAM, Engine, engine
from tests.integration.test_engine_team import crew, start

__all__ = ["engine"]  # the fixture

SAM, LEE, INES = "SAM", "LEE", "INES"
SECONDS = timedelta(seconds=1)


def direct_pages(engine: Engine, person: str) -> list[Page]:
    return [what for where, _, what in engine.chat.said if where == person and isinstance(what, Page)]


async def invites(engine: Engine, ride: str) -> list[StepRecord]:
    return [step for step in await engine.store.steps(ride) if step.kind == "invite"]


async def refused(engine: Engine, code: str) -> Started:
    """A live ride whose people could not be invited."""
    engine.chat.refuses["invite"] = code
    started = await engine.start_live()
    await engine.chat.until(lambda: "StepsSkipped" in engine.chat.kinds())
    return started


# --- refused, and tried again


async def test_a_refused_invite_is_tried_again_and_the_page_says_so_until_it_is_done(engine: Engine) -> None:
    started = await refused(engine, "restricted_action")
    (page,) = direct_pages(engine, DANA)
    assert (page.to, page.shut_out) == (DANA, "restricted_action")
    assert all(
        page.to is None for where, _, page in engine.chat.said if where == "C1" and isinstance(page, Page)
    )
    await engine.sweep(15 * SECONDS)
    assert len(engine.chat.invited) == 2
    del engine.chat.refuses["invite"]
    await engine.sweep(45 * SECONDS)
    assert engine.chat.invited == [(DANA,)] * 3
    shown = [what for where, _, what in engine.chat.updates if where == f"D{DANA}" and isinstance(what, Page)]
    assert [page.shut_out for page in shown] == [None]
    await engine.sweep(120 * SECONDS)
    assert len(engine.chat.invited) == 3, "they are in"
    events = [event for _, event in await engine.store.journal(started.ride)]
    assert sum(isinstance(event, ChatStepSkipped) and event.step == f"invite {DANA}" for event in events) == 1
    assert [event.person for event in events if isinstance(event, PersonLetIn)] == [DANA]


@pytest.mark.parametrize("code", ["user_not_found", "user_disabled"])
async def test_somebody_who_is_not_there_is_not_invited_again(engine: Engine, code: str) -> None:
    started = await refused(engine, code)
    assert await invites(engine, started.ride) == []


async def test_another_life_of_the_program_invites_again(engine: Engine) -> None:
    started = await refused(engine, "cant_invite")
    await engine.rides.close()
    del engine.chat.refuses["invite"]
    again = engine.restarted()
    await again.begin()
    engine.clock.move(15 * SECONDS)
    await again.sweep()
    assert engine.chat.invited == [(DANA,)] * 2
    events = [event for _, event in await engine.store.journal(started.ride)]
    assert any(isinstance(event, PersonLetIn) for event in events)
    await again.close(stop_rides=True)


# --- by hand


async def test_a_learner_lets_themselves_in_from_anywhere(engine: Engine) -> None:
    started = await refused(engine, "cant_invite")
    door = Admission(engine.rides)
    done = await door.invite(TEAM, DANA, "CGENERAL", None, ())
    assert done == Invited(ride=started.ride, channel="C1", refused=((DANA, "cant_invite"),))
    del engine.chat.refuses["invite"]
    done = await door.invite(TEAM, DANA, "CGENERAL", None, (DANA, SAM))
    assert (done.now, done.already, done.refused) == ((DANA, SAM), (), ())
    engine.chat.channel_members = (DANA,)
    done = await door.invite(TEAM, DANA, None, started.ride, ())
    assert (done.now, done.already) == ((), (DANA,))


async def test_who_is_paged_or_of_the_team_gets_in_and_strangers_do_not(engine: Engine) -> None:
    engine.rosters.teams["payments"] = crew()
    ride = (await start(engine)).ride
    await engine.chat.until(lambda: "Page" in engine.chat.kinds(DANA))
    door = Admission(engine.rides)
    for person in (DANA, SAM, INES):
        assert (await door.invite(TEAM, person, "CGENERAL", None, ())).now == (person,)
    with pytest.raises(NoRideError):
        await door.invite(TEAM, LEE, "CGENERAL", None, ())
    for channel, named in (("C1", None), (None, ride)):
        with pytest.raises(StrangerError):
            await door.invite(TEAM, LEE, channel, named, ())
    engine.rights.facilitators.add(LEE)
    assert (await door.invite(TEAM, LEE, None, ride, ())).now == (LEE,)
    with pytest.raises(RideOverError):
        await door.invite("T2", LEE, None, ride, ())
    await engine.rides.stop(TEAM, DANA, "C1")
    await engine.rides.wait_idle()
    with pytest.raises(RideOverError):
        await door.invite(TEAM, DANA, None, ride, ())


async def test_who_started_several_rides_says_which(engine: Engine) -> None:
    engine.rights.facilitators.add(LEE)
    first = await engine.start(LEE, DANA)
    second = await engine.start(LEE, SAM)
    await engine.chat.until(lambda: "Page" in engine.chat.kinds(DANA) and "Page" in engine.chat.kinds(SAM))
    with pytest.raises(WhichRideError) as caught:
        await Admission(engine.rides).invite(TEAM, LEE, "CGENERAL", None, ())
    assert {ride for ride, _ in caught.value.rides} == {first.ride, second.ride}


# --- a channel that is gone


async def gone(engine: Engine, code: str = "is_archived") -> Started:
    """A live ride whose channel takes nothing more, and whose next one is C2."""
    started = await engine.start_live()
    await engine.sweep(60 * SECONDS)
    await engine.chat.until(lambda: "Symptom" in engine.chat.kinds())
    engine.chat.refuses["post in C1"] = code
    engine.chat.next_channel = "C2"
    await engine.rides.hint(TEAM, DANA, "C1")
    await engine.rides.hint(TEAM, DANA, "C1")
    await engine.chat.until(lambda: "ChannelGone" in engine.chat.kinds(DANA))
    return started


@pytest.mark.parametrize("code", ["is_archived", "channel_not_found", "not_in_channel"])
async def test_a_ride_goes_on_in_a_new_channel(engine: Engine, code: str) -> None:
    started = await gone(engine, code)
    told = [what for where, _, what in engine.chat.said if where == DANA and isinstance(what, ChannelGone)]
    assert told == [ChannelGone(ride=started.ride, channel="C1", refused=code)], "once"
    before = [what for where, _, what in engine.chat.said if where == "C1" and isinstance(what, Symptom)]
    engine.chat.invited.clear()
    door = Admission(engine.rides)
    done = await door.reopen(TEAM, DANA, started.ride, "C1")
    assert done.channel == "C2"
    assert engine.chat.invited[0] == (DANA,)
    await engine.chat.until(
        lambda: {"IncidentCard", "Page", "HintGiven", "Symptom"} <= set(engine.chat.kinds("C2"))
    )
    there = [what for where, _, what in engine.chat.said if where == "C2"]
    assert [what for what in there if isinstance(what, Symptom)] == before
    assert sum(type(what).__name__ == "HintGiven" for what in there) == 2
    page = next(what for what in there if isinstance(what, Page))
    assert page.channel == "C2"
    assert (await engine.rides.status(TEAM, DANA, "C2")).channel == "C2"
    await engine.rides.sql(TEAM, DANA, "C2", "SELECT 1")
    with pytest.raises(NoRideError) as caught:
        await engine.rides.sql(TEAM, DANA, "C1", "SELECT 1")
    assert caught.value.channel == "C2"
    # The other half of a double click, or another learner's.
    await door.reopen(TEAM, DANA, started.ride, "C1")
    assert engine.chat.kinds("C2").count("IncidentCard") == 1
    await engine.rides.stop(TEAM, DANA, "C2")
    await engine.chat.until(lambda: "PostmortemPosted" in engine.chat.kinds("C2"))
    await engine.rides.wait_idle()
    await engine.sweep(timedelta(hours=24))
    assert engine.chat.archived == ["C2"]


async def test_a_restart_goes_on_in_the_new_channel_and_says_nothing_twice(engine: Engine) -> None:
    started = await gone(engine)
    await Admission(engine.rides).reopen(TEAM, DANA, started.ride, "C1")
    await engine.chat.until(lambda: engine.chat.kinds("C2").count("HintGiven") == 2)
    await engine.rides.close()
    before = list(engine.chat.kinds("C2"))
    again = engine.restarted()
    await again.begin()
    assert (await again.status(TEAM, DANA, "C2")).channel == "C2"
    assert engine.chat.kinds("C2") == before
    await again.close(stop_rides=True)


async def test_an_acknowledged_ride_is_not_paged_again_in_the_new_channel(engine: Engine) -> None:
    started = await engine.start_live()
    await engine.rides.acknowledge(TEAM, DANA, started.ride)
    engine.chat.next_channel = "C2"
    await Admission(engine.rides).reopen(TEAM, DANA, started.ride, "C1")
    assert engine.chat.kinds("C2") == ["IncidentCard"]


async def test_strangers_open_no_channel_and_one_that_cannot_be_invited_to_leads_to_a_new_one(
    engine: Engine,
) -> None:
    started = await engine.start_live()
    door = Admission(engine.rides)
    with pytest.raises(StrangerError):
        await door.reopen(TEAM, SAM, started.ride, "C1")
    engine.chat.refuses["invite"] = "is_archived"
    assert (await door.invite(TEAM, DANA, None, started.ride, ())).channel_is_lost


# --- a game day's ride before its hour


async def test_before_the_hour_nothing_tells_the_incident_and_all_are_there(engine: Engine) -> None:
    engine.facilitating.on["day1"] = (LEE, INES)
    line = StartLine(engine.clock)
    started = await engine.rides.start_for(at_line(line))
    await engine.chat.until(lambda: bool(engine.chat.topics and engine.chat.prepared))
    assert engine.chat.invited == [(DANA, SAM, LEE, INES)], "in one call"
    assert set(engine.chat.prepared) == {DANA, SAM}
    (card,) = [what for _, _, what in engine.chat.said if isinstance(what, IncidentCard)]
    assert card.waits is not None
    assert card.waits.day == "Winter"
    assert engine.chat.topics == [f"Game day Winter · ride {started.ride}"]
    [name] = engine.chat.names
    assert re.fullmatch(rf"inc-\d{{4}}-winter-{started.ride}", name)
    assert (await engine.rides.status(TEAM, DANA, "C1")).waits == card.waits
    await line.open(engine.clock.now(), timedelta(seconds=20))
    await engine.chat.until(lambda: "Page" in engine.chat.kinds(DANA))
    await engine.chat.until(lambda: any(isinstance(what, IncidentCard) for _, _, what in engine.chat.updates))
    shown = [what for _, _, what in engine.chat.updates if isinstance(what, IncidentCard)]
    assert {card.waits for card in shown} == {None}
    assert len(engine.chat.invited) == 1
    assert (await engine.rides.status(TEAM, DANA, "C1")).waits is None


async def test_an_incidents_channel_is_named_after_what_is_seen(engine: Engine) -> None:
    started = await engine.start_live()
    [name] = engine.chat.names
    assert re.fullmatch(rf"inc-\d{{4}}-checkout-orders-not-saved-{started.ride}", name)


async def test_a_refused_invite_is_tried_again_while_the_ride_waits_for_the_hour(engine: Engine) -> None:
    engine.facilitating.on["day1"] = (LEE,)
    engine.chat.refuses["invite"] = "cant_invite"
    started = await engine.rides.start_for(at_line(StartLine(engine.clock)))
    await engine.chat.until(lambda: "StepsSkipped" in engine.chat.kinds())
    assert {step.due_at - engine.clock.now() for step in await invites(engine, started.ride)} == {
        15 * SECONDS,
        60 * SECONDS,
        180 * SECONDS,
    }
    del engine.chat.refuses["invite"]
    await engine.sweep(15 * SECONDS)
    assert len(engine.chat.invited) == 2


async def test_a_game_days_ride_that_does_not_come_about_gives_nothing_away(engine: Engine) -> None:
    engine.facilitating.on["day1"] = (LEE,)
    engine.provider.fails = "no free port"
    await engine.rides.start_for(at_line(StartLine(engine.clock)))
    await engine.rides.wait_idle()
    (failed,) = [
        what for where, _, what in engine.chat.said if where == "C1" and isinstance(what, StartFailed)
    ]
    assert failed.scenario is None
    cards = [what for _, _, what in engine.chat.updates if isinstance(what, IncidentCard)]
    assert all(card.waits is not None for card in cards)


def at_line(line: StartLine) -> StartRequest:
    roster = replace(crew(primary=DANA, secondary=SAM), members=(DANA, SAM))
    return StartRequest(
        workspace=TEAM,
        by=LEE,
        scenario="alter-table-locks",
        learners=(DANA, SAM),
        roster=roster,
        origin=ORIGIN,
        game_day="day1",
        line=line,
    )


# --- what else the chat refuses while a ride opens


async def test_without_a_name_one_rides_under_the_id_until_it_is_known(engine: Engine) -> None:
    started = await engine.start()
    engine.chat.strangers = {DANA}
    await engine.chat.until(lambda: "Page" in engine.chat.kinds(DANA))
    events = [event for _, event in await engine.store.journal(started.ride)]
    assert [event.name for event in events if isinstance(event, PersonJoined)] == [DANA]
    engine.chat.strangers.clear()
    await engine.rides.close()
    again = engine.restarted()
    again.watch(lambda _: engine.chat.changed.set())
    await again.begin()
    (ride,) = again.fleet.of(TEAM)
    await engine.chat.until(lambda: ride.names.get(DANA) == DANA.title())
    await again.close(stop_rides=True)


async def test_a_card_that_is_refused_for_good_is_done_without(engine: Engine) -> None:
    engine.chat.refuses["post in C1"] = "restricted_action"
    started = await engine.start_live()
    assert (await engine.rides.status(TEAM, DANA, None)).state == "live"
    events = [event for _, event in await engine.store.journal(started.ride)]
    assert any(isinstance(event, ChatStepSkipped) and event.step == "message card" for event in events)
    assert "ChannelGone" not in engine.chat.kinds(DANA)


async def test_the_starter_hears_of_refused_invites_once(engine: Engine) -> None:
    await refused(engine, "cant_invite")
    await engine.sweep(200 * SECONDS)
    assert sum(isinstance(what, NotInvited) for _, _, what in engine.chat.said) == 1
    assert sum(isinstance(what, StepsSkipped) for _, _, what in engine.chat.said) == 1
