"""`ride replay`: the card once more, from nothing but the stored journal."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError
from rich.console import Console

from bot.cards import card_as_json, print_card, print_json
from bot.config import Settings
from bot.errors import UnknownRideError
from scenarios.journal import Event
from scenarios.model import Scenario
from scenarios.scorecard import Scorecard
from scenarios.scoring import score
from storage.database import Database, sqlite_url
from storage.errors import StorageError
from storage.rides import RideStore


@dataclass(frozen=True, kw_only=True, slots=True)
class _Stored:
    scenario: Scenario
    events: Sequence[Event]
    card: Scorecard | None


async def replay(settings: Settings, ride: str, console: Console, *, as_json: bool) -> bool:
    """Recompute a ride's card and compare it with the stored one.

    Raises UnknownRideError, and a StorageError when no database that can be read has the ride.
    """
    databases = [Database(url) for url in _databases(settings)]
    unreadable: StorageError | None = None
    for database in databases:
        try:
            found = await _read(database, ride)
        except StorageError as error:
            unreadable = unreadable or error
            continue
        if found is not None:
            return _tell(found, console, as_json=as_json)
    if unreadable is not None:
        raise unreadable
    raise UnknownRideError(ride, [database.name for database in databases])


async def _read(database: Database, ride: str) -> _Stored | None:
    """What is stored of a ride. Raises StorageError when the database, or the ride in it, can't be read."""
    async with database:
        store = RideStore(database)
        record = await store.get(ride)
        if record is None:
            return None
        try:
            return _Stored(
                scenario=Scenario.model_validate_json(record.document),
                events=[event for _, event in await store.journal(ride)],
                card=await store.scorecard(ride),
            )
        except ValidationError as error:
            raise StorageError(
                f"Ride {ride} in {database.name} can't be read: {error.error_count()} values of it are not "
                "what Ride wrote. It was changed from outside, or written by a newer Ride."
            ) from error


def _tell(stored: _Stored, console: Console, *, as_json: bool) -> bool:
    again = score(stored.scenario, stored.events)
    same = stored.card == again
    if as_json:
        print_json({**card_as_json(again), "same": same})
    else:
        print_card(console, again)
        console.print(_comparison(same, stored.card is not None, len(stored.events)), soft_wrap=True)
    return same


def _comparison(same: bool, stored: bool, events: int) -> str:
    if same:
        return f"Replayed {events} events: the same card as was stored."
    if stored:
        return f"Replayed {events} events: NOT the card that was stored."
    return f"Replayed {events} events. No card was stored: this ride has not ended."


def _databases(settings: Settings) -> list[str]:
    """The configured database, then those of demos and proofs, which keep their rides beside it."""
    if settings.database_url is not None:
        return [settings.storage_url()]
    own = settings.data_folder / "ride.sqlite3"
    found = [path for path in (own, *sorted(settings.data_folder.glob("*/**/ride.sqlite3"))) if path.exists()]
    return [sqlite_url(path) for path in found]
