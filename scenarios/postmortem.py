"""The postmortem of a ride, as values: what happened when, the score, what to learn. No chat's layout here.

The scenario's own texts and `Moment.text` are mrkdwn as written by us. Names of people and statements come
from people: they are plain text, for the chat's adapter to escape.
"""

from dataclasses import dataclass

from scenarios.journal import Outcome
from scenarios.scorecard import Dimension, Line, Times
from scenarios.story import Moment


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
