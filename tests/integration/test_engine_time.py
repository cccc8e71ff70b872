"""A facilitator's hand in a ride, and the start line: the engine on fakes, with the real store."""

import asyncio
from datetime import timedelta

import pytest

from bot.rides.announcements import (
    ClockStarted,
    ClockStopped,
    HintGiven,
    IncidentCard,
    MoreTime,
    Page,
    ResultLine,
    Symptom,
)
from bot.rides.errors import (
    HintJustGivenError,
    NoMoreHintsError,
    PausedError,
    RideOverError,
    SymptomGoneError,
)
from bot.rides.facilitation import Facilitation
from bot.rides.start_line import StartLine
from bot.rides.views import StartRequest
from sandbox.provider import CheckResult
from scenarios.journal.events import (
    Acknowledged,
    Event,
    FacilitatorSpoke,
    HintTaken,
    IncidentLive,
    Outcome,
    RidePaused,
    RideResumed,
    SymptomShown,
)
from tests.integration.engine_fakes import WRITER
from tests.integration.test_engine import DANA, ORIGIN, TEAM, Engine, ended, engine, fix, signal, statement

__all__ = ["engine"]  # the fixture

LEE = "LEE"
MINUTE = timedelta(minutes=1)


async def journal(engine: Engine, ride: str) -> list[Event]:
    return [event for _, event in await engine.store.journal(ride)]


def symptoms(engine: Engine) -> list[Symptom]:
    return [what for _, _, what in engine.chat.said if isinstance(what, Symptom)]


async def test_a_pause_stops_clock_and_symptoms_and_shifts_what_is_to_come(engine: Engine) -> None:
    ride = (await engine.start_live()).ride
    hand = Facilitation(engine.rides)
    await engine.sweep(MINUTE)
    assert len(symptoms(engine)) == 1
    await hand.pause(TEAM, ride, LEE)
    await engine.sweep(30 * MINUTE)
    assert len(symptoms(engine)) == 1
    assert engine.chat.kinds(DANA) == ["Page"]
    status = await engine.rides.status(TEAM, "SAM", "C1")
    assert (status.paused, status.elapsed, status.remaining) == (True, MINUTE, 14 * MINUTE)
    await hand.resume(TEAM, ride, LEE)
    assert (await hand.glance(TEAM, ride)).elapsed == MINUTE
    await engine.sweep(timedelta(seconds=59))
    assert len(symptoms(engine)) == 1
    await engine.sweep(timedelta(seconds=1))
    assert [said.elapsed for said in symptoms(engine)] == [MINUTE, 2 * MINUTE]
    await engine.sweep(13 * MINUTE)
    await engine.chat.until(lambda: bool(engine.chat.replies))
    line = engine.chat.replies[0][1]
    assert isinstance(line, ResultLine)
    assert line.outcome is Outcome.EXPIRED
    kinds = engine.chat.kinds()
    assert kinds.count(ClockStopped.__name__) == kinds.count(ClockStarted.__name__) == 1
    cards = [what for _, _, what in engine.chat.updates if isinstance(what, IncidentCard)]
    assert [card.paused_at is not None for card in cards] == [False, True, False, False]


async def test_the_sandbox_outlives_the_pause(engine: Engine) -> None:
    ride = (await engine.start_live()).ride
    hand = Facilitation(engine.rides)
    await hand.pause(TEAM, ride, LEE)
    assert engine.sandbox.leases == [timedelta(hours=2) + 15 * MINUTE + 10 * MINUTE]
    engine.clock.move(30 * MINUTE)
    await hand.extend(TEAM, ride, LEE, 5 * MINUTE)
    assert engine.sandbox.leases[1] == 90 * MINUTE + 20 * MINUTE + 10 * MINUTE
    await hand.resume(TEAM, ride, LEE)
    assert engine.sandbox.leases[2] == 20 * MINUTE + 10 * MINUTE


