"""The repository as others will find it: what is tracked, how it is laid out, what a wheel of it holds."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "scenarios", "sandbox", "storage")
MAX_LINES = 450

# In pieces, because this file is tracked as well.
REGISTRY_HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("pypi", "python", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("proxy", "golang", "org"),
        ("rubygems", "org"),
        ("crates", "io"),
    )
)
DEVELOPERS_PATH = re.compile(r"/(?:home|Users)/[a-z]\w*/|/root/\w|/tmp/wt\b|(?<![\w./])/work/\w")
BINARY_SUFFIXES = {".png", ".jpg", ".ico", ".woff2"}
DATA_SUFFIXES = {
    ".sql",
    ".yaml",
    ".html",
    ".css",
    ".js",
    ".mako",
    ".md",
    ".svg",
    ".json",
    ".conf",
    ".sh",
    ".j2",
}


def tracked() -> list[Path]:
    """All tracked files that are there, relative to the root."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout, or no git here")
    command = ["git", "-c", f"safe.directory={ROOT}", "-C", str(ROOT), "ls-files", "-z"]
    names = subprocess.run(command, capture_output=True, check=True, text=True).stdout.split("\0")
    return [Path(name) for name in names if name and (ROOT / name).is_file()]


def texts() -> list[tuple[Path, str]]:
    """The tracked files that are text."""
    return [
        (path, (ROOT / path).read_text(encoding="utf-8"))
        for path in tracked()
        if path.suffix not in BINARY_SUFFIXES
    ]


def modules() -> list[Path]:
    """The tracked Python modules of the four rooms."""
    return [path for path in tracked() if path.suffix == ".py" and path.parts[0] in ROOMS]


def test_no_file_names_a_package_registry() -> None:
    naming = [f"{path}: {host}" for path, text in texts() for host in REGISTRY_HOSTS if host in text]
    assert naming == [], "Where packages come from is each machine's own setting."


def test_no_file_names_a_developers_path() -> None:
    naming = [
        f"{path}: {match[0]}"
        for path, text in texts()
        if path != Path(__file__).relative_to(ROOT)
        for match in DEVELOPERS_PATH.finditer(text)
    ]
    assert naming == []


def test_no_lock_file_with_addresses() -> None:
    with_addresses = {"uv.lock", "poetry.lock", "Pipfile.lock", "pdm.lock"}
    assert [path for path in tracked() if path.name in with_addresses] == []
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    assert "--index-url" not in lock


def test_each_pin_has_a_hash() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    pins = re.findall(r"^[a-z0-9._-]+==", lock, re.MULTILINE)
    with_hash = re.findall(r"^[a-z0-9._-]+==.* \\\n    --hash=sha256:", lock, re.MULTILINE)
    assert len(pins) == len(with_hash) > 0


def test_the_pins_are_what_the_project_asks_for() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    pins = dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", lock, re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [Requirement(line) for line in project["dependencies"] + project["optional-dependencies"]["dev"]]
    outside = [
        str(requirement)
        for requirement in asked
        if requirement.name not in pins or pins[requirement.name] not in requirement.specifier
    ]
    assert outside == [], "`make lock` brings requirements.lock in line with pyproject.toml."


def test_modules_stay_small() -> None:
    long = {str(path): count for path in modules() if (count := lines(path)) > MAX_LINES}
    assert long == {}, "A module this long holds two nouns."


def lines(path: Path) -> int:
    return len((ROOT / path).read_text(encoding="utf-8").splitlines())


def test_modules_are_named_for_what_they_hold() -> None:
    vague = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"}
    assert [str(path) for path in modules() if vague & {path.stem, path.parent.name}] == []


def test_each_module_says_what_it_is() -> None:
    silent = [
        str(path)
        for path in modules()
        if (text := (ROOT / path).read_text(encoding="utf-8")) and ast.get_docstring(ast.parse(text)) is None
    ]
    assert silent == []


def test_a_wheel_holds_all_code_and_data(tmp_path: Path) -> None:
    if int(metadata.version("setuptools").split(".")[0]) < 77:
        pytest.skip("the build backend here is older than pyproject.toml asks for")
    files = [path for path in tracked() if path.parts[0] in ROOMS or len(path.parts) == 1]
    source = tmp_path / "source"  # A copy: building leaves a folder behind.
    for path in files:
        target = source / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, target)

    offline = ("--no-deps", "--no-build-isolation", "--no-index")
    built = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", *offline, f"--wheel-dir={tmp_path}", str(source)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr

    (wheel,) = tmp_path.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        str(path) for path in files if path.parts[0] in ROOMS and path.suffix in {".py", *DATA_SUFFIXES}
    }
    assert wanted - held == set()
    others = {
        str(path) for path in files if path.parts[0] in ROOMS and path.suffix not in {".py", *DATA_SUFFIXES}
    }
    assert others == set(), "Data of a kind that pyproject.toml does not list stays out of the wheel."
