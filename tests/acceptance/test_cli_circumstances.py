"""`ride demo` and its neighbours where something is missing, taken, shut, full or wrong."""

import json
import os
import shutil
import socket
import sqlite3
from pathlib import Path
from signal import SIGINT

import aiohttp
import psutil
import pytest

from tests.acceptance.cli_fixtures import ROOT_ONLY, as_user, mounted
from tests.acceptance.ride_program import ROOT, Launcher, Place, Program

DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")
READY = r"http://127\.0\.0\.1:\d+"
STRANGER = 61234
"""A uid that passwd doesn't know."""


async def works(demo: Program) -> None:
    """It comes up, its page answers, and it ends well."""
    url = (await demo.says(READY))[0]
    async with aiohttp.ClientSession() as browser, browser.get(url) as page:
        assert page.status == 200
    assert await demo.stopped_by(SIGINT) == 0
    assert demo.err == ""


def is_refused(code: int, program: Program, *words: str) -> None:
    """A short text for a person, and the exit code for wrong input."""
    assert "Traceback" not in program.said
    assert [word for word in words if word not in program.err] == [], program.said
    assert code == 2
    assert len(program.err.splitlines()) <= 8


async def test_two_at_once(ride: Launcher, place: Place) -> None:
    one, two = await ride("demo"), await ride("demo")
    first, second = await one.says(READY), await two.says(READY)
    assert first[0] != second[0]
    told = [demo for demo in (one, two) if "Another Ride is using" in demo.out]
    assert len(told) == 1
    assert str(place.data / "demo-2") in told[0].out
    await works(one)
    await works(two)
    assert place.leftovers() == []


async def test_the_port_is_taken(ride: Launcher, place: Place) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, demo = await ride.run("demo", "--port", port)
        is_refused(code, demo, f"Port {port} is taken", "--port")
    assert place.leftovers() == []
    again = await ride("demo", "--port", port)
    assert (await again.says(READY))[0].endswith(f":{port}")
    await works(again)


async def test_files_where_folders_should_be(ride: Launcher, place: Place) -> None:
    cache, data = place.root / "cache", place.data
    for path in (cache, data):
        path.write_text("not a folder")
    demo = await ride("demo", without=["RIDE_RUN_FOLDER"], settings={"RIDE_CACHE_FOLDER": str(cache)})
    await works(demo)
    assert f"{data / 'demo'} can't be written" in demo.out
    assert f"{cache}: " in demo.out
    assert "instead, which may not survive a reboot" in demo.out
    # The cache in its place stays, the rides go with the program.
    assert [path.name for path in place.temporary.iterdir()] == [f"ride-cache-{os.geteuid()}"]


@ROOT_ONLY
async def test_read_only_file_systems(ride: Launcher, place: Place) -> None:
    cache = place.root / "cache"
    shut = mounted(cache, "ro") + mounted(place.data, "ro")
    demo = await ride(
        "demo", prefix=shut, without=["RIDE_RUN_FOLDER"], settings={"RIDE_CACHE_FOLDER": str(cache)}
    )
    await works(demo)
    assert "(Read-only file system)" in demo.out
    assert f"{cache}: read-only file system. Using {place.temporary}" in demo.out


@ROOT_ONLY
async def test_somebody_without_name_and_home(ride: Launcher, place: Place) -> None:
    place.root.chmod(0o777)
    demo = await ride(
        "demo",
        prefix=as_user(STRANGER),
        without=["HOME", "RIDE_CACHE_FOLDER", "RIDE_DATA_FOLDER", "RIDE_RUN_FOLDER"],
    )
    await works(demo)
    assert not (place.root / "~").exists()


async def test_no_home(ride: Launcher, place: Place) -> None:
    none = place.root / "nowhere" / "to" / "be"
    none.parent.parent.write_text("so that nobody can make it")
    demo = await ride("demo", without=["RIDE_DATA_FOLDER"], settings={"HOME": str(none)})
    await works(demo)
    assert "can't be written" in demo.out


