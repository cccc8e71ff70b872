"""The postmortem of a ride, as values: what happened when, the score, what to learn. No chat's layout here.

The scenario's own texts and `Moment.text` are mrkdwn as written by us. Names of people and statements come
from people: they are plain text, for the chat's adapter to escape.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from scenarios.journal.events import Event, Outcome
from scenarios.journal.view import JournalView, view
from scenarios.judging.rule_matching import find
from scenarios.judging.scorecard import Dimension, Line, Scorecard, Times
from scenarios.model.durations import in_words
from scenarios.model.scenario import Scenario
from scenarios.telling.contributions import Contribution, UpdateAsked, contributions, updates_asked
from scenarios.telling.story import Moment, tell_story


@dataclass(frozen=True, kw_only=True, slots=True)
class DimensionScore:
    """One part of the score with its lines."""

    dimension: Dimension
    points: int
    of: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Postmortem:
    """All that the postmortem says."""

    ride: str
    scenario: str
    title: str
    outcome: Outcome
    headline: str
    """One sentence: how it ended and when."""
    total: int
    dimensions: tuple[DimensionScore, ...]
    times: Times
    story: tuple[Moment, ...]
    root_cause: str
    found: str
    fix: str
    lesson: str
    notes: tuple[str, ...]
    """Paragraphs about what was tried in this ride."""
    people: tuple[Contribution, ...] = ()
    """What each of the riders did."""
    updates: tuple[UpdateAsked, ...] = ()
    """The status updates that were asked for."""


def write_postmortem(scenario: Scenario, events: Sequence[Event], card: Scorecard) -> Postmortem:
    """The postmortem of a ride that was live; `card` is the score of the same journal."""
    texts = scenario.postmortem
    journal = view(events)
    return Postmortem(
        ride=card.ride,
        scenario=card.scenario,
        title=scenario.title,
        outcome=card.outcome,
        headline=_headline(journal, scenario, card),
        total=card.total,
        dimensions=tuple(_dimension(dimension, card) for dimension in Dimension),
        times=card.times,
        story=tell_story(scenario, events, card),
        root_cause=texts.root_cause,
        found=texts.found,
        fix=texts.fix,
        lesson=texts.lesson,
        people=contributions(journal, card),
        updates=updates_asked(scenario, journal),
        notes=tuple(note.text for note in texts.notes if find(note.when, journal) is not None),
    )


def _dimension(dimension: Dimension, card: Scorecard) -> DimensionScore:
    lines = tuple(line for line in card.lines if line.dimension is dimension)
    return DimensionScore(
        dimension=dimension, points=card.points(dimension), of=sum(line.of for line in lines), lines=lines
    )


def _headline(journal: JournalView, scenario: Scenario, card: Scorecard) -> str:
    match card.outcome:
        case Outcome.RESOLVED if card.times.to_fix is not None:
            took = in_words(card.times.to_fix)
            return f"Production writes again: fixed after {took}, {card.total} of 100 points."
        case Outcome.RESOLVED:
            return f"Production writes again; {card.total} of 100 points."
        case Outcome.EXPIRED:
            limit = in_words(scenario.time_limit.total_seconds() + journal.extended)
            return f"Time was up after {limit} before production wrote again; {card.total} of 100 points."
        case Outcome.STOPPED:
            return "The ride was stopped before its end, so it has no score that counts."
        case Outcome.VOID:
            return "Something outside the ride ended the incident, so it has no score that counts."