async def test_a_pause_ends_by_itself(engine: Engine) -> None:
    ride = (await engine.start_live()).ride
    await Facilitation(engine.rides).pause(TEAM, ride, LEE)
    await engine.sweep(timedelta(hours=2))
    events = await journal(engine, ride)
    assert [event.by for event in events if isinstance(event, RideResumed)] == [None]
    assert (await engine.rides.status(TEAM, DANA, "C1")).remaining == 15 * MINUTE


async def test_a_restart_in_a_pause_loses_no_time(engine: Engine) -> None:
    ride = (await engine.start_live()).ride
    await engine.sweep(MINUTE)
    await Facilitation(engine.rides).pause(TEAM, ride, LEE)
    await engine.rides.close()
    engine.clock.move(20 * MINUTE)
    again = engine.restarted()
    await again.begin()
    hand = Facilitation(again)
    await again.sweep()
    glance = await hand.glance(TEAM, ride)
    assert (glance.paused, glance.elapsed, glance.remaining) == (True, MINUTE, 14 * MINUTE)
    assert len(symptoms(engine)) == 1
    await hand.resume(TEAM, ride, LEE)
    engine.clock.move(MINUTE)
    await again.sweep()
    assert len(symptoms(engine)) == 2
    await again.close()


async def test_a_ride_fixed_in_a_pause_is_resolved(engine: Engine) -> None:
    ride = (await engine.start_live()).ride
    await Facilitation(engine.rides).pause(TEAM, ride, LEE)
    engine.sandbox.waiting = engine.sandbox.blockers = ()
    engine.sandbox.feed(*fix())
    await engine.chat.until(lambda: bool(engine.chat.replies))
    await engine.rides.wait_idle()
    record = await engine.store.get(ride)
    assert record is not None
    assert (record.state, record.paused_at) == ("resolved", None)


async def test_what_is_done_in_a_pause_is_reacted_to_after_it(engine: Engine) -> None:
    ride = (await engine.start_live()).ride
    hand = Facilitation(engine.rides)
    await hand.pause(TEAM, ride, LEE)
    engine.sandbox.feed(statement("SELECT pg_terminate_backend(201)"), signal(WRITER), ended(WRITER))
    await engine.chat.until(lambda: any(isinstance(what, Page) for _, _, what in engine.chat.updates))
    assert symptoms(engine) == []
    await hand.resume(TEAM, ride, LEE)
    engine.sandbox.wake.set()
    await engine.chat.until(lambda: "Symptom" in engine.chat.kinds())
    told = [event.step for event in await journal(engine, ride) if isinstance(event, SymptomShown)]
    assert told == ["killed_a_writer"]


async def test_pause_and_resume_only_once(engine: Engine) -> None:
    ride = (await engine.start_live()).ride
    hand = Facilitation(engine.rides)
    with pytest.raises(PausedError):
        await hand.resume(TEAM, ride, LEE)
    done = await asyncio.gather(*(hand.pause(TEAM, ride, LEE) for _ in range(2)), return_exceptions=True)
    assert [type(one) for one in done] == [type(None), PausedError]
    assert sum(isinstance(event, RidePaused) for event in await journal(engine, ride)) == 1


async def test_more_time_moves_the_deadline(engine: Engine) -> None:
    ride = (await engine.start_live()).ride
    hand = Facilitation(engine.rides)
    await hand.extend(TEAM, ride, LEE, 5 * MINUTE)
    await hand.extend(TEAM, ride, LEE, MINUTE)
    assert engine.sandbox.leases == [30 * MINUTE, 31 * MINUTE]
    await engine.sweep(20 * MINUTE)
    assert (await hand.glance(TEAM, ride)).remaining == MINUTE
    await engine.sweep(MINUTE)
    await engine.chat.until(lambda: bool(engine.chat.replies))
    assert engine.chat.kinds().count(MoreTime.__name__) == 2
    postmortem = next(what for _, _, what in engine.chat.said if type(what).__name__ == "PostmortemPosted")
    assert "21 min" in postmortem.postmortem.headline  # type: ignore[union-attr]


