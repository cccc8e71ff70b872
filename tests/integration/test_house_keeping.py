"""What `make` does before and after Ride is there: `.ci/install.py` and `.ci/clean.py`, as processes."""

import fcntl
import importlib.util
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from platformdirs import site_cache_path, user_cache_path

from bot.base.config import Settings

CI = Path(__file__).parents[2] / ".ci"
CLEAN = [sys.executable, str(CI / "clean.py")]


def program(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, CI / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A home with a ride in it."""
    rides = tmp_path / "share" / "ride" / "demo"
    rides.mkdir(parents=True)
    (rides / "ride.sqlite3").write_bytes(b"x" * 2_000_000)
    (rides / "lock").touch()
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "share"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }


def cleaned(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*CLEAN, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def test_without_a_terminal_it_says_where_the_rides_lie(environment: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "share" / "ride"
    said = cleaned(environment)
    assert said.returncode == 0
    assert f"Left: {folder} (2 MB: rides, scores" in said.stdout
    assert 'make clean ARGS="--data" removes it' in said.stdout
    assert folder.is_dir()


def test_asked_for_they_go(environment: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "share" / "ride"
    assert f"Removing {folder}" in cleaned(environment, "--data").stdout
    assert not folder.exists()
    assert folder.parent.is_dir()


@pytest.mark.parametrize(("answer", "stays"), [("y", False), ("", True), ("no", True)])
def test_on_a_terminal_it_asks(environment: dict[str, str], tmp_path: Path, answer: str, stays: bool) -> None:
    ours, theirs = pty.openpty()
    # The cache, where there is one on this machine, is asked about first, and is to stay.
    asks = [CLEAN[0], "-c", _WITHOUT_CACHE]
    with subprocess.Popen(asks, env=environment, stdin=theirs, stdout=theirs, stderr=theirs) as asking:
        os.close(theirs)
        os.write(ours, f"{answer}\n".encode())
        asking.wait()
        said = os.read(ours, 10_000).decode()
    os.close(ours)
    assert "rides, scores, teams and rotas; they are gone then), too? [y/N]" in said
    assert (tmp_path / "share" / "ride").exists() is stays


_WITHOUT_CACHE = f"""
import sys
sys.path.insert(0, {str(CI)!r})
sys.argv = ["clean.py"]
import clean
both = clean.kept
clean.kept = lambda: both()[1:]
clean.main()
"""


def test_nothing_goes_while_a_ride_runs(environment: dict[str, str], tmp_path: Path) -> None:
    with (tmp_path / "share/ride/demo/lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = cleaned(environment, "--data")
    assert said.returncode == 1
    assert "A ride is running here: stop it first" in said.stderr
    assert (tmp_path / "share" / "ride").is_dir()


def test_folders_of_ones_own_are_left(environment: dict[str, str], tmp_path: Path) -> None:
    own = tmp_path / "mine"
    own.mkdir()
    said = cleaned({**environment, "RIDE_DATA_FOLDER": str(own)}, "--data")
    assert f"Left: {own}, which RIDE_DATA_FOLDER names." in said.stdout
    assert own.is_dir()
    assert (tmp_path / "share" / "ride").is_dir()


def test_it_knows_the_folders_that_ride_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RIDE_DATA_FOLDER", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    cache, data = program("clean").kept()
    assert data.folder == Settings(_env_file=None).data_folder
    assert cache.folder == (site_cache_path("ride") if os.geteuid() == 0 else user_cache_path("ride"))


def test_an_installation_without_a_terminal_shows_that_it_goes_on() -> None:
    script = f"""
import sys
sys.path.insert(0, {str(CI)!r})
import install
with install.Progress(terminal=False, every=0.05) as progress:
    progress.at("package 3 of 78: psycopg")
    sys.stdin.readline()
"""
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as waiting:
        assert waiting.stderr is not None
        assert waiting.stdin is not None
        signs = [waiting.stderr.readline() for _ in range(3)]
        waiting.stdin.close()
    assert all(re.fullmatch(r"  package 3 of 78: psycopg \(\d+ s so far\)\n", sign) for sign in signs)
    assert program("install").SIGN_EVERY == 15