async def test_no_folder_for_temporary_files(ride: Launcher, place: Place) -> None:
    await works(await ride("demo", settings={"TMPDIR": str(place.root / "absent")}))


@ROOT_ONLY
async def test_a_full_folder_for_temporary_files(ride: Launcher, place: Place) -> None:
    full = mounted(place.temporary, "size=4k,nr_inodes=2,mode=1777")
    fill = ["sh", "-c", 'echo full > "$TMPDIR/full" && exec "$@"', "fill"]
    demo = await ride("demo", "--autopilot", "straight-to-the-kill", "--speed", "100", prefix=full + fill)
    assert await demo.ends() == 0, demo.said


@pytest.mark.parametrize("folder", ["/etc", "~nobody-of-this-name/bin"])
async def test_no_postgresql_there(ride: Launcher, place: Place, folder: str) -> None:
    code, demo = await ride.run("demo", settings={"RIDE_POSTGRES_BIN": folder})
    is_refused(code, demo, folder, "RIDE_POSTGRES_BIN")
    assert place.leftovers() == []


@pytest.mark.skipif(not DEBIAN_15.is_dir(), reason="not installed")
async def test_on_another_postgresql(ride: Launcher, place: Place) -> None:
    demo = await ride(
        "demo",
        "--autopilot",
        "straight-to-the-kill",
        "--speed",
        "100",
        settings={"RIDE_POSTGRES_BIN": str(DEBIAN_15)},
    )
    await demo.says(r"\ndana: /sql")
    (server,) = [process for process in place.processes() if process.name() == "postgres" and _main(process)]
    assert Path(server.exe()).parent == DEBIAN_15
    assert await demo.ends() == 0, demo.said


def _main(process: psutil.Process) -> bool:
    """Whether it is the server itself: a backend that was forked just now has its command line still."""
    parent = process.parent()
    return "-D" in process.cmdline() and (parent is None or parent.name() != "postgres")


async def test_settings_are_wrong(ride: Launcher) -> None:
    wrong = {"RIDE_ARCHIVE_AFTER": "abc", "RIDE_PAGE_AGAIN_EVERY": "PT0S", "RIDE_LOG_LEVEL": "loud"}
    code, demo = await ride.run("demo", settings=wrong)
    words = ["RIDE_ARCHIVE_AFTER=abc: ", "RIDE_PAGE_AGAIN_EVERY=", "greater than", "RIDE_LOG_LEVEL=loud: "]
    is_refused(code, demo, "docs/settings.md", *words)


@pytest.mark.parametrize(
    ("ride_command", "sql_command", "problem"),
    [
        ("/incident", "/incident", "both /incident: give them different names"),
        ("/ride", "SELECT", "RIDE_SQL_COMMAND=SELECT: "),
    ],
)
async def test_wrong_command_names(ride: Launcher, ride_command: str, sql_command: str, problem: str) -> None:
    names = {"RIDE_RIDE_COMMAND": ride_command, "RIDE_SQL_COMMAND": sql_command}
    code, printed = await ride.run("manifest", settings=names)
    is_refused(code, printed, problem)


async def test_the_manifest_has_the_commands_names(ride: Launcher) -> None:
    code, printed = await ride.run(
        "manifest", settings={"RIDE_RIDE_COMMAND": "/drill", "RIDE_SQL_COMMAND": "/drill-sql"}
    )
    assert (code, printed.err) == (0, "")
    commands = json.loads(printed.out)["features"]["slash_commands"]
    assert {command["command"]: command["should_escape"] for command in commands} == {
        "/drill": True,
        "/drill-sql": False,
    }


