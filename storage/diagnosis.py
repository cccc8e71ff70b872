"""What a database driver's error means for a person: which database, what is wrong, what to do next."""

import sqlite3

import psycopg
from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from storage.errors import (
    DatabaseBusyError,
    DatabaseDamagedError,
    DatabaseFullError,
    DatabaseUnavailableError,
    StorageError,
)

_ELSEWHERE = "point Ride at another database with RIDE_DATABASE_URL or RIDE_DATA_FOLDER"


def name_of(url: URL) -> str:
    """How messages call a database: the file's path, or the URL without its password."""
    if url.get_backend_name() == "sqlite":
        return url.database or "(no file)"
    return url.render_as_string(hide_password=True)


def folder_error(error: OSError, folder: str) -> StorageError:
    """The folder of a SQLite file can't be made."""
    return DatabaseUnavailableError(
        f"Ride can't make the folder {folder} for its database: {error.strerror}. Make it yourself and let "
        f"this user write to it, or {_ELSEWHERE}."
    )


def explain(error: DBAPIError | sqlite3.Error | psycopg.Error, url: URL) -> StorageError:
    """The storage error for a driver's error. By SQLite's result code or PostgreSQL's SQLSTATE."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if url.get_backend_name() == "sqlite":
        return _explain_sqlite(cause, name_of(url))
    return _explain_postgresql(cause, name_of(url))


def no_connection(url: URL) -> StorageError:
    """All connections are taken, by what waits for the database."""
    return DatabaseBusyError(
        f"All of Ride's connections to the database {name_of(url)} are stuck waiting there. Nothing was "
        f"written. Check who holds a lock in it, and try again."
    )


def _explain_sqlite(error: BaseException | None, path: str) -> StorageError:
    code = getattr(error, "sqlite_errorcode", None)
    match None if code is None else code & 0xFF:  # the extended codes carry the primary one in the low byte
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return DatabaseBusyError(
                f"The database {path} is locked by another program. Nothing was written. Check who has it "
                f"open (`fuser {path}`), end that program or wait for it, and try again."
            )
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            return DatabaseDamagedError(
                f"The file {path} is not a SQLite database, or it is damaged. Ride left it as it is. Move it "
                f"away (Ride then creates a new one), put a backup in its place, or {_ELSEWHERE}."
            )
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return DatabaseFullError(
                f"Ride can't open the database {path} for writing. Let this user write to the file and to "
                f"its folder (SQLite keeps files beside it), or {_ELSEWHERE}."
            )
        case sqlite3.SQLITE_FULL | sqlite3.SQLITE_IOERR:
            return DatabaseFullError(
                f"The disk that holds the database {path} is full or failing ({error}). Free some "
                f"space: what was stored before is still there."
            )
    return StorageError(f"The database {path} refused: {error}")


def _explain_postgresql(error: BaseException | None, name: str) -> StorageError:
    sqlstate = getattr(error, "sqlstate", None)
    detail = " ".join(str(error).split()).rstrip(".?")
    if sqlstate == "55P03":  # lock_not_available
        return DatabaseBusyError(
            f"Another program has held a lock in the database {name} for too long. Nothing was written. If "
            f"no other Ride is starting there, look in pg_stat_activity for who it is, and try again."
        )
    if sqlstate is not None and sqlstate[:2] == "40" and sqlstate != "40003":
        # Rolled back, as by a deadlock with another program; 40003 doesn't say what became of it.
        return DatabaseBusyError(
            f"The database {name} rolled a transaction back ({sqlstate}): {detail}. Nothing was written. "
            f"Check in pg_stat_activity who else uses Ride's tables, and try again."
        )
    if sqlstate == "57014":  # query_canceled
        return DatabaseBusyError(
            f"The database {name} was too slow, or somebody cancelled one of Ride's statements. Nothing was "
            f"written. Check in pg_stat_activity what it is busy with, and try again."
        )
    if sqlstate is None or sqlstate[:2] in {"08", "28", "3D", "53", "57"} or sqlstate == "25P03":
        # No SQLSTATE: the connection failed before the server could say anything. Else: connection, login,
        # no such database, out of resources, shut down; 25P03 is idle_in_transaction_session_timeout.
        return DatabaseUnavailableError(
            f"Ride can't use the database {name}: {detail}. Check that the server is running, that the "
            f"database exists, and that RIDE_DATABASE_URL and RIDE_DATABASE_PASSWORD have the right host, "
            f"user and password."
        )
    if sqlstate in {"42501", "25006"}:  # insufficient_privilege, read_only_sql_transaction
        return DatabaseUnavailableError(
            f"The user of the database {name} is not allowed to do what Ride needs: {detail}. Give it "
            f"CREATE on the schema and connect to the primary, not to a read-only standby."
        )
    return StorageError(f"The database {name} refused ({sqlstate}): {detail}")
