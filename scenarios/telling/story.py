"""What happened when, in a ride: the journal told in its moments, each whole. Who shows them may shorten."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from scenarios.journal.events import (
    Acknowledged,
    BlockersSeen,
    Escalated,
    Event,
    FacilitatorSpoke,
    HintTaken,
    IncidentLive,
    OutcomeChecked,
    Paged,
    RideEnded,
    RidePaused,
    RideResumed,
    RoleLeft,
    RoleTaken,
    SessionEnded,
    SignalSent,
    StatementLogged,
    StatusUpdated,
    SymptomShown,
    TimeExtended,
    WatchdogActed,
)
from scenarios.journal.view import JournalView, view
from scenarios.judging.scorecard import Dimension, Scorecard
from scenarios.model.durations import clock, in_words
from scenarios.model.incident_roles import ROLE_NAMES
from scenarios.model.scenario import Scenario

LONGEST_LINE = 160


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """One moment of the ride."""

    ride_seconds: float
    at: str
    """`m:ss` of ride time."""
    text: str
    """In our words, mrkdwn, without the names of people."""
    speech: str | None = None
    """What somebody of the story said, after `text`: mrkdwn, whole, of as many lines as it had."""
    person: str | None = None
    """Who did it, as people call them: plain text."""
    statement: str | None = None
    """What they ran, as they typed it: plain text."""


def shorten(text: str, longest: int = LONGEST_LINE) -> str:
    """A text on one line, at most `longest` characters, cut with an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def without_marks(text: str) -> str:
    """mrkdwn without its marks, which a cut could leave open."""
    return text.translate(str.maketrans("", "", "*`~"))


def tell_story(scenario: Scenario, events: Sequence[Event], card: Scorecard) -> tuple[Moment, ...]:
    """The moments that matter, in order of time."""
    told = sorted(
        _Story(scenario, view(events), card).moments(), key=lambda pair: (pair[1].ride_seconds, pair[0])
    )
    return tuple(moment for _, moment in told)


