"""What drills are built of: handed in once, by the composition root."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.drills.ports import Directory, Notices, Rides, Starter, Teams
from bot.drills.scenarios import Scenarios
from bot.people.oncall.zones import known_zone, time_zone
from bot.rides.dependencies import new_ride_id
from bot.rides.ports import Clock, Rights
from storage.drills import DrillStore, Quiet, QuietStore


def new_seed() -> str:
    """What decides a drill's moment and scenario: nobody can guess it."""
    return secrets.token_hex(16)


@dataclass(frozen=True, kw_only=True, slots=True)
class DrillParts:
    """Everything that drills use and do not own."""

    store: DrillStore
    quiet: QuietStore
    rides: Rides
    starter: Starter
    teams: Teams
    directory: Directory
    rights: Rights
    scenarios: Scenarios
    notices: Notices
    clock: Clock
    new_id: Callable[[], str] = new_ride_id
    new_seed: Callable[[], str] = new_seed

    async def zone(self, workspace: str, person: str, typed: str | None) -> str:
        """The time zone that was typed, or else the person's own. Raises UnknownZoneError."""
        if typed is not None:
            return time_zone(typed)
        return known_zone((await self.directory.person(workspace, person)).zone)

    async def quiet_times(self, workspace: str, team: str, now: datetime) -> tuple[Quiet, ...]:
        """The entries of the calendar that hold for a team and are not over."""
        entries = await self.quiet.upcoming(workspace, now)
        return tuple(entry for entry in entries if entry.team in (None, team))
