"""The moments of a ride that its picture marks, each in a few words."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Literal

from bot.pictures.figures import fixed
from scenarios.journal.events import (
    Acknowledged,
    Escalated,
    Event,
    FacilitatorSpoke,
    HintTaken,
    Outcome,
    Paged,
    RideEnded,
    RidePaused,
    SessionEnded,
    SignalSent,
    StatementLogged,
    StatusUpdated,
    SymptomShown,
    TimeExtended,
)
from scenarios.journal.view import JournalView
from scenarios.judging.scorecard import Dimension, Line, Scorecard
from scenarios.model.durations import clock, in_words
from scenarios.model.scenario import Scenario
from scenarios.telling.story import shorten

Kind = Literal["news", "act", "turn"]
"""What reached the people, what people did, and where the incident turned: a shape each."""

MOST = 14
_WORDS = 90
"""Characters of a mark; the picture cuts what doesn't fit."""
_NAME = 24
"""Characters of a person's name: a mark has to have room for what they did."""


class Weight(IntEnum):
    """What is left out first when there is too much: the heaviest."""

    ALWAYS = 0
    ACT = 1
    HELP = 2
    LOOK = 3
    NEWS = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    at: datetime
    clock: str
    """`m:ss` of ride time."""
    kind: Kind
    text: str
    """Plain text on one line."""
    weight: Weight


@dataclass(frozen=True, kw_only=True, slots=True)
class Marks:
    shown: tuple[Mark, ...]
    """In order of time, at most `MOST`."""
    left_out: int


def marks_of(scenario: Scenario, journal: JournalView, card: Scorecard) -> Marks:
    """The marks of a ride. Of too many the lighter ones stay, and of equals the earlier ones."""
    found = sorted(_Marking(scenario, journal, card).marks(), key=lambda mark: mark.at)
    kept = sorted(range(len(found)), key=lambda index: (found[index].weight, index))[:MOST]
    return Marks(shown=tuple(found[index] for index in sorted(kept)), left_out=len(found) - len(kept))