async def test_a_wrong_setting_in_a_file(ride: Launcher, place: Place) -> None:
    (place.root / ".env").write_text("RIDE_SQL_COMMAND=SQL\nSLACK_BOT_TOKEN=xoxb-secret\n")
    code, printed = await ride.run("manifest")
    is_refused(code, printed, "RIDE_SQL_COMMAND=SQL: ", ".env")
    assert "xoxb-secret" not in printed.said
    (place.root / ".env").write_bytes(b"RIDE_SQL_COMMAND=\xff\n")
    code, printed = await ride.run("manifest")
    is_refused(code, printed, ".env can't be read")


async def test_a_damaged_database(ride: Launcher, place: Place) -> None:
    database = place.data / "demo" / "ride.sqlite3"
    database.parent.mkdir(parents=True)
    database.write_bytes(b"no database at all" * 1000)
    code, demo = await ride.run("demo")
    is_refused(code, demo, str(database), "Move it away")
    assert database.read_bytes().startswith(b"no database")
    assert place.leftovers() == []


async def test_a_newer_database(ride: Launcher, place: Place) -> None:
    database = place.data / "demo" / "ride.sqlite3"
    database.parent.mkdir(parents=True)
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE ride_schema_version (version_num VARCHAR(32) NOT NULL)")
        connection.execute("INSERT INTO ride_schema_version VALUES ('9999')")
    connection.close()
    code, demo = await ride.run("demo")
    is_refused(code, demo, str(database), "newer")


async def test_a_scenario_with_a_mistake(ride: Launcher, place: Place) -> None:
    catalogue = place.root / "catalogue"
    code, checked = await ride.run("scenarios", "check", str(catalogue))
    is_refused(code, checked, str(catalogue), "scenario.yaml")
    shutil.copytree(ROOT / "scenarios" / "catalogue", catalogue)
    file = catalogue / "alter-table-locks" / "scenario.yaml"
    text = file.read_text(encoding="utf-8")
    line = text[: text.index("\nlevel:") + 1].count("\n") + 1
    file.write_text(text.replace("\nlevel:", "\nlevle:"), encoding="utf-8")
    code, checked = await ride.run("scenarios", "check", str(catalogue))
    is_refused(code, checked, f"alter-table-locks/scenario.yaml:{line}:1: 'levle' ")
    file.write_text(text, encoding="utf-8")
    code, checked = await ride.run("scenarios", "check", str(catalogue))
    assert (code, checked.err) == (0, "")
    assert "alter-table-locks: fine, with" in checked.out


async def test_the_list_of_scenarios(ride: Launcher) -> None:
    code, listed = await ride.run("scenarios", "list")
    assert (code, listed.err) == (0, "")
    assert "alter-table-locks  ALTER TABLE locks production · L3 · 10-15 min" in listed.out
    assert "straight-to-the-kill" in listed.out


FULL = ["sh", "-c", 'exec "$@" > /dev/full', "sh"]


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("command", [("manifest",), ("scenarios", "list"), ("--help",)])
async def test_a_full_disk_behind_standard_output(
    ride: Launcher, command: tuple[str, ...], unbuffered: str
) -> None:
    code, program = await ride.run(*command, prefix=FULL, settings={"PYTHONUNBUFFERED": unbuffered})
    is_refused(code, program, "Standard output can't be written: No space left on device", "make room")


async def test_a_demo_before_a_full_disk_leaves_nothing(ride: Launcher, place: Place) -> None:
    code, demo = await ride.run("demo", prefix=FULL)
    is_refused(code, demo, "Standard output can't be written")
    assert place.leftovers() == []


async def test_who_reads_no_further_gets_no_complaint(ride: Launcher) -> None:
    command = 'exec 3>&1; { "$@"; echo "code $?" >&3; } | true'
    _, listed = await ride.run("scenarios", "list", prefix=["sh", "-c", command, "sh"])
    assert (listed.out, listed.err) == ("code 141\n", "")


async def test_standard_output_closed_on_purpose(ride: Launcher) -> None:
    code, silent = await ride.run("manifest", prefix=["sh", "-c", 'exec "$@" >&-', "sh"])
    assert (code, silent.said) == (0, "")