async def test_a_deadline_that_fell_due_while_more_time_was_given_is_none(engine: Engine) -> None:
    ride = (await engine.start_live()).ride
    hand = Facilitation(engine.rides)
    engine.clock.move(15 * MINUTE)
    due = [step for step in await engine.store.due_steps(engine.clock.now()) if step.kind == "deadline"]
    await hand.extend(TEAM, ride, LEE, 5 * MINUTE)
    assert [step.step for step in due] == ["deadline"]
    await engine.rides.fleet.timeline.do(due[0])
    assert (await hand.glance(TEAM, ride)).remaining == 5 * MINUTE


async def test_a_symptom_by_hand_comes_once(engine: Engine) -> None:
    ride = (await engine.start_live()).ride
    hand = Facilitation(engine.rides)
    unsent = (await hand.glance(TEAM, ride)).unsent
    assert [one.id for one in unsent][:2] == ["queue_grows", "support"]
    assert "{" not in unsent[0].text
    await hand.send_symptom(TEAM, ride, LEE, "support")
    with pytest.raises(SymptomGoneError):
        await hand.send_symptom(TEAM, ride, LEE, "support")
    with pytest.raises(SymptomGoneError):
        await hand.send_symptom(TEAM, ride, LEE, "nonsense")
    await engine.sweep(3 * MINUTE)
    events = await journal(engine, ride)
    shown = [(event.step, event.by) for event in events if isinstance(event, SymptomShown)]
    assert shown == [("support", LEE), ("queue_grows", None)]
    assert "support" not in [one.id for one in (await hand.glance(TEAM, ride)).unsent]


async def test_a_revealed_hint_is_no_sign_of_life(engine: Engine) -> None:
    ride = (await engine.start_live()).ride
    hand = Facilitation(engine.rides)
    await hand.reveal_hint(TEAM, ride, LEE)
    await engine.chat.until(lambda: "HintGiven" in engine.chat.kinds())
    engine.sandbox.wake.set()
    await engine.sweep(2 * MINUTE)
    events = await journal(engine, ride)
    assert not any(isinstance(event, Acknowledged) for event in events)
    assert [event.revealed for event in events if isinstance(event, HintTaken)] == [True]
    given = next(what for _, _, what in engine.chat.said if isinstance(what, HintGiven))
    assert (given.number, given.person, given.revealed) == (1, LEE, True)
    for _ in range(2):
        await engine.rides.hint(TEAM, DANA, "C1")
    with pytest.raises(NoMoreHintsError):
        await hand.reveal_hint(TEAM, ride, LEE)


async def test_speaking_as_somebody_of_the_story(engine: Engine) -> None:
    ride = (await engine.start_live()).ride
    hand = Facilitation(engine.rides)
    await hand.speak(TEAM, ride, LEE, "Kim (head of commerce)", "*When* <!channel>?")
    await engine.chat.until(lambda: "Symptom" in engine.chat.kinds())
    (said,) = symptoms(engine)
    assert (said.speaker, said.emoji, said.typed) == ("Kim (head of commerce)", ":briefcase:", True)
    spoken = [event for event in await journal(engine, ride) if isinstance(event, FacilitatorSpoke)]
    assert [(event.by, event.text) for event in spoken] == [(LEE, "*When* <!channel>?")]


async def test_two_who_reveal_a_hint_at_once_reveal_one(engine: Engine) -> None:
    ride = (await engine.start_live()).ride
    hand = Facilitation(engine.rides)
    twice = (hand.reveal_hint(TEAM, ride, LEE), hand.reveal_hint(TEAM, ride, DANA))
    done = await asyncio.gather(*twice, return_exceptions=True)
    assert {type(one) for one in done} == {type(None), HintJustGivenError}
    engine.clock.move(timedelta(seconds=3))
    await hand.reveal_hint(TEAM, ride, LEE)
    assert [event.number for event in await journal(engine, ride) if isinstance(event, HintTaken)] == [1, 2]


