"""Who did what in a ride: a line for each person, and what became of the status updates asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

from scenarios.journal.events import (
    Event,
    HintTaken,
    IncidentRole,
    PersonJoined,
    RoleTaken,
    StatementLogged,
    StatusUpdated,
    SymptomShown,
)
from scenarios.journal.view import JournalView
from scenarios.judging.scorecard import Scorecard
from scenarios.model.incident_roles import ROLE_NAMES
from scenarios.model.scenario import Scenario


@dataclass(frozen=True, kw_only=True, slots=True)
class Contribution:
    """What one person did."""

    person: str
    name: str
    """As people call them: plain text."""
    roles: tuple[IncidentRole, ...]
    """The roles that they had at any time."""
    statements: int
    earned: int
    """Points of the card's lines that quote an act of theirs."""
    cost: int
    hints: int
    updates: int
    """Status updates that they wrote."""


@dataclass(frozen=True, kw_only=True, slots=True)
class UpdateAsked:
    """Somebody in the story asked for a status update."""

    speaker: str
    asked: float
    """Ride seconds."""
    answered_after: float | None
    """Ride seconds from the question to the first answer; None: nobody answered."""
    by: str | None
    """Who answered first."""


def contributions(journal: JournalView, card: Scorecard) -> tuple[Contribution, ...]:
    """What each of the riders did, in the order of joining."""
    riders = dict.fromkeys(event.person for event in journal.events if isinstance(event, PersonJoined))
    return tuple(_contribution(person, journal, card) for person in riders)


def _contribution(person: str, journal: JournalView, card: Scorecard) -> Contribution:
    theirs = [event for event in journal.events if _is_by(event, person)]
    had = {event.role for event in theirs if isinstance(event, RoleTaken)}
    points = [line.points for line in card.lines if line.quote is not None and line.quote.person == person]
    return Contribution(
        person=person,
        name=journal.names.get(person, person),
        roles=tuple(role for role in ROLE_NAMES if role in had),
        statements=sum(isinstance(event, StatementLogged) for event in theirs),
        earned=sum(gain for gain in points if gain > 0),
        cost=-sum(loss for loss in points if loss < 0),
        hints=sum(isinstance(event, HintTaken) for event in theirs),
        updates=sum(isinstance(event, StatusUpdated) for event in theirs),
    )


def _is_by(event: Event, person: str) -> bool:
    match event:
        case HintTaken(revealed=True):
            return False
        case HintTaken() | RoleTaken() | StatementLogged() | StatusUpdated():
            return event.person == person
        case _:
            return False


def updates_asked(scenario: Scenario, journal: JournalView) -> tuple[UpdateAsked, ...]:
    """The status updates that were asked for, in order, and whether they came."""
    asking = {step.id: step for step in scenario.timeline if step.asks == "status"}
    return tuple(
        _asked(event, asking[event.step].speaker, journal)
        for event in journal.events
        if isinstance(event, SymptomShown) and event.step in asking
    )


def _asked(shown: SymptomShown, speaker: str, journal: JournalView) -> UpdateAsked:
    asked = journal.ride_seconds(shown.at)
    answer = first_answer(shown.step, journal.events)
    return UpdateAsked(
        speaker=speaker,
        asked=asked,
        answered_after=None if answer is None else journal.ride_seconds(answer.at) - asked,
        by=None if answer is None else answer.person,
    )


def first_answer(step: str, events: Sequence[Event]) -> StatusUpdated | None:
    """The first status update that answers this symptom."""
    return next(
        (event for event in events if isinstance(event, StatusUpdated) and event.answers == step), None
    )
