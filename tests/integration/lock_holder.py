"""Another program that holds a lock on Ride's own database, as a back-up or an editor does."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg

from storage.database import database_url, is_sqlite


@contextmanager
def held(url: str) -> Iterator[None]:
    """Nobody else writes to the rides and their journals within the block; they can be read."""
    if is_sqlite(url):
        file = database_url(url).database
        assert file is not None
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
        return
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE rides, journal_events IN EXCLUSIVE MODE")
        yield
        other.rollback()