async def test_two_who_speak_at_once_are_both_heard(engine: Engine) -> None:
    ride = (await engine.start_live()).ride
    hand = Facilitation(engine.rides)
    await asyncio.gather(
        hand.speak(TEAM, ride, LEE, "Kim", "When?"), hand.speak(TEAM, ride, DANA, "Robin", "Why?")
    )
    await engine.chat.until(lambda: engine.chat.kinds().count("Symptom") == 2)
    assert {said.speaker for said in symptoms(engine)} == {"Kim", "Robin"}


async def test_an_end_by_hand_and_a_glance_at_it(engine: Engine) -> None:
    ride = (await engine.start_live()).ride
    seen: list[str] = []
    engine.rides.watch(seen.append)
    hand = Facilitation(engine.rides)
    engine.clock.move(MINUTE)
    await hand.end(TEAM, ride, LEE)
    await engine.rides.wait_idle()
    glance = await hand.glance(TEAM, ride)
    assert (glance.state, glance.elapsed, glance.remaining, glance.total) == ("stopped", MINUTE, None, None)
    assert glance.unsent == ()
    assert set(seen) == {ride}
    with pytest.raises(RideOverError):
        await hand.pause(TEAM, ride, LEE)
    with pytest.raises(RideOverError):
        await hand.glance("T2", ride)


# --- the start line


async def test_rides_wait_at_the_line_and_a_failed_one_does_not_hold_them_up(engine: Engine) -> None:
    line = StartLine(engine.clock)

    def request(person: str) -> StartRequest:
        return StartRequest(
            workspace=TEAM,
            by=LEE,
            scenario="alter-table-locks",
            learners=(person,),
            origin=ORIGIN,
            game_day="g1",
            line=line,
        )

    first = await engine.rides.start_for(request(DANA))
    await engine.chat.until(lambda: "IncidentCard" in engine.chat.kinds())
    await engine.chat.until(lambda: engine.chat.invited == [(DANA, LEE)])
    engine.provider.fails = "no free port"
    second = await engine.rides.start_for(request("SAM"))
    await engine.chat.until(lambda: "StartFailed" in engine.chat.kinds())
    assert engine.chat.invited == [(DANA, LEE), ("SAM", LEE)]
    assert engine.chat.kinds(DANA) == []
    engine.clock.move(MINUTE)
    await line.open(engine.clock.now(), timedelta(seconds=20))
    await engine.chat.until(lambda: "Page" in engine.chat.kinds(DANA))
    assert len(engine.chat.invited) == 2, "once each"
    live = next(event for event in await journal(engine, first.ride) if isinstance(event, IncidentLive))
    assert live.at == engine.clock.now()
    for started in (first, second):
        record = await engine.store.get(started.ride)
        assert record is not None
        assert record.game_day == "g1"
    assert not any(isinstance(what, Page) for where, _, what in engine.chat.said if where == "SAM")


async def test_a_ride_that_never_gets_ready_is_not_waited_for_longer_than_patience(engine: Engine) -> None:
    line = StartLine(engine.clock)
    line.expect("r1")
    line.expect("r2")
    waiting = asyncio.create_task(line.ready("r1"))
    async with asyncio.timeout(5):
        await line.open(engine.clock.now(), timedelta(milliseconds=20))
        await waiting
        await line.ready("r2")


async def test_only_symptoms_that_can_be_true_are_offered_and_sent(engine: Engine) -> None:
    ride = (await engine.start_live()).ride
    hand = Facilitation(engine.rides)
    scenario = engine.parts.scenarios.load("alter-table-locks")
    assert [one.id for one in (await hand.glance(TEAM, ride)).unsent] == [s.id for s in scenario.timeline]
    # Nobody has done what a reaction tells of.
    with pytest.raises(SymptomGoneError):
        await hand.send_symptom(TEAM, ride, LEE, scenario.reactions[0].id)
    engine.sandbox.workload = CheckResult(passed=False, detail="lock timeout")
    engine.sandbox.feed(*fix())
    await engine.chat.until(lambda: "Recovering" in engine.chat.kinds())
    assert (await hand.glance(TEAM, ride)).unsent == ()
    with pytest.raises(SymptomGoneError):
        await hand.send_symptom(TEAM, ride, LEE, scenario.timeline[-1].id)
