"""The golden rides, put back as an old installation left them: the same card, the same export, for ever.

When one of these fails, the code is wrong and not the file: see `tests/golden/rides.py`.
"""

import io
import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import TypeAdapter
from rich.console import Console

from bot.config import Settings
from bot.exporting.exporting import Format, Wish, export
from bot.replaying import replay
from bot.stored_rides import find_ride
from scenarios.journal import Outcome
from scenarios.scorecard import Scorecard
from storage.database import sqlite_url
from tests.golden.rides import FILES, HERE, JSON, LOCAL, MARKDOWN, GoldenRide, names, read

EXPECTED = {
    "lost": (Outcome.VOID, 25),
    "solved": (Outcome.RESOLVED, 100),
    "trapped": (Outcome.RESOLVED, 50),
}
KINDS = {
    "lost": {"acknowledged", "hint_taken", "symptom_shown", "statement_logged"},
    "solved": {"team_called", "role_taken", "status_updated", "picture_shown", "write_committed"},
    "trapped": {"meta_command_tried", "statement_failed", "signal_sent", "session_ended", "hint_taken"},
}
CARDS: TypeAdapter[Scorecard] = TypeAdapter(Scorecard)
PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, kw_only=True)
class Installation:
    """An old installation with one ride in it, and what it once gave."""

    ride: GoldenRide
    settings: Settings


@pytest.fixture(params=names())
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Installation:
    ride = read(HERE / request.param)
    database = tmp_path / "ride.sqlite3"
    ride.put_into(database)
    return Installation(ride=ride, settings=Settings(data_folder=tmp_path, database_url=sqlite_url(database)))


async def test_replay_gives_the_stored_card(old: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    said = Console(file=io.StringIO())
    assert await replay(old.settings, old.ride.id, said, as_json=False)
    assert await replay(old.settings, old.ride.id, said, as_json=True)
    again = json.loads(capsys.readouterr().out)
    outcome, total = EXPECTED[old.ride.folder.name]
    assert (again["outcome"], again["score"]["total"]) == (outcome, total)


@pytest.mark.parametrize(("file", "form"), [(MARKDOWN, Format.MARKDOWN), (JSON, Format.JSON)])
async def test_the_export_is_the_same_byte_for_byte(old: Installation, file: str, form: Format) -> None:
    document = await export(old.settings, Wish(ride=old.ride.id, format=form))
    assert document.encode() == old.ride.exported(file)


async def test_its_picture_can_be_painted(old: Installation, tmp_path: Path) -> None:
    picture = tmp_path / "ride.png"
    page = await export(old.settings, Wish(ride=old.ride.id, format=Format.MARKDOWN, picture=picture))
    assert picture.read_bytes().startswith(PNG)
    assert str(picture) in page


async def test_all_of_it_is_put_back(old: Installation) -> None:
    stored = await find_ride(old.settings, old.ride.id)
    tables = old.ride.tables
    assert len(stored.events) == len(tables["journal_events"])
    assert len(stored.samples) == len(tables["ride_samples"])
    assert stored.record.learners == tuple(row["person"] for row in tables["ride_learners"])
    assert stored.record.version == stored.scenario.version
    assert stored.card is not None
    assert CARDS.dump_python(stored.card, mode="json") == old.ride.card
    assert stored.record.live_at is not None
    assert stored.record.live_at.utcoffset() is not None


def test_there_are_three_and_they_are_whole() -> None:
    assert set(names()) >= EXPECTED.keys()
    for name, (outcome, total) in EXPECTED.items():
        ride = read(HERE / name)
        assert {path.name for path in ride.folder.iterdir()} >= set(FILES)
        [record] = ride.tables["rides"]
        exported = json.loads(ride.exported(JSON))
        assert record["state"] == exported["ride"]["outcome"] == outcome
        assert exported["score"]["total"] == total
        assert CARDS.validate_python(ride.card).total == total
        kinds = {row["kind"] for row in ride.tables["journal_events"]}
        assert kinds >= KINDS[name] | {"ride_started", "incident_live", "lock_waited", "ride_ended"}
        assert 2 <= len(ride.tables["ride_samples"]) <= 60


@pytest.mark.parametrize(
    "path", sorted(HERE.glob("*/*.*")), ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_nothing_of_a_machine_is_in_a_file(path: Path) -> None:
    assert LOCAL.search(path.read_bytes()) is None
