"""What of the lock goes into an image: all that Ride needs to run, and nothing that only development does."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
SCRIPT = ROOT / ".ci" / "runtime_lock.py"


def names(requirements: list[str]) -> set[str]:
    return {str(canonicalize_name(Requirement(one).name)) for one in requirements}


def printed(*arguments: str) -> str:
    command = [sys.executable, str(SCRIPT), *arguments]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def pinned(lock: str) -> set[str]:
    lines = [line.split(";")[0].rstrip("\\ ") for line in lock.splitlines() if line[:1].isalnum()]
    return names(lines)


def test_what_it_needs_to_run() -> None:
    taken = pinned(printed())
    assert names(PROJECT["dependencies"]) <= taken
    # Needed by what Ride needs: the lock has several versions of the one; the other comes by an extra.
    assert {"numpy", "psycopg-binary"} <= taken
    assert taken & names(PROJECT["optional-dependencies"]["dev"]) <= {"packaging"}


def test_each_line_as_the_lock_has_it() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    blocks = [block for block in printed().split("\n") if block[:1].isalnum()]
    assert all(f"\n{block}\n" in f"\n{lock}" for block in blocks)
    assert sum(block.startswith("numpy==") for block in blocks) == sum(
        line.startswith("numpy==") for line in lock.splitlines()
    )


def test_more_on_request() -> None:
    assert pinned(printed("setuptools")) - pinned(printed()) == {"setuptools"}
    with pytest.raises(subprocess.CalledProcessError):
        printed("not-in-the-lock")