class _Story:
    def __init__(self, scenario: Scenario, journal: JournalView, card: Scorecard) -> None:
        self.scenario = scenario
        self.journal = journal
        self.about = {group.name: group.about for group in scenario.groups}
        self.speakers = {step.id: step.speaker for step in scenario.timeline}
        self.speakers |= {reaction.id: reaction.speaker for reaction in scenario.reactions}
        self.hints = [hint.title for hint in scenario.hints]
        # Signals have moments of their own.
        signalled = {index for index in journal.statement_of.values() if index is not None}
        told = {journal.events[index].at for index in signalled}
        self.looks = self._quoted(card, "Useful look", told, {Dimension.DETECT})
        self.traps = self._quoted(card, "Trap", told, {Dimension.TRAP})

    def _quoted(
        self, card: Scorecard, label: str, told: set[datetime], dimensions: set[Dimension]
    ) -> dict[tuple[datetime, str], str]:
        """The statements that earned or cost something and sent no signal, by when and what."""
        return {
            (line.quote.at, line.quote.text): label
            for line in card.lines
            if line.dimension in dimensions
            and line.quote is not None
            and line.quote.at not in told
            and (line.points > 0 or line.id in {trap.id for trap in self.scenario.scoring.trap.traps})
        }

    def moments(self) -> Iterator[tuple[int, Moment]]:
        """Each moment with its place in the journal."""
        attempts: dict[tuple[str, int | None, str], list[tuple[int, SignalSent]]] = {}
        for index, event in enumerate(self.journal.events):
            if isinstance(event, SignalSent):
                if event.target.group is not None:
                    attempts.setdefault((*self.journal.key(index), event.op), []).append((index, event))
            elif (
                moment := self._of_the_ride(event) or self._of_the_team(event) or self._of_the_sandbox(event)
            ) is not None:
                yield index, moment
        for (_, statement, _), signals in attempts.items():
            yield signals[0][0], self._attempt(statement, [signal for _, signal in signals])

    def _of_the_ride(self, event: Event) -> Moment | None:
        text, person = "", None
        match event:
            case Paged() if event.number == 1:
                text, person = "Paged.", event.person
            case Acknowledged():
                how = "with the button" if event.by == "button" else "by getting to work"
                text, person = f"Acknowledged, {how}.", event.person
            case SymptomShown():
                speaker = self.speakers.get(event.step, "The page")
                text = f"_{speaker}:_"
                if event.by is not None:
                    text, person = f"Sent by hand: {text}", event.by
                return self._tell(event.at, text, person=person, speech=event.text)
            case HintTaken():
                titles = self.hints[event.number - 1 : event.number]
                text = f"Hint {event.number}{f': _{titles[0]}_' if titles else ''}."
                text = f"Revealed, as facilitator: {text}" if event.revealed else text
                person = event.person
            case OutcomeChecked():
                text = event.detail
            case RideEnded() if event.by is not None:
                text, person = "Stopped the ride.", event.by
            case RideEnded():
                text = f"*{event.outcome.value.capitalize()}.* {event.reason}"
        return self._tell(event.at, text, person=person) if text else None

    def _of_the_team(self, event: Event) -> Moment | None:
        """What the people did who ride together, and a facilitator."""
        text, person = "", None
        match event:
            case Escalated():
                whom = "the secondary" if event.to == "secondary" else "everybody else in the team"
                text = f"Nobody had acknowledged: {whom} paged too."
            case RoleTaken():
                text, person = f"Took the role: {ROLE_NAMES[event.role]}.", event.person
            case RoleLeft():
                text, person = f"Gave back the role: {ROLE_NAMES[event.role]}.", event.person
            case StatusUpdated():
                text, person = self._update(event), event.person
            case RidePaused():
                text, person = "Paused the ride, as facilitator.", event.by
            case RideResumed() if event.by is None:
                text = "The pause had lasted as long as one may: the ride went on."
            case RideResumed():
                text, person = "Let the ride go on, as facilitator.", event.by
            case TimeExtended():
                text, person = f"Gave {in_words(event.seconds)} more, as facilitator.", event.by
            case FacilitatorSpoke():
                text, person = "Spoke, as facilitator:", event.by
                return self._tell(event.at, text, person=person, statement=f"{event.speaker}: {event.text}")
        return self._tell(event.at, text, person=person) if text else None

    def _update(self, event: StatusUpdated) -> str:
        asked = [e.at for e in self.journal.events if isinstance(e, SymptomShown) and e.step == event.answers]
        if not asked:
            return "Wrote a status update."
        took = self.journal.ride_seconds(event.at) - self.journal.ride_seconds(asked[0])
        speaker = self.speakers.get(event.answers or "", "Somebody")
        return f"Answered _{speaker}_ with a status update, after {clock(took)}."

    def _of_the_sandbox(self, event: Event) -> Moment | None:
        text = ""
        match event:
            case IncidentLive():
                text = f"Writes have stopped: {_sessions(len(event.waiting))} waiting for a lock."
            case StatementLogged():
                return self._statement(event)
            case SessionEnded() if self._is_blocker(event):
                about = self.about[self.scenario.blocker]
                text = f"The session of {about} (pid {event.backend.pid}) ended, and its lock went."
            case BlockersSeen() if event.blockers:
                pids = ", ".join(str(blocker.pid) for blocker in event.blockers)
                text = f"{_sessions(event.waiting)} still waiting, now for pid {pids}."
            case WatchdogActed():
                text = f"Ride ended a session to protect the sandbox: {event.why}"
        return self._tell(event.at, text) if text else None

    def _is_blocker(self, event: SessionEnded) -> bool:
        return self.journal.live is not None and event.backend.is_same(self.journal.live.blocker)

    def _statement(self, event: StatementLogged) -> Moment | None:
        key = (event.at, event.text)
        label = self.traps.get(key) or self.looks.get(key)
        if label is None:
            return None
        return self._tell(event.at, f"{label}:", person=event.person, statement=event.text)

    def _attempt(self, statement: int | None, signals: Sequence[SignalSent]) -> Moment:
        """The signals of one kind that one statement sent."""
        first = signals[0]
        counts = Counter(self.about.get(signal.target.group or "", "a session") for signal in signals)
        whom = ", ".join(
            about if count == 1 else f"{about} ({count} times)" for about, count in counts.items()
        )
        verb = "Terminate" if first.op == "terminate" else "Cancel"
        logged = None if statement is None else self.journal.events[statement]
        text = logged.text if isinstance(logged, StatementLogged) else None
        return self._tell(first.at, f"{verb} sent to {whom}:", person=first.person, statement=text)

    def _tell(
        self,
        at: datetime,
        text: str,
        *,
        person: str | None = None,
        speech: str | None = None,
        statement: str | None = None,
    ) -> Moment:
        seconds = self.journal.ride_seconds(at)
        return Moment(
            ride_seconds=seconds,
            at=clock(seconds),
            text=text,
            speech=speech,
            person=None if person is None else self.journal.names.get(person, person),
            statement=statement,
        )


def _sessions(count: int) -> str:
    return "1 session is" if count == 1 else f"{count} sessions are"
