"""The ride's clock with pauses, and a journal that has some."""

from datetime import timedelta

import pytest

from scenarios.journal.events import Outcome, RidePaused, RideResumed, TimeExtended
from scenarios.journal.ride_time import Pause, RideClock, pauses
from scenarios.judging.scoring import score
from scenarios.loading.catalogue import Catalogue
from scenarios.telling.postmortem import write_postmortem
from tests.unit.ride_journal import START, RideJournal, reference

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("speed", [1.0, 30.0])
def test_the_clock_stands_in_a_pause(speed: float) -> None:
    clock = RideClock(
        live_at=START, speed=speed, pauses=(Pause(since=START + 10 * SECOND, until=START + 40 * SECOND),)
    )
    shown = [clock.elapsed(START + n * SECOND).total_seconds() for n in (0, 10, 25, 40, 50)]
    assert shown == [0, 10 * speed, 10 * speed, 10 * speed, 20 * speed]
    assert clock.at(timedelta(seconds=5 * speed)) == START + 5 * SECOND
    assert clock.at(timedelta(seconds=20 * speed)) == START + 50 * SECOND


def test_a_pause_that_lasts() -> None:
    clock = RideClock(live_at=START, speed=1, pauses=(Pause(since=START + 10 * SECOND),))
    assert clock.elapsed(START + 99 * SECOND) == 10 * SECOND
    assert clock.at(30 * SECOND) == START + 30 * SECOND


def test_the_end_of_a_ride_ends_its_pause() -> None:
    ride = RideJournal()
    ride.add(RidePaused(at=ride.now, by="U9")).wait(60).over(Outcome.STOPPED, by="U9")
    (pause,) = pauses(ride.events)
    assert pause.until == ride.now


def test_a_pause_takes_no_ride_time_and_changes_no_score() -> None:
    scenario = Catalogue().load("alter-table-locks")
    plain = reference()
    paused = RideJournal().acknowledged()
    paused.add(RidePaused(at=paused.now, by="U9")).wait(600)
    paused.add(RideResumed(at=paused.now, by="U9"))
    rest = plain.events[len(RideJournal().acknowledged().events) :]
    paused.events += [event.model_copy(update={"at": event.at + timedelta(seconds=600)}) for event in rest]
    one, other = score(scenario, plain.events), score(scenario, paused.events)
    assert other.times == one.times
    assert [(line.id, line.points) for line in other.lines] == [(line.id, line.points) for line in one.lines]
    story = write_postmortem(scenario, paused.events, other).story
    assert [m.at for m in story if m.text == "Paused the ride, as facilitator."] == ["0:01"]


def test_the_headline_knows_of_more_time() -> None:
    scenario = Catalogue().load("alter-table-locks")
    ride = RideJournal()
    ride.add(TimeExtended(at=ride.now, by="U9", seconds=300)).over(Outcome.EXPIRED)
    assert "after 20 min" in write_postmortem(scenario, ride.events, score(scenario, ride.events)).headline
