"""`ride demo --autopilot`, `ride scenarios prove` and `ride replay`: output and exit codes."""

import json
import re
import shutil
import signal
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.exporting.document import RideExport
from tests.acceptance.ride_program import ROOT, Launcher, Program, launcher, lines, new_place
from tests.acceptance.test_cli_circumstances import is_refused

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("autopilot")]

PROOF = "straight-to-the-kill"
QUICK = ("demo", "--autopilot", PROOF, "--speed", "100")
NAMES = {"ride", "scenario", "outcome", "score", "lines", "seconds"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ridden() -> AsyncIterator[tuple[Launcher, Program]]:
    """A proof that was played on a narrow terminal that knows only ASCII."""
    async with new_place() as place, launcher(place) as ride:
        poor = {"COLUMNS": "40", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
        played = await ride(*QUICK, "--json", settings=poor)
        assert await played.ends() == 0, played.said
        assert place.leftovers() == []
        yield ride, played


def card(played: Program) -> dict[str, object]:
    found = json.loads(list(lines(played.out))[-1])
    assert isinstance(found, dict)
    return found


async def test_the_last_line_is_the_card(ridden: tuple[Launcher, Program]) -> None:
    found = card(ridden[1])
    assert found.keys() == NAMES
    assert (found["scenario"], found["outcome"]) == ("alter-table-locks", "resolved")
    assert isinstance(found["score"], dict)
    assert found["score"].keys() == {"detect", "fix", "trap", "total"}
    assert isinstance(found["lines"], list)
    assert [line.keys() for line in found["lines"]] == [{"dimension", "points", "of", "why"}] * 7
    assert sum(line["points"] for line in found["lines"]) == found["score"]["total"]
    assert isinstance(found["seconds"], dict)
    assert found["seconds"].keys() == {"to_live", "to_acknowledge", "to_detect", "to_fix"}


async def test_a_poor_terminal_gets_plain_text(ridden: tuple[Launcher, Program]) -> None:
    played = ridden[1]
    assert played.err == ""
    assert played.out.isascii()
    assert "\x1b" not in played.out
    assert "\r" not in played.out
    assert "dana: /ride start alter-table-locks" in played.out
    table = [line for line in lines(played.out) if line.startswith("|")]
    assert table
    assert max(map(len, table)) <= 40


async def test_replay_gives_the_same_card(ridden: tuple[Launcher, Program]) -> None:
    ride, played = ridden
    name = str(card(played)["ride"])
    code, again = await ride.run("replay", name)
    assert (code, again.err) == (0, "")
    assert re.search(r"Replayed \d+ events: the scorecard matches the stored one\.", again.out)
    code, again = await ride.run("replay", name, "--json")
    assert (code, again.err) == (0, "")
    assert json.loads(again.out) == {**card(played), "same": True}


async def test_replay_sees_a_changed_journal(ridden: tuple[Launcher, Program]) -> None:
    ride, played = ridden
    name = str(card(played)["ride"])
    copy = ride.place.root / "copy.sqlite3"
    with sqlite3.connect(ride.place.data / "demo" / "ride.sqlite3") as stored:
        stored.execute("VACUUM INTO ?", (str(copy),))
    stored.close()
    with sqlite3.connect(copy) as tampered:
        tampered.execute("DELETE FROM journal_events WHERE kind = 'session_ended'")
    tampered.close()
    elsewhere = {"RIDE_DATABASE_URL": f"sqlite:///{copy}"}
    code, again = await ride.run("replay", name, settings=elsewhere)
    assert code == 1
    assert "the scorecard does NOT match the stored one" in again.out
    code, again = await ride.run("replay", name, "--json", settings=elsewhere)
    assert code == 1
    assert json.loads(again.out)["same"] is False
    with sqlite3.connect(copy) as tampered:
        tampered.execute('UPDATE journal_events SET payload = \'{"kind": "tea"}\' WHERE seq = 2')
    tampered.close()
    code, again = await ride.run("replay", name, settings=elsewhere)
    is_refused(code, again, name, "changed from outside")


async def test_replay_of_nothing(ridden: tuple[Launcher, Program]) -> None:
    ride, _ = ridden
    code, again = await ride.run("replay", "zzzzzz")
    is_refused(code, again, "There is no ride 'zzzzzz'", "postmortem")


async def test_export_as_json(ridden: tuple[Launcher, Program]) -> None:
    ride, played = ridden
    name = str(card(played)["ride"])
    code, exported = await ride.run("export", name, "--format", "json")
    assert (code, exported.err) == (0, "")
    found = RideExport.model_validate_json(exported.out)
    assert found.ride.id == name
    assert found.score is not None
    assert found.score.total == 75
    assert [person.name for person in found.people if person.rode] == ["dana"]
    assert found.events[-1].kind in ("ride_ended", "picture_shown", "chat_step_skipped")
    assert len(found.samples) > 2
    assert max(sample.waiting for sample in found.samples) == 4
    assert "response_url" not in exported.out


async def test_export_as_a_page_with_its_picture(ridden: tuple[Launcher, Program]) -> None:
    ride, played = ridden
    name = str(card(played)["ride"])
    wiki = ride.place.root / "wiki"
    (wiki / "images").mkdir(parents=True)
    written = ("--picture", str(wiki / "images" / "ride 1.png"), "--output", str(wiki / "ride.md"))
    code, exported = await ride.run("export", name, *written)
    assert (code, exported.said) == (0, "")
    text = (wiki / "ride.md").read_text(encoding="utf-8")
    assert text.startswith("# Postmortem: ALTER TABLE locks production\n")
    for chapter in ("Score", "What happened when", "Who did what", "Figures", "Root cause", "The lesson"):
        assert f"\n## {chapter}\n" in text
    assert "**75/100**" in text
    assert "](<images/ride 1.png>)" in text
    assert (wiki / "images" / "ride 1.png").read_bytes().startswith(b"\x89PNG")
    code, exported = await ride.run("export", name)
    assert (code, exported.err) == (0, "")
    assert exported.out.startswith("# Postmortem")


async def test_export_says_what_is_wrong(ridden: tuple[Launcher, Program]) -> None:
    ride, played = ridden
    name = str(card(played)["ride"])
    code, refused = await ride.run("export", name[:-1])
    is_refused(code, refused, f"Did you mean {name}?", "postmortem")
    code, refused = await ride.run("export", name, "--output", str(ride.place.root / "none" / "x.md"))
    is_refused(code, refused, "can't be written", "a folder that exists")


async def test_wrong_names(ridden: tuple[Launcher, Program]) -> None:
    ride, _ = ridden
    code, played = await ride.run("demo", "--autopilot", "straight-to-the-kil")
    is_refused(code, played, PROOF)
    code, played = await ride.run("scenarios", "prove", "alter-tabel-locks")
    is_refused(code, played, "alter-table-locks")
    code, played = await ride.run("demo", PROOF)
    assert code == 2
    assert "--autopilot" in played.err


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ride with a proof that expects another score than it gets."""
    tree = tmp_path_factory.mktemp("tree")
    for room in ("bot", "sandbox", "scenarios", "storage"):
        shutil.copytree(ROOT / room, tree / room, ignore=shutil.ignore_patterns("__pycache__"))
    proof = tree / "scenarios" / "catalogue" / "alter-table-locks" / "proofs" / f"{PROOF}.yaml"
    text = proof.read_text()
    wrong = text.replace("trap: 20, total: 75", "trap: 10, total: 65").replace("trap: 20}", "trap: 10}")
    assert wrong.count("10") == text.count("10") + 2
    proof.write_text(wrong)
    return tree


async def test_prove_and_its_exit_codes(changed: Path) -> None:
    async with new_place() as place, launcher(place) as ride:
        proving = ("scenarios", "prove", "alter-table-locks", "--proof", PROOF, "--speed", "100")
        right = await ride(*proving)
        wrong = await ride(*proving, settings={"PYTHONPATH": str(changed)})
        assert await right.ends() == 0, right.said
        assert "1 passed, 0 failed" in right.out
        assert await wrong.ends() == 1, wrong.said
        assert "total is 75, expected 65" in wrong.out
        assert "0 passed, 1 failed" in wrong.out
        assert right.err == wrong.err == ""
        assert place.leftovers() == []


async def test_not_as_the_proof_expects(changed: Path) -> None:
    async with new_place() as place, launcher(place) as ride:
        played = await ride(*QUICK, "--json", settings={"PYTHONPATH": str(changed)})
        assert await played.ends() == 1, played.said
        assert "Differs from the proof: total is 75, expected 65" in played.out
        assert card(played).keys() == NAMES


async def test_interrupted(ridden: tuple[Launcher, Program]) -> None:
    ride, _ = ridden
    played = await ride("demo", "--autopilot", "never-fixes")
    await played.says("being paged")
    assert await played.stopped_by(signal.SIGINT) == 130
    assert "Traceback" not in played.said
    assert ride.place.leftovers() == []


async def test_nobody_reads_on(ridden: tuple[Launcher, Program]) -> None:
    ride, _ = ridden
    command = 'exec 3>&1; { "$@"; echo "code $?" >&3; } | grep -m 1 "# inc-"'
    played = await ride("demo", "--autopilot", "never-fixes", prefix=["sh", "-c", command, "sh"])
    await played.says(r"code \d+")
    await played.ends()
    assert "Traceback" not in played.said
    assert ride.place.leftovers() == []
