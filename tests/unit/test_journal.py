"""The journal's events as lines of JSON: what was written is read again, whatever it says."""

import json
import typing

import pytest

from scenarios.journal.events import (
    Event,
    SessionEnded,
    SignalSent,
    StatementFailed,
    StatementLogged,
)
from scenarios.journal.stored import dump_event, dump_scenario, load_event, stored_scenario
from scenarios.loading.catalogue import Catalogue
from tests.unit.ride_journal import MIGRATION, OWN, START, WRITERS, RideJournal, reference

KINDS = typing.get_args(typing.get_args(Event)[0])


@pytest.mark.parametrize(
    "event",
    [
        *reference().events,
        *RideJournal().acknowledged().hint(1).meta(r"\!").blocked_by(OWN).failed("42601").events,
        SessionEnded(at=START, backend=WRITERS[0], sqlstate=None),
        SignalSent(
            at=START, op="cancel", person="U1", session="s", pid=1, target=MIGRATION, target_state=None
        ),
        StatementFailed(
            at=START, person="U1", session="s", pid=1, database="", sqlstate="42601", message="", text=None
        ),
    ],
    ids=lambda event: str(event.kind),
)
def test_an_event_survives_storage(event: Event) -> None:
    assert load_event(dump_event(event)) == event


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.__name__))
def test_what_may_be_none_may_be_left_out(kind: type[StatementLogged]) -> None:
    """`dump_event` leaves None out; a field without a default could not be read again."""
    for name, field in kind.model_fields.items():
        if type(None) in typing.get_args(field.annotation):
            assert not field.is_required(), name


def test_what_a_newer_ride_wrote_beside_is_left_out() -> None:
    event, scenario = reference().events[0], Catalogue().load("alter-table-locks")
    line = json.loads(dump_event(event)) | {"of_a_newer_ride": {"depth": 1}}
    assert load_event(json.dumps(line)) == event
    document = json.loads(dump_scenario(scenario)) | {"faults": []}
    document["actors"][0]["grows_to"] = 16
    assert stored_scenario(json.dumps(document)) == scenario
