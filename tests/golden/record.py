"""Records golden rides: `python -m tests.golden.record NAME …`. For new ones: those that are there stay.

Each is played by people of the local workspace on a real sandbox, and written from what was stored. To add
one, write what its people do in `plays.py`, and its outcome in the test that replays them.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, DateTime, MetaData, Table, select

from bot.base.config import Settings
from bot.cli.demo import running_demo
from bot.cli.export import Format, Wish, export
from bot.workspace.people.client import WorkspaceClient
from storage.database import Database
from storage.schema import VERSION_TABLE
from tests.acceptance.ride_fixtures import Stage
from tests.acceptance.ride_program import SHARED_CACHE, Place, new_place
from tests.golden.plays import PLAYS, Play
from tests.golden.rides import (
    CARD,
    HERE,
    JOURNAL,
    JSON,
    LOCAL,
    NEW_MARKDOWN,
    RECORD,
    SAMPLES,
    SCENARIO,
    Row,
    compact,
    sqlite_engine,
)


async def record(name: str) -> None:
    """Play a ride and write its folder. Raises FileExistsError for one that is there."""
    folder = HERE / name
    if folder.exists():
        raise FileExistsError(f"{folder} is there, and golden rides are never re-recorded")
    async with new_place() as place:
        await _play(PLAYS[name], place)
        folder.mkdir()
        settings = Settings(data_folder=place.data)
        async with Database(settings.storage_url()):
            pass  # so that what was written is in the file itself
        ride = _write(folder, place.data / "ride.sqlite3")
        for file, form in ((NEW_MARKDOWN, Format.MARKDOWN), (JSON, Format.JSON)):
            document = await export(settings, Wish(ride=ride, format=form))
            (folder / file).write_bytes(document.encode())
    for path in folder.iterdir():
        if found := LOCAL.search(path.read_bytes()):
            raise ValueError(f"{path} has {found[0]!r} in it, which is this machine's matter")


async def _play(play: Play, place: Place) -> None:
    settings = Settings(data_folder=place.data, cache_folder=SHARED_CACHE, run_folder=place.sandboxes)
    async with (
        running_demo(settings, place.data, speed=play.speed, progress=_say) as demo,
        WorkspaceClient(demo.workspace.url) as client,
    ):
        people = {user.name: await client.as_user(user.name) for user in (await client.info()).users}
        await play.act(Stage(demo=demo, people=people), place)


def _write(folder: Path, database: Path) -> str:
    """Write what is stored of the one ride; gives its id."""
    engine = sqlite_engine(database)
    with engine.connect() as connection:
        [version] = _rows(connection, VERSION_TABLE)
        [ride] = _rows(connection, "rides")
        [card] = _rows(connection, "scorecards")
        learners = _rows(connection, "ride_learners", by="position")
        events = _rows(connection, "journal_events", by="seq")
        samples = _rows(connection, "ride_samples", by="at")
    engine.dispose()
    document = {**json.loads(str(ride["document"])), "folder": ""}
    kept = {name: value for name, value in ride.items() if name != "document"} | {"response_url": None}
    rows = {"schema": version["version_num"], "rides": [kept], "ride_learners": learners}
    (folder / RECORD).write_bytes(_indented(rows))
    (folder / SCENARIO).write_bytes(_indented(document))
    (folder / CARD).write_bytes(_indented(json.loads(str(card["document"]))))
    (folder / JOURNAL).write_bytes("".join(f"{event['payload']}\n" for event in events).encode())
    (folder / SAMPLES).write_bytes("".join(f"{compact(_sample(one))}\n" for one in samples).encode())
    return str(ride["id"])


def _rows(connection: Connection, name: str, *, by: str | None = None) -> list[Row]:
    """All rows of a table, times as ISO 8601."""
    table = Table(name, MetaData(), autoload_with=connection)
    times = {column.name for column in table.columns if isinstance(column.type, DateTime)}
    found = connection.execute(select(table).order_by(*([] if by is None else [table.c[by]])))
    return [
        {column: _iso(value) if column in times else value for column, value in row.items()}
        for row in found.mappings()
    ]


def _iso(moment: datetime | None) -> str | None:
    """A time of SQLite's, which is in UTC without saying so."""
    return None if moment is None else moment.replace(tzinfo=UTC).isoformat()


def _sample(row: Row) -> Mapping[str, object]:
    return {column: value for column, value in row.items() if column != "ride_id"}


def _indented(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden.record", description=__doc__)
    parser.add_argument("names", nargs="+", choices=sorted(PLAYS), metavar="NAME")
    for name in parser.parse_args().names:
        _say(f"Recording {name}")
        asyncio.run(record(name))


if __name__ == "__main__":
    main()
