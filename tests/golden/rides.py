"""The golden rides: real rides, frozen, a folder each. The files are never re-recorded.

A changed card is a defect; a new export format gets a new file beside (as `export-2.json`), and the old one
stays for as long as Ride can write that format. A ride is put back as the version that stored it left it:
plain rows, in tables as they were at that schema, so that nothing of today's models is needed and today's
migrations are gone through. A folder has

- `record.json`: the schema's revision, and the rows of `rides` and `ride_learners` as they were stored, but
  for the document, and for where the recorder's own workspace took answers (Slack's address is dead after
  half an hour);
- `scenario.json`: the document of the ride's row, indented, but for the folder it was read from;
- `journal.jsonl`, `samples.jsonl`: an event and a sample a line, in order, events byte for byte;
- `card.json`: the stored card, indented;
- `export.md`, `export.json`: what `ride export` gave, byte for byte. The JSON is the same to this day;
- `export-2.md`: the page since it tells each moment whole. `export.md` stays beside it, and is held to be
  nothing but the same page in short.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from alembic import command
from sqlalchemy import URL, Connection, DateTime, Engine, MetaData, Table, create_engine, insert

from storage.schema import migrations

HERE = Path(__file__).parent
RECORD, SCENARIO, JOURNAL, SAMPLES, CARD = (
    "record.json",
    "scenario.json",
    "journal.jsonl",
    "samples.jsonl",
    "card.json",
)
MARKDOWN, JSON = "export.md", "export.json"
NEW_MARKDOWN = "export-2.md"
"""The page since nothing on it is cut any more: it is written like this now."""
FILES = (RECORD, SCENARIO, JOURNAL, SAMPLES, CARD, NEW_MARKDOWN, JSON)
LOCAL = re.compile(rb"/tmp/|/home/|/root/|localhost|127\.0\.0\.1|postgresql://|xox[bp]-|xapp-")
"""What shows that something of the recorder's machine got into a file."""

Row: TypeAlias = Mapping[str, object]
"""A row by its columns' names, times as ISO 8601: which columns there are is the schema's matter."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GoldenRide:
    """A frozen ride."""

    id: str
    folder: Path
    schema: str
    """The migration that the database was at which it was stored in."""
    tables: Mapping[str, Sequence[Row]]
    """Its rows, table by table, in an order in which they can be inserted."""
    card: object
    """The card as plain JSON."""

    def exported(self, file: str) -> bytes:
        """What `ride export` gave."""
        return (self.folder / file).read_bytes()

    def put_into(self, database: Path) -> None:
        """Make a SQLite database as the old installation left it, with this ride in it."""
        database.parent.mkdir(parents=True, exist_ok=True)
        engine = sqlite_engine(database)
        with migrations() as config, engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, self.schema)
            for name, rows in self.tables.items():
                _insert(connection, name, rows)
        engine.dispose()


def names() -> tuple[str, ...]:
    """The golden rides there are."""
    return tuple(sorted(path.parent.name for path in HERE.glob(f"*/{RECORD}")))


def read(folder: Path) -> GoldenRide:
    """The ride of a folder. Raises KeyError, OSError and ValueError for one that isn't whole."""
    record = json.loads(_text(folder / RECORD))
    card = json.loads(_text(folder / CARD))
    [ride] = record["rides"]
    document = compact(json.loads(_text(folder / SCENARIO)))
    return GoldenRide(
        id=ride["id"],
        folder=folder,
        schema=record["schema"],
        tables={
            "rides": [{**ride, "document": document}],
            "ride_learners": record["ride_learners"],
            "journal_events": _journal(ride["id"], _lines(folder / JOURNAL)),
            "ride_samples": [
                {"ride_id": ride["id"], **json.loads(line)} for line in _lines(folder / SAMPLES)
            ],
            "scorecards": [{"ride_id": ride["id"], "document": compact(card)}],
        },
        card=card,
    )


def sqlite_engine(file: Path) -> Engine:
    """A SQLite file, for plain rows."""
    return create_engine(URL.create("sqlite", database=str(file)))


def compact(value: object) -> str:
    """JSON as Ride stores it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _text(file: Path) -> str:
    return file.read_bytes().decode()


def _lines(file: Path) -> list[str]:
    # Not `splitlines`: a statement may have other line ends in it, which JSON leaves as they are.
    return _text(file).removesuffix("\n").split("\n")


def _journal(ride: str, lines: Sequence[str]) -> list[Row]:
    events = [(line, json.loads(line)) for line in lines]
    return [
        {"ride_id": ride, "seq": seq, "at": event["at"], "kind": event["kind"], "payload": line}
        for seq, (line, event) in enumerate(events, start=1)
    ]


def _insert(connection: Connection, name: str, rows: Sequence[Row]) -> None:
    """Insert rows into a table as the database has it."""
    table = Table(name, MetaData(), autoload_with=connection)
    times = {column.name for column in table.columns if isinstance(column.type, DateTime)}
    connection.execute(
        insert(table),
        [
            {column: _moment(value) if column in times else value for column, value in row.items()}
            for row in rows
        ],
    )


def _moment(value: object) -> datetime | None:
    """A time as SQLite has it: UTC without saying so."""
    return None if value is None else datetime.fromisoformat(str(value)).astimezone(UTC).replace(tzinfo=None)
