"""Another program that holds a lock on Ride's own database, as a back-up or an editor does."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

import psycopg
from psycopg import sql

from storage.database import database_url, is_sqlite


@asynccontextmanager
async def held(url: str, *tables: str) -> AsyncIterator[None]:
    """Nobody else writes to these tables within the block, or else to the rides and their journals; they can
    be read. With SQLite to none.
    """
    # In a thread: who has the lock now may need this loop to let it go.
    if is_sqlite(url):
        file = database_url(url).database
        assert file is not None
        other = sqlite3.connect(file, isolation_level=None, check_same_thread=False, timeout=30)
        with closing(other):
            await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
        return
    async with await psycopg.AsyncConnection.connect(url) as connection:
        names = sql.SQL(", ").join(map(sql.Identifier, tables or ("rides", "journal_events")))
        await connection.execute(sql.SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(names))
        yield
        await connection.rollback()
