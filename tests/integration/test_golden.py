"""The golden rides, put back as an old installation left them: the same card, the same export, for ever.

When one of these fails, the code is wrong and not the file: see `tests/golden/rides.py`.
"""

import io
import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import TypeAdapter
from rich.console import Console

from bot.base.config import Settings
from bot.cli.export import Format, Wish, export
from bot.cli.replay import replay
from bot.exporting.stored_rides import find_ride
from scenarios.journal.events import Outcome
from scenarios.judging.scorecard import Scorecard
from storage.database import sqlite_url
from tests.golden.rides import FILES, HERE, JSON, LOCAL, MARKDOWN, NEW_MARKDOWN, GoldenRide, names, read

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
STORY = "\n\n## What happened when\n\n"
PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, kw_only=True)
class Installation:
    """An old installation with one ride in it, and what it once gave."""

    ride: GoldenRide
    settings: Settings


@pytest.fixture(params=names())
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Installation:
    return _installed(request.param, tmp_path)


def _installed(name: str, tmp_path: Path) -> Installation:
    ride = read(HERE / name)
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


@pytest.mark.parametrize(("file", "form"), [(NEW_MARKDOWN, Format.MARKDOWN), (JSON, Format.JSON)])
async def test_the_export_is_the_same_byte_for_byte(old: Installation, file: str, form: Format) -> None:
    document = await export(old.settings, Wish(ride=old.ride.id, format=form))
    assert document.encode() == old.ride.exported(file)


@pytest.mark.parametrize("name", [path.parent.name for path in sorted(HERE.glob(f"*/{MARKDOWN}"))])
async def test_the_old_page_is_the_same_in_short(name: str, tmp_path: Path) -> None:
    """The first page cut statements and what people said. All else on it is still there, byte for byte."""
    old = _installed(name, tmp_path)
    page = await export(old.settings, Wish(ride=old.ride.id, format=Format.MARKDOWN))
    before, after = _parted(old.ride.exported(MARKDOWN).decode()), _parted(page)
    assert before.head.replace("First useful look", "First useful step") == after.head
    assert before.tail == after.tail
    assert len(before.moments) == len(after.moments)
    for short, whole in zip(before.moments, after.moments, strict=True):
        words = _words(short)
        assert words == _words(whole) or (
            words.endswith("…") and _words(whole).startswith(words.removesuffix("…"))
        )
    cut = [one for one in before.moments if "…" in one]
    assert not [one for one in after.moments if "…" in one]
    assert cut or name == "lost"


@dataclass(frozen=True, kw_only=True)
class Parts:
    """A page: what is before its story, the moments, and what comes after."""

    head: str
    moments: tuple[str, ...]
    tail: str


def _parted(page: str) -> Parts:
    if STORY not in page:
        return Parts(head=page, moments=(), tail="")
    head, rest = page.split(STORY, maxsplit=1)
    story, tail = rest.split("\n\n## ", maxsplit=1)
    return Parts(head=head, moments=tuple(re.split(r"\n\n(?=`\d+:\d\d` )", story)), tail=tail)


def _words(moment: str) -> str:
    """A moment on one line, without the fence around its statement and without marks."""
    plain = re.sub(r"[*`\\]", "", moment.replace("```sql", "").replace("```", ""))
    return " ".join(plain.split())


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
