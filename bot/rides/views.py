"""What the engine answers to the one who asked, as values."""

from dataclasses import dataclass, field
from datetime import timedelta

from bot.rides.announcements import Waiting
from bot.rides.ports import OnCall
from bot.rides.start_line import StartLine
from sandbox.provider import Login
from scenarios.model.scenario import Scenario


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Where a command was typed, for the answer later. `response_url` works for 30 minutes, five times."""

    channel: str | None
    response_url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StartRequest:
    """A ride that is wanted, by a person or a plan. Whoever makes it has asked about the rights."""

    workspace: str
    by: str
    """Who starts it: told what goes wrong, and invited like the learners."""
    scenario: str
    """Its slug."""
    learners: tuple[str, ...] = ()
    """Who rides; with nobody named, whoever of the roster can, in the order in which they are paged."""
    roster: OnCall | None = None
    """The team it is for: all of it is invited, and paged step by step."""
    origin: Origin
    game_day: str | None = None
    line: StartLine | None = None
    """Where it waits for other rides before it goes live."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut:
    """Somebody who was to ride and doesn't."""

    person: str
    busy: bool
    """Whether they are in another ride; else they are a bot, or left."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Started:
    """A ride was accepted; its channel opens in a moment and the learners are invited there."""

    ride: str
    scenario: Scenario
    learners: tuple[str, ...]
    left_out: tuple[LeftOut, ...] = ()
    team: str | None = None
    """The name of the team it was started for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RideStatus:
    ride: str
    scenario: Scenario
    state: str
    learners: tuple[str, ...]
    channel: str | None
    elapsed: timedelta | None
    """Ride time since 0:00."""
    remaining: timedelta | None
    acknowledged_by: str | None
    hints_taken: int
    hints_total: int
    recovering: bool
    paused: bool = False
    team: str | None = None
    """The name of the team that rides, if it is a team's."""
    waits: Waiting | None = None
    """Of a game day's ride that was not live: then nothing is said of the incident."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StopQuestion:
    """Whether to end a ride that isn't the asker's alone."""

    ride: str
    channel: str | None
    others: tuple[str, ...]
    """Who else rides."""
    in_game_day: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusQuestion:
    """What a status update is to be about."""

    ride: str
    alert: str
    step: str | None
    """The symptom that asked."""
    speaker: str | None
    """Who in the story asked."""


@dataclass(frozen=True, kw_only=True, slots=True)
class UnsentSymptom:
    """A symptom or reaction that was not told yet."""

    id: str
    speaker: str
    text: str
    """Its first words, plain."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RideGlance:
    """All that a facilitator needs to see of a ride, also of one that has ended."""

    ride: str
    state: str
    """preparing, live, resolved, stopped, expired or void."""
    scenario: Scenario
    learners: tuple[str, ...]
    team: str | None
    """The name of the team that rides, if it is a team's."""
    channel: str | None
    elapsed: timedelta | None
    """Ride time since 0:00, without pauses; None if it was never live."""
    remaining: timedelta | None
    """Ride time until the deadline; None for a ride that isn't live."""
    paused: bool
    acknowledged_by: str | None
    hints_taken: int
    hints_total: int
    recovering: bool
    total: int | None
    """The score, of a ride that ended with one that counts."""
    to_fix: float | None
    """Ride seconds, of a ride that was resolved."""
    unsent: tuple[UnsentSymptom, ...] = field(default=())


@dataclass(frozen=True, kw_only=True, slots=True)
class Connection:
    """A person's own way in; `dsn` holds their password: show it to them alone."""

    ride: str
    login: Login
    dsn: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    scenarios: tuple[Scenario, ...]
