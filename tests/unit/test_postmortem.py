"""What the postmortem says of a ride."""

import pytest

from scenarios.journal.events import Outcome
from scenarios.judging.scorecard import Dimension
from scenarios.judging.scoring import score
from scenarios.loading.catalogue import Catalogue
from scenarios.model.scenario import Scenario
from scenarios.telling.postmortem import Postmortem, write_postmortem
from tests.unit.ride_journal import KILL, LOOK, MIGRATION, TIE, WRITERS, RideJournal, reference


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return Catalogue().load("alter-table-locks")


def write(scenario: Scenario, ride: RideJournal) -> Postmortem:
    return write_postmortem(scenario, ride.events, score(scenario, ride.events))


def test_the_story_of_the_reference(scenario: Scenario) -> None:
    story = write(scenario, reference()).story
    assert [(moment.at, moment.person, moment.statement) for moment in story if moment.statement] == [
        ("0:02", "Dana", LOOK),
        ("0:03", "Dana", TIE),
        ("0:04", "Dana", KILL),
    ]
    texts = [moment.text for moment in story]
    assert texts[0].startswith("Writes have stopped: 4 sessions")
    sent = texts.index("Terminate sent to the migration:")
    assert texts[sent + 1].startswith("The session of the migration (pid 100) ended")
    assert texts[-1].startswith("*Resolved.*")


def test_the_parts_of_the_score(scenario: Scenario) -> None:
    postmortem = write(scenario, reference())
    assert [(part.dimension, part.points, part.of) for part in postmortem.dimensions] == [
        (Dimension.DETECT, 40, 40),
        (Dimension.FIX, 40, 40),
        (Dimension.TRAP, 20, 20),
    ]
    assert postmortem.headline == "Production writes again: fixed after 4 s, 100 of 100 points."
    assert postmortem.root_cause == scenario.postmortem.root_cause
    assert postmortem.notes == ()


def test_times_are_ride_time(scenario: Scenario) -> None:
    ride = RideJournal(speed=60).wait(2).symptom("support", "*What* can I `tell` them?").hint(1)
    story = write(scenario, ride.over(Outcome.EXPIRED)).story
    said = ("2:00", "_Robin (support):_", "*What* can I `tell` them?")
    assert said in [(m.at, m.text, m.speech) for m in story]
    assert ("2:00", "Hint 1: _Where to look_.", "Dana") in [(m.at, m.text, m.person) for m in story]


def test_notes_are_about_what_was_tried(scenario: Scenario) -> None:
    ride = RideJournal().ran("SELECT pg_cancel_backend(100)").signal(MIGRATION, op="cancel").kills()
    (note,) = write(scenario, ride).notes
    assert "pg_cancel_backend" in note
    ride = RideJournal().kills(WRITERS[0]).ran("CREATE INDEX ON orders (id)").failed("55P03")
    assert len(write(scenario, ride).notes) == 2


def test_traps_are_told_with_the_whole_statement(scenario: Scenario) -> None:
    typed = "TRUNCATE orders;\n" + "-- and more\n" * 50
    (moment,) = [one for one in write(scenario, RideJournal().ran(typed)).story if one.statement]
    assert (moment.text, moment.statement) == ("Trap:", typed)


def test_a_blanket_is_one_moment(scenario: Scenario) -> None:
    ride = RideJournal().ran(KILL).signal(*WRITERS, MIGRATION).ended(*WRITERS, MIGRATION)
    told = [moment.text for moment in write(scenario, ride).story if moment.statement]
    assert told == ["Terminate sent to an app_writer (4 times), the migration:"]


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_has_a_headline(scenario: Scenario, outcome: Outcome) -> None:
    assert write(scenario, RideJournal().over(outcome)).headline.endswith(".")


def test_who_stopped_a_ride_is_named(scenario: Scenario) -> None:
    last = write(scenario, RideJournal().over(Outcome.STOPPED, by="U2")).story[-1]
    assert (last.person, last.text) == ("Sam", "Stopped the ride.")


def test_a_very_long_ride_is_told_whole(scenario: Scenario) -> None:
    ride = RideJournal()
    for _ in range(300):
        ride.kills(WRITERS[0])
    story = write(scenario, ride.over(Outcome.EXPIRED)).story
    assert len(story) > 300
    assert story[-1].text.startswith("*Expired.*")
