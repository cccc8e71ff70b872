"""A person's connections to a sandbox, and what one of them waits for.

The SQL session needs what only the sandbox has: a connection as the person, a look from outside at a
session that does not answer, and a psql that fits its server. `Backstage` is all three.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from sandbox.address import KEEPALIVE_SECONDS, UNHEARD_MS
from sandbox.provider import Login
from sandbox.sql_session.psql import Psql
from scenarios.journal.events import Backend

APPLICATION = "ride"
"""The application_name of what a person types into /sql; their own psql says `psql`."""

CONNECT_SECONDS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """What a session waits for at this moment."""

    waiting_for: str | None
    """As pg_stat_activity says: `Lock/relation`; None while it works or is idle."""
    blocked_by: tuple[Backend, ...]
    """The sessions that stand directly in its way, as pg_blocking_pids gives them."""


class Backstage(Protocol):
    """What a sandbox gives to the SQL session of one person."""

    @property
    def psql(self) -> Psql:
        """Answers the describing commands."""
        ...

    async def connect(self, database: str | None = None, options: str = "") -> AsyncConnection[TupleRow]:
        """A new connection as the person, to their database or another one, with libpq's `options`.

        Raises psycopg.OperationalError (its sqlstate says why, if the server answered).
        """
        ...

    async def waiting(self, pid: int) -> Waiting:
        """What the session of this pid waits for, as the observer sees it: works while it is blocked."""
        ...

    def statement_ended(self) -> None:
        """Tell the sandbox that a statement has ended, so that its evidence is read at once."""
        ...


OpenBackstage = Callable[[str], Backstage]
"""Gives the backstage of a person."""


async def connect_person(
    login: Login, *, database: str | None = None, application: str = APPLICATION, options: str = ""
) -> AsyncConnection[TupleRow]:
    """A connection over TCP as the person, in autocommit, so that BEGIN and COMMIT are theirs alone.

    Nothing is prepared behind their back: the log shows each statement as it was typed. Raises
    psycopg.OperationalError.
    """
    return await AsyncConnection.connect(
        host=login.host,
        port=login.port,
        user=login.role,
        password=login.password,
        dbname=database or login.database,
        application_name=application,
        autocommit=True,
        prepare_threshold=None,
        connect_timeout=CONNECT_SECONDS,
        keepalives_idle=KEEPALIVE_SECONDS,
        keepalives_interval=1,
        keepalives_count=3,
        tcp_user_timeout=UNHEARD_MS,
        sslmode="disable",
        gssencmode="disable",
        client_encoding="UTF8",
        options=options,
    )
