"""Bringing a database's tables to this version of Ride, once, however many programs start at once."""

import contextlib
import threading
from collections.abc import Iterator
from importlib.resources import as_file, files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from storage.errors import DatabaseTooNewError

VERSION_TABLE = "ride_schema_version"
"""Alembic's own name for it may be taken in a PostgreSQL database that Ride shares with others."""

_ADVISORY_LOCK = 0x72696465
"""'ride' in ASCII: the PostgreSQL advisory lock that programs take while they migrate."""

_one_at_a_time = threading.Lock()
"""`alembic.op` and `alembic.context` are one for the whole process."""


@contextlib.contextmanager
def migrations() -> Iterator[Config]:
    """Alembic's configuration with the migrations of this program, wherever it is installed."""
    with as_file(files("storage.migrations")) as folder:
        config = Config()
        # ConfigParser reads a single % as the start of a reference.
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        yield config


def upgrade(engine: Engine, name: str) -> None:
    """Run the migrations that are missing, in one transaction: all of them or none.

    `name` is the database's name in messages. Raises DatabaseTooNewError and the driver's errors.
    On SQLite the transaction must begin with the write lock (BEGIN IMMEDIATE) and without foreign keys, since
    a table is changed there by copying and dropping it.
    """
    with _one_at_a_time, migrations() as config, engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL lock_timeout = '30s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        if _is_current(connection, ScriptDirectory.from_config(config), name):
            return
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _is_current(connection: Connection, script: ScriptDirectory, name: str) -> bool:
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    present = set(context.get_current_heads())
    known = {revision.revision for revision in script.walk_revisions()}
    if unknown := sorted(present - known):
        raise DatabaseTooNewError(
            f"The database {name} was written by a newer version of Ride (its tables are at {unknown[0]}, "
            f"this one knows up to {script.get_current_head()}). Nothing was changed. Update Ride, or point "
            f"it at another database with RIDE_DATABASE_URL or RIDE_DATA_FOLDER."
        )
    return present == set(script.get_heads())
