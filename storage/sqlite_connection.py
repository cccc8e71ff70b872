"""SQLite's connection: a write is done at once, in microseconds; what may take longer goes to a thread."""

import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, cast

import aiosqlite

_Execute = Callable[..., Awaitable[Any]]

BEGIN_TO_WRITE = "BEGIN IMMEDIATE"
"""Waits for the lock of all writers, which another program may have."""


class SqliteConnection(aiosqlite.Connection):
    """aiosqlite sends every call to the connection's thread, sixteen for one small write, and goes on when
    the event loop has come round again: when thirty rides begin at once, that is most of a write's time.

    To the thread go what waits: for the lock, where another program has it; and what is read by a
    transaction that only reads, which may be much. The rest of a write takes microseconds, the commit too:
    it is written to the write-ahead log, and waits for no disk where checkpoints are made apart
    (https://sqlite.org/wal.html#performance_considerations).
    """

    busy_milliseconds = 0
    """How long it waits for a lock."""
    _writing = False

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # Every call of aiosqlite's comes through here.
        connection, in_thread = self._conn, cast("_Execute", super()._execute)
        if args[:1] == (BEGIN_TO_WRITE,):
            given = self._at_once(fn, *args)
            if given is None:
                given = await in_thread(fn, *args, **kwargs)
            self._writing = True
            return given
        ends = fn == connection.commit or fn == connection.rollback  # noqa: PLR1714 - they have no hash
        quick = fn != connection.close and (ends or self._writing or not connection.in_transaction)
        if ends:
            self._writing = False
        return fn(*args, **kwargs) if quick else await in_thread(fn, *args, **kwargs)

    def _at_once(self, fn: Callable[..., Any], *args: Any) -> Any | None:
        """What the call gives; None where another program has the lock."""
        connection = self._conn
        connection.execute("PRAGMA busy_timeout = 0")
        try:
            return fn(*args)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            return None
        finally:
            connection.execute(f"PRAGMA busy_timeout = {self.busy_milliseconds}")


def connect(database: str, *, timeout: float, **arguments: Any) -> SqliteConnection:
    """A connection that is open once it was awaited; `timeout` is in seconds, the rest sqlite3.connect's."""
    arguments |= {"timeout": timeout, "check_same_thread": False}
    made = SqliteConnection(partial(sqlite3.connect, database, **arguments), iter_chunk_size=64)
    made.busy_milliseconds = round(timeout * 1000)
    # So does SQLAlchemy with those it makes: one that is left behind keeps no program.
    made._thread.daemon = True
    return made
