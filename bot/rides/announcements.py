"""What the engine has to say, as values. The chat adapter finds the words and the layout."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from scenarios.journal.events import Backend, IncidentRole, Outcome
from scenarios.model.scenario import Scenario
from scenarios.telling.postmortem import Postmortem


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusText:
    """A status update as its author wrote it."""

    known: str
    impact: str = ""
    eta_minutes: int | None = None
    """From now until it is over; None: they don't know yet."""
    next_minutes: int | None = None
    """From now until they say more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """A game day's ride that is not live yet. Other teams are yet to ride the same incident."""

    day: str | None
    """The game day's name; None where that isn't known any more."""
    begins_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class IncidentCard:
    """The pinned card of the incident channel; updated when its state changes.

    It says what is known at the page and nothing of the cause.
    """

    ride: str
    scenario: Scenario
    state: str
    """preparing, live, resolved, stopped, expired or void."""
    learners: tuple[str, ...]
    started_by: str
    live_at: datetime | None
    deadline: datetime | None
    paused_at: datetime | None = None
    """Since when the ride's clock stands."""
    time_limit: timedelta | None = None
    """Ride time until the deadline; None: the scenario's."""
    total: int | None = None
    offers_connect: bool = True
    team: str | None = None
    """The name of the team that rides, if it is a team's."""
    paged: tuple[str, ...] = ()
    """Who of the team is paged."""
    waits: Waiting | None = None
    """Of a game day's ride that was not live: then nothing is said of the incident."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """The page: mentions the learners, with an Acknowledge button until somebody did."""

    ride: str
    number: int
    learners: tuple[str, ...]
    title: str
    text: str
    channel: str
    acknowledged_by: str | None = None
    after: timedelta | None = None
    """For an escalation: the ride time in which nobody acknowledged."""
    to: str | None = None
    """Whose direct messages it stands in; None in the channel."""
    shut_out: str | None = None
    """The code with which the chat has refused to invite that person to the channel."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Symptom:
    """Somebody or something in the story speaks."""

    speaker: str
    emoji: str
    text: str
    elapsed: timedelta
    """Ride time since 0:00."""
    typed: bool = False
    """Whether the text is a person's, plain; else it is the scenario's mrkdwn."""
    asks: "StatusAsked | None" = None
    """For a symptom that asks for a status update."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusAsked:
    """A symptom wants a status update: the button's question, or who answered it after what time."""

    ride: str
    step: str
    answered_by: str | None = None
    after: timedelta | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusPosted:
    """A person's status update. What they typed is plain text."""

    person: str
    update: StatusText
    elapsed: timedelta
    asked_by: str | None
    """Who in the story asked for it."""
    after: timedelta | None
    """Ride time since they asked."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RoleBoard:
    """Who has which role, with a button for each."""

    ride: str
    holders: tuple[tuple[IncidentRole, tuple[str, ...]], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class HintGiven:
    number: int
    total: int
    title: str
    text: str
    person: str
    """Who asked for it, or the facilitator who gave it."""
    revealed: bool = False
    """Whether a facilitator gave it without being asked."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockStopped:
    """A facilitator paused the ride."""

    by: str
    elapsed: timedelta
    longest: timedelta
    """Real time after which it goes on by itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockStarted:
    """The ride goes on after a pause."""

    by: str | None
    """None: the pause had lasted as long as one may."""
    elapsed: timedelta
    remaining: timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class MoreTime:
    """A facilitator gave the ride more time."""

    by: str
    span: timedelta
    remaining: timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class NotInvited:
    """For the one who started: the chat refused to invite these people, each with its code."""

    ride: str
    channel: str
    people: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelGone:
    """For those who ride: nothing can be said in the incident channel any more, for this code."""

    ride: str
    channel: str
    refused: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StillBlocked:
    """The migration is gone, yet writers wait: for these sessions now."""

    waiting: int
    blockers: tuple[Backend, ...]
    owners: tuple[str | None, ...]
    """For each blocker the learner whose session it is, if it is one's."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkloadFails:
    """Nobody waits, yet the application's own writes don't go through."""

    detail: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Recovering:
    """The blocker is gone; Ride is now checking that the writes drain and the workload runs."""

    person: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Recovered:
    """Said at the moment of resolution, before the postmortem."""

    elapsed: timedelta
    detail: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StepsSkipped:
    """What the chat refused and the ride does without: (step, Slack's error code)."""

    steps: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class WritesWait:
    """Ride's own storage can't be written for now; the ride goes on, and nothing is lost."""

    full: bool
    """Its disk is full or failing; else another program holds a lock."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WritesAgain:
    """Ride's own storage can be written again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PictureMissing:
    """The ride's picture could not be shown: refused by the chat with this code; None: our own fault."""

    ride: str
    refused: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class NotArchived:
    """The chat refused to archive the channel, with this code, so often that it isn't tried again."""

    ride: str
    channel: str
    refused: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RideOver:
    """A ride that ended without being resolved: why, and what to do next."""

    ride: str
    scenario: str
    outcome: Outcome
    reason: str
    by: str | None
    again: bool = False
    """Whether a button may start it again: see bot.rides.again."""
    refused: tuple[str, str] | None = None
    """The step that the chat refused and its code, if that was what ended it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PostmortemPosted:
    """The scored postmortem."""

    postmortem: Postmortem
    learners: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultLine:
    """One line where the ride was started."""

    ride: str
    title: str
    outcome: Outcome
    learners: tuple[str, ...]
    channel: str | None
    total: int | None
    """None for a void or stopped ride: it has no score that counts."""
    to_fix: float | None
    by: str | None = None
    """Who stopped it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StartFailed:
    """The incident could not be prepared; nobody was paged."""

    ride: str
    scenario: str | None
    """None where its name would give away what others are yet to ride."""
    reason: str
    refused: tuple[str, str] | None = None
    """The step that the chat refused and its code, if that was why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StartStopped:
    """Somebody stopped the ride while its incident was being prepared; nobody was paged."""

    ride: str
    scenario: str | None
    """None where its name would give away what others are yet to ride."""
    by: str | None
    again: bool = False
    """Whether a button may start it again."""


Announcement = (
    IncidentCard
    | Page
    | Symptom
    | HintGiven
    | ClockStopped
    | ClockStarted
    | MoreTime
    | NotInvited
    | ChannelGone
    | StatusPosted
    | RoleBoard
    | StillBlocked
    | WorkloadFails
    | Recovering
    | Recovered
    | StepsSkipped
    | WritesWait
    | WritesAgain
    | PictureMissing
    | NotArchived
    | RideOver
    | PostmortemPosted
    | ResultLine
    | StartFailed
    | StartStopped
)
