"""What game days are built of: handed in once, by the composition root."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bot.gamedays.edit_pace import EVERY, EditPaces, EditRates
from bot.gamedays.ports import Hand, RideBook, Scenarios, Stage, Starter, Teams
from bot.rides.dependencies import new_ride_id
from bot.rides.ports import Clock, Rights
from scenarios.model.scenario import Scenario
from storage.game_days import GameDayStore


@dataclass(frozen=True, kw_only=True, slots=True)
class Tempo:
    """How fast time goes. Ride time is scaled by `speed`; the rest is real time."""

    speed: float = 1.0
    lead: timedelta = timedelta(minutes=2)
    """Ride time that preparing a ride may take, beside what Slack takes for many: see preparing.py."""
    least_lead: timedelta = timedelta(seconds=45)
    """Real time that it may take, whatever the speed."""
    patience: timedelta = timedelta(seconds=60)
    """How long the others wait for a ride that is not ready when it should be."""
    edit_every: timedelta = EVERY
    """Of one message."""
    edits: EditRates = field(default_factory=EditRates)
    """Of all messages of a workspace's game days."""
    refresh_every: timedelta = timedelta(seconds=10)
    """How often we look whether clocks have moved when nothing else happens."""
    breath: timedelta = timedelta(milliseconds=200)
    """How long changes are gathered before they are looked at: a ride has many in a second."""
    try_again: timedelta = timedelta(seconds=2)
    """How long to wait after a fault, such as of the database, before the next look."""
    too_late: timedelta = timedelta(hours=1)
    """How late a day may begin when Ride wasn't there at the hour."""

    @property
    def ahead(self) -> timedelta:
        """Real time before the hour that one ride takes to prepare: `preparing.ahead_for` has it for many."""
        return max(self.lead / self.speed, self.least_lead)


@dataclass(frozen=True, kw_only=True, slots=True)
class GameDayParts:
    """Everything that game days use and do not own."""

    store: GameDayStore
    book: RideBook
    rides: Starter
    hand: Hand
    teams: Teams
    stage: Stage
    scenarios: Scenarios
    rights: Rights
    clock: Clock
    tempo: Tempo
    edits: EditPaces = field(default_factory=EditPaces)
    new_id: Callable[[], str] = new_ride_id

    def known(self, slugs: Sequence[str]) -> list[Scenario]:
        """Those of the scenarios that the catalogue has: one of a planned day may be gone."""
        there = set(self.scenarios.slugs())
        return [self.scenarios.load(slug) for slug in slugs if slug in there]
