"""Fulfils bot.rides.ports.Painter with matplotlib, which is loaded when the first picture is painted."""

import threading
from collections.abc import Sequence

from bot.pictures.alt_text import alt_text
from bot.pictures.axis import axis_of
from bot.pictures.figures import figures_of
from bot.pictures.marks import marks_of
from bot.rides.ports import Picture
from scenarios.journal.events import Event, Outcome
from scenarios.journal.view import JournalView, view
from scenarios.judging.scorecard import Scorecard
from scenarios.model.durations import in_words
from scenarios.model.scenario import Scenario
from storage.samples import SampleRecord

_ENDED = {
    Outcome.RESOLVED: "Resolved",
    Outcome.EXPIRED: "Not solved in time",
    Outcome.STOPPED: "Stopped",
    Outcome.VOID: "Void",
}
_NAMED = 3
"""More people than this are counted, not named."""


class ChartPainter:
    """One picture at a time: matplotlib promises nothing to threads that share its fonts."""

    def __init__(self) -> None:
        self._turn = threading.Lock()

    def paint(
        self, scenario: Scenario, events: Sequence[Event], card: Scorecard, samples: Sequence[SampleRecord]
    ) -> Picture:
        """The picture of a ride that was live and has ended. Takes a second or so: call it in a thread."""
        journal = view(events)
        shown = sorted(samples, key=lambda sample: sample.at)
        axis = axis_of(journal, shown)
        within = [sample for sample in shown if axis.holds(sample.at)]
        figures, marks = figures_of(journal, within), marks_of(scenario, journal, card)
        with self._turn:
            from bot.pictures import chart  # noqa: PLC0415 - matplotlib takes a moment, and memory

            headline = chart.Headline(title=scenario.title, subtitle=_subtitle(journal, card))
            content = chart.draw(headline, axis, within, figures, marks)
        return Picture(
            content=content,
            name=f"ride-{card.ride}.png",
            title=f"{scenario.title}, second by second",
            alt_text=alt_text(scenario.title, journal, card, figures, marks),
        )


def _subtitle(journal: JournalView, card: Scorecard) -> str:
    parts = [_ENDED[card.outcome]]
    if card.outcome is Outcome.RESOLVED and card.times.to_fix is not None:
        parts[0] += f" after {in_words(card.times.to_fix)}"
    if card.outcome.counts:
        parts.append(f"{card.total}/100")
    parts.append(f"ride {card.ride}")
    # Last, for what doesn't fit is cut there.
    riders = [event.name for event in journal.events if event.kind == "person_joined"]
    if len(riders) <= _NAMED:
        parts.append(", ".join(riders))
    else:
        parts.append(f"{len(riders)} people")
    return " · ".join(parts)