class _Marking:
    def __init__(self, scenario: Scenario, journal: JournalView, card: Scorecard) -> None:
        self.journal = journal
        self.card = card
        self.blocker = scenario.blocker
        self.fixed_at = fixed(journal)
        self.about = {group.name: group.about for group in scenario.groups}
        self.hints = [hint.title for hint in scenario.hints]
        self.speakers = {step.id: step.speaker for step in scenario.timeline}
        self.speakers |= {reaction.id: reaction.speaker for reaction in scenario.reactions}
        self.traps = {trap.id for trap in scenario.scoring.trap.traps}

    def marks(self) -> Iterator[Mark]:
        signalled: dict[tuple[str, int | None, str], list[SignalSent]] = {}
        fixed_by: str | None = None
        for index, event in enumerate(self.journal.events):
            if isinstance(event, SignalSent):
                if event.target.group is not None:
                    signalled.setdefault((*self.journal.key(index), event.op), []).append(event)
            elif isinstance(event, SessionEnded):
                if event.at == self.fixed_at:
                    fixed_by = self._sender(event)
                    yield self._fix(event, fixed_by)
            elif (mark := self._of(event)) is not None:
                yield mark
        if (page := self._page()) is not None:
            yield page
        for signals in signalled.values():
            if not self._is_the_fix(signals):
                yield self._attempt(signals)
        yield from self._quoted(signalled)

    def _mark(self, at: datetime, kind: Kind, text: str, weight: Weight) -> Mark:
        return Mark(
            at=at,
            clock=clock(self.journal.ride_seconds(at)),
            kind=kind,
            text=shorten(text, _WORDS),
            weight=weight,
        )

    def _name(self, person: str) -> str:
        return shorten(self.journal.names.get(person, person), _NAME)

    def _names(self, people: Sequence[str]) -> str:
        names = [self._name(person) for person in people]
        return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"

    def _of(self, event: Event) -> Mark | None:
        found: tuple[Kind, str, Weight] | None = None
        match event:
            case Acknowledged():
                found = "act", f"{self._name(event.person)} acknowledges", Weight.ALWAYS
            case Escalated() if event.people:
                found = "news", f"No answer: {self._names(event.people)} paged too", Weight.HELP
            case SymptomShown():
                said = event.text.translate(str.maketrans("", "", "*_`~"))
                found = "news", f"{self.speakers.get(event.step, 'Alert')}: {said}", Weight.NEWS
            case HintTaken():
                title = "".join(f": {title}" for title in self.hints[event.number - 1 : event.number])
                found = "act", f"Hint {event.number} for {self._name(event.person)}{title}", Weight.HELP
                if event.revealed:
                    found = "news", f"Hint {event.number}, revealed{title}", Weight.HELP
            case StatusUpdated():
                text = f"{self._name(event.person)} sends a status update: {event.text}"
                found = "act", text, Weight.HELP
            case RidePaused():
                found = "news", f"{self._name(event.by)} pauses the ride", Weight.HELP
            case TimeExtended():
                found = "news", f"{self._name(event.by)} adds {in_words(event.seconds)}", Weight.NEWS
            case FacilitatorSpoke():
                found = "news", f"{event.speaker}: {event.text}", Weight.NEWS
            case RideEnded():
                found = "turn", self._end(event), Weight.ALWAYS
            case _:
                pass
        return None if found is None else self._mark(event.at, *found)

    def _page(self) -> Mark | None:
        """One mark for all who were paged first."""
        paged = [event for event in self.journal.events if isinstance(event, Paged) and event.number == 1]
        live = self.journal.live
        if live is None:
            return None
        whom = f" to {self._names(list(dict.fromkeys(event.person for event in paged)))}" if paged else ""
        return self._mark(live.at, "news", f"The page{whom}: writes have stopped", Weight.ALWAYS)

    def _end(self, event: RideEnded) -> str:
        match event.outcome:
            case Outcome.RESOLVED:
                return "Writes flow again: resolved"
            case Outcome.EXPIRED:
                return "Time is up"
            case Outcome.STOPPED:
                return f"{self._name(event.by)} stops the ride" if event.by else "Stopped"
            case Outcome.VOID:
                return "Void: something outside ended the incident"

    def _sender(self, ended: SessionEnded) -> str | None:
        """Who sent the signal that ended this session."""
        senders = [
            event.person
            for event in self.journal.events
            if isinstance(event, SignalSent)
            and event.op == "terminate"
            and event.target.is_same(ended.backend)
            and event.at <= ended.at
        ]
        return senders[-1] if senders else None

    def _fix(self, ended: SessionEnded, by: str | None) -> Mark:
        about = self.about[self.blocker]
        text = f"{self._name(by)} ends {about}: the fix" if by else f"The session of {about} ends"
        return self._mark(ended.at, "turn", text, Weight.ALWAYS)

    def _is_the_fix(self, signals: Sequence[SignalSent]) -> bool:
        """Whether these are at nothing but the blocker, and ended it."""
        return (
            self.fixed_at is not None
            and signals[0].op == "terminate"
            and {signal.target.group for signal in signals} == {self.blocker}
            and abs((self.fixed_at - signals[0].at).total_seconds()) < 5
        )

    def _attempt(self, signals: Sequence[SignalSent]) -> Mark:
        first = signals[0]
        counts = Counter(self.about.get(signal.target.group or "", "a session") for signal in signals)
        whom = ", ".join(about if count == 1 else f"{about} (×{count})" for about, count in counts.items())
        verb = "terminates" if first.op == "terminate" else "cancels"
        return self._mark(first.at, "act", f"{self._name(first.person)} {verb} {whom}", Weight.ACT)

    def _quoted(self, signalled: dict[tuple[str, int | None, str], list[SignalSent]]) -> Iterator[Mark]:
        """The statements that earned or cost something and sent no signal."""
        known = {
            event.at
            for _, index, _ in signalled
            if index is not None and isinstance(event := self.journal.events[index], StatementLogged)
        }
        for line in self.card.lines:
            if line.quote is None or line.quote.at in known:
                continue
            if line.id in self.traps:
                yield self._quote(line, "Trap", Weight.ACT)
            elif line.dimension is Dimension.DETECT and line.points > 0:
                yield self._quote(line, "Useful look", Weight.LOOK)
            else:
                continue
            known.add(line.quote.at)

    def _quote(self, line: Line, label: str, weight: Weight) -> Mark:
        quote = line.quote
        if quote is None:
            raise ValueError(f"line {line.id} has no quote")
        return self._mark(quote.at, "act", f"{label}, {self._name(quote.person)}: {quote.text}", weight)
