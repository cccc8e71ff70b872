"""Finding a ride among what this installation has stored, for commands that look back."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from bot.base.config import Settings
from bot.base.errors import UnknownRideError
from scenarios.journal.events import Event
from scenarios.journal.stored import stored_scenario
from scenarios.judging.scorecard import Scorecard
from scenarios.loading.nearest import nearest
from scenarios.model.scenario import Scenario
from storage.database import Database, sqlite_url
from storage.errors import StorageError
from storage.game_days import GameDay, GameDayEvent, GameDayStore, Slot
from storage.records import UNDER_WAY, RideRecord
from storage.rides import RideStore
from storage.samples import SampleRecord, SampleStore

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredRide:
    """Everything that is stored of a ride."""

    record: RideRecord
    scenario: Scenario
    events: Sequence[Event]
    card: Scorecard | None
    samples: Sequence[SampleRecord]


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredDay:
    """Everything that is stored of a game day, with its rides that have ended, in the order of its teams."""

    day: GameDay
    slots: Sequence[Slot]
    events: Sequence[GameDayEvent]
    rides: Sequence[StoredRide]


async def find_day(settings: Settings, day: str) -> StoredDay | None:
    """The game day of this id; None when no database that can be read has one."""
    for url in _databases(settings):
        try:
            async with Database(url, upgrades=settings.database_upgrade) as database:
                if (record := await GameDayStore(database).get(day)) is not None:
                    return await _read_day(database, record)
        except StorageError as error:
            log.warning("game day %s is not looked for in one database: %s", day, error)
    return None


async def _read_day(database: Database, day: GameDay) -> StoredDay:
    store = GameDayStore(database)
    slots = await store.slots(day.id)
    rides = [await _read(database, slot.ride) for slot in slots if slot.ride is not None]
    ended = [ride for ride in rides if ride is not None and ride.record.state not in UNDER_WAY]
    return StoredDay(day=day, slots=slots, events=await store.events(day.id), rides=ended)


async def find_ride(settings: Settings, ride: str) -> StoredRide:
    """The ride of this id.

    Raises UnknownRideError, and a StorageError when no database that can be read has the ride.
    """
    databases = [Database(url, upgrades=settings.database_upgrade) for url in _databases(settings)]
    unreadable: StorageError | None = None
    known: list[str] = []
    for database in databases:
        try:
            async with database:
                found = await _read(database, ride)
                known += [] if found is not None else await RideStore(database).ids()
        except StorageError as error:
            unreadable = unreadable or error
            continue
        if found is not None:
            return found
    if unreadable is not None:
        raise unreadable
    raise UnknownRideError(ride, [database.name for database in databases], nearest(ride, known))


class StoredRides:
    """The rides of the database that the program keeps them in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ride(self, ride_id: str) -> StoredRide | None:
        """Everything about a ride; None for none. Raises StorageError when it can't be read."""
        return await _read(self._database, ride_id)


async def _read(database: Database, ride: str) -> StoredRide | None:
    """What is stored of a ride. Raises StorageError when the ride can't be read."""
    store = RideStore(database)
    record = await store.get(ride)
    if record is None:
        return None
    try:
        return StoredRide(
            record=record,
            scenario=stored_scenario(record.document),
            events=[event for _, event in await store.journal(ride)],
            card=await store.scorecard(ride),
            samples=await SampleStore(database).of(ride),
        )
    except ValidationError as error:
        raise StorageError(
            f"Ride {ride} in {database.name} can't be read: {error.error_count()} values of it are not "
            "what Ride wrote. It was changed from outside, or written by a newer Ride."
        ) from error


def _databases(settings: Settings) -> list[str]:
    """The configured database, then those of demos and proofs, which keep their rides beside it."""
    if settings.database_url is not None:
        return [settings.storage_url()]
    own = settings.data_folder / "ride.sqlite3"
    found = [path for path in (own, *sorted(settings.data_folder.glob("*/**/ride.sqlite3"))) if path.exists()]
    return [sqlite_url(path) for path in found]
