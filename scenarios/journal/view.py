"""A journal as the rules look at it: up to the ride's end, each signal with the statement that sent it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scenarios.journal.events import (
    Event,
    IncidentLive,
    PersonJoined,
    PersonNamed,
    RideEnded,
    RideStarted,
    SignalSent,
    StatementFailed,
    StatementLogged,
    TimeExtended,
)
from scenarios.journal.ride_time import Pause, pauses

StatementKey = tuple[str, int | None]
"""A session and the index of its statement; None when the log has no statement before it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class JournalView:
    """The events that count, with what follows from them. Indexes are those of the journal."""

    events: tuple[Event, ...]
    statement_of: dict[int, int | None]
    """For the index of each SignalSent: the index of the statement that sent it."""
    showed_nothing: frozenset[int]
    """Indexes of statements that failed before they could show anything."""
    first_attempt: int | None
    """The index of the first signal at a session of any group."""
    live: IncidentLive | None
    speed: float
    names: dict[str, str]
    """What people are called."""

    pauses: tuple[Pause, ...] = ()
    """When the ride's clock stood."""

    extended: float = 0.0
    """Ride seconds that a facilitator gave beyond the scenario's limit."""

    def ride_seconds(self, moment: datetime) -> float:
        """Ride seconds since 0:00, without pauses; 0 before that."""
        if self.live is None:
            return 0.0
        stood = sum((pause.before(moment) for pause in self.pauses), timedelta(0))
        return max(0.0, (moment - self.live.at - stood).total_seconds() * self.speed)

    def key(self, index: int) -> StatementKey:
        """The statement that a SignalSent came from: signals of one statement have the same key."""
        event = self.events[index]
        if not isinstance(event, SignalSent):
            raise TypeError(f"event {index} is a {event.kind}, not a signal")
        return event.session, self.statement_of[index]


def view(events: Sequence[Event]) -> JournalView:
    """Look at a journal up to its RideEnded; what comes after that is not part of the ride."""
    counted: list[Event] = []
    statement_of: dict[int, int | None] = {}
    last_statement: dict[str, int] = {}
    showed_nothing: set[int] = set()
    first_attempt: int | None = None
    live: IncidentLive | None = None
    speed = 1.0
    names: dict[str, str] = {}
    for index, event in enumerate(events):
        counted.append(event)
        match event:
            case RideStarted():
                speed = event.speed
            case PersonJoined() | PersonNamed():
                names[event.person] = event.name
            case IncidentLive():
                live = live or event
            case StatementLogged():
                last_statement[event.session] = index
            case StatementFailed() if event.session in last_statement and _showed_nothing(event):
                last = last_statement[event.session]
                if _is_about(event, counted[last]):
                    showed_nothing.add(last)
            case SignalSent():
                statement_of[index] = last_statement.get(event.session)
                if event.target.group is not None and first_attempt is None:
                    first_attempt = index
            case RideEnded():
                break
    return JournalView(
        events=tuple(counted),
        statement_of=statement_of,
        showed_nothing=frozenset(showed_nothing),
        first_attempt=first_attempt,
        live=live,
        speed=speed,
        names=names,
        pauses=pauses(counted),
        extended=sum(event.seconds for event in counted if isinstance(event, TimeExtended)),
    )


def _is_about(failed: StatementFailed, said: Event) -> bool:
    """Whether this is the statement that failed.

    Of a text that it can't parse PostgreSQL logs the error alone: the statement logged before that went well.
    """
    return failed.text is None or (isinstance(said, StatementLogged) and failed.text == said.text)


def _showed_nothing(failed: StatementFailed) -> bool:
    """Class 57 is a cancel or the session's end: rows may have come before it (the row cap cancels too)."""
    return not failed.sqlstate.startswith("57")
