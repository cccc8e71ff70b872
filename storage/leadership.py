"""Which of several programs on one PostgreSQL leads: the one whose session holds an advisory lock.

The lock is a lease, by PostgreSQL's own `idle_session_timeout`: a leader that doesn't come forward for some
seconds loses its session and with it the lock, whether it died, was paused, or its machine has gone without a
word (https://www.postgresql.org/docs/current/runtime-config-client.html). The leader itself stops acting
before that: its last answered beat says how long it may go on, by a clock that runs on while it is paused.
"""

import asyncio
import contextlib
import os
import socket
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import LiteralString, Self

from psycopg import AsyncConnection, Error
from psycopg.rows import TupleRow

from storage import connecting, diagnosis
from storage.database import database_url
from storage.errors import DatabaseUnavailableError, StorageError

_BEAT = 1.0
"""Seconds between two beats of the leader."""
_SURE = 3.5
"""Seconds after an answered beat was sent in which nobody else can lead, nor soon after."""
_GIVEN_UP = 4.5
"""Seconds after which a leader that gets no answer leads no more."""
_IDLE_SESSION = 6.0
"""Seconds after which PostgreSQL ends the session of a leader that doesn't come forward."""

_TAKE = """
    SELECT pg_is_in_recovery(), CASE WHEN NOT pg_is_in_recovery() THEN pg_try_advisory_lock(%s) END
"""


def _boot_time() -> float:
    """Seconds since the machine was started; it counts while this program, or the machine, is paused."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class LeaderLock:
    """The leader's lock, for one turn: open, take, hold until it is lost or closed. Fulfils `Fence`."""

    def __init__(self, url: str, *, clock: Callable[[], float] = _boot_time) -> None:
        self._url = database_url(url)
        self._clock = clock
        self._connection: AsyncConnection[TupleRow] | None = None
        self._sent = 0.0
        """When the last beat was sent that was answered."""
        self._beating: asyncio.Task[None] | None = None
        self._over: str | None = None
        self._news = asyncio.Event()
        self._lost = asyncio.Event()

    @property
    def name(self) -> str:
        """How messages call the database."""
        return diagnosis.name_of(self._url)

    async def open(self) -> None:
        """Connect. Raises a StorageError that says what to do."""
        options = {"idle_session_timeout": round(_IDLE_SESSION * 1000)}
        arguments = connecting.arguments(self._url, options=options, connect_timeout=3)
        try:
            self._connection = await AsyncConnection.connect(autocommit=True, **arguments)  # type: ignore[arg-type]
        except Error as error:
            raise diagnosis.explain(error, self._url) from error

    async def take(self) -> bool:
        """Try to lead; False while another program does. Ask again within five seconds, or open another.

        Raises a StorageError when the connection is no more, or the server only a replica.
        """
        sent = self._clock()
        replica, taken = await self._answer(_TAKE, [connecting.LEADER_KEY], within=_GIVEN_UP)
        if replica:
            raise DatabaseUnavailableError(
                f"The server of the database {self.name} is a read-only replica. Point "
                "RIDE_DATABASE_URL at the primary."
            )
        if taken:
            self._sent = sent
            self._beating = asyncio.create_task(self._beat(), name="the leader's beat")
        return bool(taken)

    async def hold(self) -> None:
        while self._over is None:
            if self._clock() < self._sent + _SURE:
                return
            await self._news.wait()
        raise asyncio.CancelledError(f"this program no longer leads: {self._over}")

    def give_up(self, why: str) -> None:
        if self._over is None:
            self._over = why
            self._tell()
            self._lost.set()

    async def lost(self) -> str:
        """Until this program leads no more; gives the reason, for a log."""
        await self._lost.wait()
        return self._over or ""

    async def close(self) -> None:
        """Let the lock go. Nothing passes the fence any more."""
        self.give_up("it was released")
        if self._beating is not None:
            self._beating.cancel()
            await asyncio.gather(self._beating, return_exceptions=True)
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    # -- within

    def _tell(self) -> None:
        """Wake those who wait for a beat."""
        self._news.set()
        self._news = asyncio.Event()

    async def _beat(self) -> None:
        while self._over is None:
            await asyncio.sleep(_BEAT)
            sent = self._clock()
            try:
                await self._answer("SELECT 1", [], within=max(self._sent + _GIVEN_UP - sent, _BEAT))
            except StorageError as error:
                self.give_up(str(error))
            else:
                self._sent = sent
                self._tell()

    async def _answer(self, query: LiteralString, values: Sequence[int], *, within: float) -> TupleRow:
        """The one row of an answer. Raises a StorageError, also when there is none in time."""
        if self._connection is None:
            raise RuntimeError("the lock is not open")
        asking = asyncio.create_task(_fetch(self._connection, query, values), name="the leader's lock")
        try:
            await asyncio.wait([asking], timeout=within)
            # An answer that is here, and only not looked at yet on a busy machine, counts.
            await asyncio.wait([asking], timeout=0.1)
            if not asking.done():
                raise DatabaseUnavailableError(f"The database {self.name} doesn't answer.")
            return asking.result()
        except Error as error:
            raise diagnosis.explain(error, self._url) from error
        finally:
            if not asking.done():
                _cut(self._connection)
                await asyncio.gather(asking, return_exceptions=True)


async def _fetch(
    connection: AsyncConnection[TupleRow], query: LiteralString, values: Sequence[int]
) -> TupleRow:
    row = await (await connection.execute(query, values)).fetchone()
    if row is None:
        raise RuntimeError(f"no row came of {query!r}")
    return row


def _cut(connection: AsyncConnection[TupleRow]) -> None:
    """End the connection on this side: whoever waits for an answer gets an error at once.

    To cancel the wait would ask the server to cancel the statement, and wait for that as well.
    """
    with contextlib.suppress(OSError), socket.socket(fileno=os.dup(connection.fileno())) as twin:
        twin.shutdown(socket.SHUT_RDWR)
