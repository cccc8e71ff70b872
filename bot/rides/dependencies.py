"""What the engine is built of: handed in once, by the composition root."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from bot.rides.ports import (
    Chat,
    Clock,
    Facilitating,
    Meter,
    NoMeter,
    Painter,
    PostmortemsSeen,
    Rights,
    Rosters,
    Samples,
)
from sandbox.provider import Provider
from scenarios.model.scenario import Scenario
from storage.rides import RideStore

# No vowels and nothing that looks like something else: an id is read aloud in an incident.
_LETTERS = "23456789bcdfghjkmnpqrstvwxz"


class Scenarios(Protocol):
    """The catalogue, as the engine needs it."""

    def slugs(self) -> tuple[str, ...]: ...

    def load(self, slug: str) -> Scenario:
        """Raises scenarios.errors.UnknownScenarioError."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """The engine's knobs. Ride time is scaled by `speed`; the rest is real time."""

    speed: float = 1.0
    page_again_every: timedelta = timedelta(minutes=2)
    """Ride time between pages until somebody acknowledges."""
    escalate_after: timedelta = timedelta(minutes=3)
    """Ride time without acknowledgement until more people of a team are paged, and again until all are."""
    longest_pause: timedelta = timedelta(hours=2)
    """Real time after which a paused ride goes on by itself."""
    archive_after: timedelta = timedelta(hours=24)
    archive_again_after: timedelta = timedelta(hours=6)
    """Real time until the chat is asked again to archive a channel; twice as long before each further try."""
    invite_again: tuple[timedelta, ...] = (
        timedelta(seconds=15),
        timedelta(minutes=1),
        timedelta(minutes=3),
    )
    """Real time after which those are invited again whom the chat refused."""
    sample_every: timedelta = timedelta(seconds=1)
    """Real time between two samples of a sandbox."""
    aftermath: timedelta = timedelta(seconds=3)
    """Real time after the end that is sampled too, for the picture."""
    lease_slack: timedelta = timedelta(minutes=10)
    """How much longer than the time limit a sandbox lives if nobody ends it."""


def new_ride_id() -> str:
    """A short random id, such as `7k3mxq`."""
    return "".join(random.SystemRandom().choices(_LETTERS, k=6))


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """Everything the engine uses and does not own."""

    store: RideStore
    chat: Chat
    provider: Provider
    scenarios: Scenarios
    clock: Clock
    rights: Rights
    seen: PostmortemsSeen
    rosters: Rosters
    facilitating: Facilitating
    pace: Pace = field(default_factory=Pace)
    samples: Samples | None = None
    """Where samples of the sandboxes are kept; None: there are none."""
    painter: Painter | None = None
    """Paints the postmortem's picture; None: there is none."""
    painting: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while one is painted: thirty at once would take all threads, and with them every ride's score."""
    connect_host: str | None = None
    """The address a learner's own psql uses; None: this installation offers /sql only."""
    meter: Meter = field(default_factory=NoMeter)
    new_id: Callable[[], str] = new_ride_id
