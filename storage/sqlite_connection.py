"""SQLite's connection: what is done in no time is done at once, and what may take longer in a thread."""

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

    To the thread go what may wait: for another program's lock, for the disk at a commit; and what is read by
    a transaction that only reads, which may be much. The rest of a write takes microseconds.
    """

    _writing = False

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # Every call of aiosqlite's comes through here.
        connection, in_thread = self._conn, cast("_Execute", super()._execute)
        if args[:1] == (BEGIN_TO_WRITE,):
            given = await in_thread(fn, *args, **kwargs)
            self._writing = True
            return given
        ends = fn == connection.commit or fn == connection.rollback  # noqa: PLR1714 - they have no hash
        quick = fn != connection.close and (self._writing != ends or not connection.in_transaction)
        if ends:
            self._writing = False
        return fn(*args, **kwargs) if quick else await in_thread(fn, *args, **kwargs)


def connect(database: str, **arguments: Any) -> SqliteConnection:
    """A connection that is open once it was awaited. The arguments are sqlite3.connect's."""
    arguments["check_same_thread"] = False
    made = SqliteConnection(partial(sqlite3.connect, database, **arguments), iter_chunk_size=64)
    # So does SQLAlchemy with those it makes: one that is left behind keeps no program.
    made._thread.daemon = True
    return made
