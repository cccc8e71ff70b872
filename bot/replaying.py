"""`ride replay`: the card once more, from nothing but the stored journal."""

import json

from rich.console import Console

from bot.cards import card_as_json, print_card
from bot.config import Settings
from bot.errors import UnknownRideError
from scenarios.model import Scenario
from scenarios.scoring import score
from storage.database import Database, sqlite_url
from storage.rides import RideStore


async def replay(settings: Settings, ride: str, console: Console, *, as_json: bool) -> bool:
    """Recompute a ride's card and compare it with the stored one. Raises UnknownRideError."""
    for url in _databases(settings):
        database = Database(url)
        await database.open()
        try:
            store = RideStore(database)
            record = await store.get(ride)
            if record is None:
                continue
            events = [event for _, event in await store.journal(ride)]
            stored = await store.scorecard(ride)
        finally:
            await database.close()
        again = score(Scenario.model_validate_json(record.document), events)
        same = stored == again
        if as_json:
            console.print_json(json.dumps({**card_as_json(again), "same": same}))
        else:
            print_card(console, again)
            console.print(_comparison(same, stored is not None, len(events)))
        return same
    raise UnknownRideError(ride, settings.storage_url())


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
