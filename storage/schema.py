"""Bringing a database's tables to this version of Ride, once, however many programs start at once."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import as_file, files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from storage.errors import DatabaseTooNewError, DatabaseTooOldError

VERSION_TABLE = "ride_schema_version"
"""Alembic's own name for it may be taken in a PostgreSQL database that Ride shares with others."""

_ADVISORY_LOCK = 0x72696465
"""'ride' in ASCII: the PostgreSQL advisory lock that programs take while they migrate."""

_one_at_a_time = threading.Lock()
"""`alembic.op` and `alembic.context` are one for the whole process."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """Which migrations a database has seen."""

    found: str | None
    """The last one; None for a database without Ride's tables."""
    wanted: str
    """The last one that this program knows."""

    @property
    def is_current(self) -> bool:
        return self.found == self.wanted


@contextlib.contextmanager
def migrations() -> Iterator[Config]:
    """Alembic's configuration with the migrations of this program, wherever it is installed."""
    with as_file(files("storage.migrations")) as folder:
        config = Config()
        # ConfigParser reads a single % as the start of a reference.
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        yield config


def upgrade(engine: Engine, name: str) -> Version:
    """Run the migrations that are missing, in one transaction, all of them or none; gives what was there.

    `name` is the database's name in messages. Raises DatabaseTooNewError and the driver's errors.
    On SQLite the transaction must begin with the write lock (BEGIN IMMEDIATE) and without foreign keys, since
    a table is changed there by copying and dropping it.
    """
    with _one_at_a_time, migrations() as config, engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL lock_timeout = '30s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        before = _version(connection, ScriptDirectory.from_config(config), name)
        if not before.is_current:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        return before


def check(engine: Engine, name: str) -> None:
    """See that the tables are at this version. Raises DatabaseTooOldError and DatabaseTooNewError."""
    version = read_version(engine, name)
    if not version.is_current:
        raise DatabaseTooOldError(
            f"The database {name} is not ready for this version of Ride: its tables are at "
            f"{version.found or 'no version'}, and {version.wanted} is needed. Run `ride db upgrade`."
        )


def read_version(engine: Engine, name: str) -> Version:
    """Where the tables are. Raises DatabaseTooNewError and the driver's errors."""
    with migrations() as config, engine.begin() as connection:
        return _version(connection, ScriptDirectory.from_config(config), name)


def _version(connection: Connection, script: ScriptDirectory, name: str) -> Version:
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    found = context.get_current_revision()
    wanted = script.get_current_head() or ""
    if found is not None and found not in {revision.revision for revision in script.walk_revisions()}:
        raise DatabaseTooNewError(
            f"The database {name} was written by a newer version of Ride (its tables are at {found}, "
            f"this one knows up to {wanted}). Nothing was changed. Update Ride, or point "
            f"it at another database with RIDE_DATABASE_URL or RIDE_DATA_FOLDER."
        )
    return Version(found=found, wanted=wanted)
