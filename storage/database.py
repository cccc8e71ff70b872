"""The database behind the repositories: SQLite in a file, or PostgreSQL."""

import asyncio
import logging
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager, closing
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, cast

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    NullPool,
    create_engine,
    event,
    literal,
    make_url,
    select,
    text,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from storage import connecting, diagnosis, schema
from storage.condition import Condition, look
from storage.errors import DatabaseUnavailableError, DatabaseUrlError
from storage.fence import Fence
from storage.patience import Patience
from storage.sqlite_connection import BEGIN_TO_WRITE, connect

T = TypeVar("T")
log = logging.getLogger(__name__)

_DRIVERS: Mapping[str, str] = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
}
_BUSY: Mapping[str, float] = {"sqlite": 10.0, "postgresql": 15.0}
"""Seconds that a try waits for another program's lock."""
_BUSY_OF_MANY: Mapping[str, float] = {"sqlite": 2.0, "postgresql": 5.0}
"""The same where it is tried again: a program that stops waits for the try that runs."""
_STATEMENT_TIMEOUT = 60_000
"""Milliseconds that PostgreSQL may take for a statement: what takes longer is stuck."""
_WRITERS = 10
"""Of SQLAlchemy's 15 connections to PostgreSQL, those that may write: the others can still be read by."""
_LEADING: Mapping[str, int] = {"idle_in_transaction_session_timeout": 2_500}
"""A leader that is paused within a transaction loses it before another program leads."""
_IDENTITY = """
    SELECT system_identifier || '/' || (SELECT oid FROM pg_database WHERE datname = current_database())
    FROM pg_control_system()
"""
CHECKPOINT_EVERY = 200
"""Writes after which SQLite's log goes to its file: some megabytes."""
_WRITES = "storage_writes"
"""Execution option of a connection whose transactions write."""


def sqlite_url(file: Path) -> str:
    """The URL of a SQLite file, with any character in its path that means something in URLs escaped."""
    return URL.create(_DRIVERS["sqlite"], database=str(file)).render_as_string(hide_password=False)


def database_url(text: str) -> URL:
    """The URL with Ride's driver in it; `sqlite:///FILE` will do. Raises DatabaseUrlError."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:  # a port that is no number is the latter
        raise DatabaseUrlError(
            "The address of the database is not a URL. Ride takes sqlite:////path/to/file or "
            "postgresql://user:password@host:5432/database."
        ) from error
    driver = _DRIVERS.get(url.drivername.partition("+")[0])
    if driver is None or ("+" in url.drivername and url.drivername != driver):
        raise DatabaseUrlError(
            f"Ride can't use {url.drivername} as its database. It takes sqlite:////path/to/file or "
            f"postgresql://user:password@host:5432/database."
        )
    if driver.startswith("sqlite") and url.database in {None, "", ":memory:"}:
        raise DatabaseUrlError(
            "A SQLite database needs a file, as in sqlite:////path/to/file: Ride continues from "
            "it after a restart."
        )
    return url.set(drivername=driver)


def with_password(text: str, password: str) -> str:
    """The URL with this password, whatever is in it; SQLite has none. Raises DatabaseUrlError."""
    url = database_url(text)
    if url.drivername == _DRIVERS["sqlite"]:
        return text
    return url.set(password=password).render_as_string(hide_password=False)


def is_sqlite(url: str) -> bool:
    """Whether the URL names a file. Raises DatabaseUrlError."""
    return database_url(url).get_backend_name() == "sqlite"


class Database:
    """One database. Open it before use and close it after; usable as an async context manager.

    SQLite runs in WAL mode with foreign keys on. Its writers take turns: in this program by a lock, between
    programs by waiting up to `busy_timeout` seconds, as PostgreSQL's do for a lock. With `patience` what a
    repository was asked is tried again until it is done.
    """

    def __init__(
        self,
        url: str,
        *,
        busy_timeout: float | None = None,
        upgrades: bool = True,
        fence: Fence | None = None,
        patience: Patience | None = None,
    ) -> None:
        """`upgrades` says whether opening may change the tables; `fence` stands before and after every
        write."""
        self._url = database_url(url)
        kind = self._url.get_backend_name()
        self._busy_timeout = busy_timeout or _BUSY[kind]
        self._try_timeout = busy_timeout or (_BUSY if patience is None else _BUSY_OF_MANY)[kind]
        self._upgrades = upgrades
        self._fence = fence
        self._patience = patience
        self._engine: AsyncEngine | None = None
        self._turns: asyncio.Semaphore | None = None
        self._begun: set[asyncio.Task[object]] = set()
        self._since_checkpoint = 0
        """Writes since the last checkpoint."""

    @property
    def name(self) -> str:
        """How messages call it: the file's path, or the URL without its password."""
        return diagnosis.name_of(self._url)

    @property
    def _is_sqlite(self) -> bool:
        return self._url.get_backend_name() == "sqlite"

    async def open(self) -> None:
        """Make the file's folder, bring the tables to this version or see that they are, and be ready.

        Safe when several programs open the same database at once. Raises a StorageError that says what to do.
        """
        if self._engine is not None:
            return
        if self._upgrades:
            await self.upgrade()
        else:
            await asyncio.to_thread(self._before, schema.check)
        if self._is_sqlite:
            self._turns = asyncio.Semaphore(1)
            self._engine = create_async_engine(
                self._url,
                connect_args={"timeout": self._try_timeout, "async_creator_fn": connect},
                hide_parameters=True,
            )
            _set_up_sqlite(self._engine.sync_engine, foreign_keys=True, checkpoints=False)
        else:
            limits = {
                "lock_timeout": round(self._try_timeout * 1000),
                "statement_timeout": _STATEMENT_TIMEOUT,
            }
            options = limits if self._fence is None else {**limits, **_LEADING}
            self._turns = asyncio.Semaphore(_WRITERS)
            self._engine = create_async_engine(
                self._url,
                pool_pre_ping=True,
                connect_args=connecting.arguments(self._url, options=options),
                hide_parameters=True,
            )

    async def upgrade(self) -> schema.Version:
        """Make the file's folder and bring the tables to this version; gives where they were.

        Safe when several programs do it at once. Raises a StorageError that says what to do.
        """
        return await asyncio.to_thread(self._before, schema.upgrade)

    async def condition(self) -> Condition:
        """How the database is, with nothing changed. Raises a StorageError when that can't be told."""
        return await asyncio.to_thread(self._condition)

    def _condition(self) -> Condition:
        if self._is_sqlite and not Path(self.name).exists():
            raise DatabaseUnavailableError(
                f"There is no database {self.name} yet. Ride creates it when it starts; `ride db upgrade` "
                "creates it now."
            )
        return self._before(look)

    async def identity(self) -> str:
        """Which database this is, however its address is written: a copy of it is another one.

        On PostgreSQL by the system identifier, which a replica shares with its primary, and the database's
        number: https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-CONTROLDATA.
        """
        if self._is_sqlite:
            return str(self._url)
        async with self.reading() as session:
            return str(await session.scalar(text(_IDENTITY)))

    async def close(self) -> None:
        """Let go of all connections, when what was begun is done, or can't be."""
        if self._patience is not None:
            self._patience.end()
        while self._begun:
            await asyncio.wait(self._begun)
        engine, self._engine = self._engine, None
        if engine is not None:
            await engine.dispose()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def finish(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something to its end, also when the caller is cancelled meanwhile; `close` waits for it.

        Cancelling a statement of aiosqlite leaves its transaction, and with it SQLite's one write lock, to
        the garbage collector; cancelling SQLAlchemy while it connects leaves the connection unclosed.
        """
        return await asyncio.shield(self._begin(work))

    def _begin(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        """A task that `close` waits for."""
        task = asyncio.create_task(work)
        begun = cast("asyncio.Task[object]", task)
        self._begun.add(begun)
        begun.add_done_callback(self._begun.discard)
        return task

    async def patiently(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Do one transaction; with patience, again until it is done. Use `finish`."""
        return await (work() if self._patience is None else self._patience.through(work))

    async def ping(self) -> None:
        """Ask it something, and get an answer. Raises StorageError."""
        await self.finish(self._ping())

    async def _ping(self) -> None:
        async with self._transaction({}) as session:
            await session.execute(select(literal(1)))

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """A transaction that may write: committed at the end, rolled back on an error. Use `finish`."""
        async with self._while_it_is_there(), self._turn(), self._transaction({_WRITES: True}) as session:
            self._checkpoint_soon()
            if self._fence is None:
                yield session
                return
            # First the transaction begins: paused from here on, it would be ended for us.
            await session.execute(select(literal(1)))
            await self._fence.hold()
            yield session
            # It may have waited for a lock for longer than this program leads.
            await self._fence.hold()

    def _checkpoint_soon(self) -> None:
        """Now and then what SQLite has in its log goes to the file: beside, for it waits for the disk."""
        self._since_checkpoint += 1
        if self._is_sqlite and self._since_checkpoint >= CHECKPOINT_EVERY:
            self._since_checkpoint = 0
            self._begin(asyncio.to_thread(self._checkpoint))

    def _checkpoint(self) -> None:
        try:
            with closing(sqlite3.connect(self.name)) as connection:
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        except sqlite3.Error as error:
            log.warning("%s: no checkpoint for now: %s", self.name, error)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """A writer's turn. Who waited for it while the program began to stop doesn't try any more."""
        if self._turns is None:
            raise RuntimeError("the database is not open")
        async with self._turns:
            if self._patience is not None:
                self._patience.check()
            yield

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A transaction that only reads; on SQLite it neither waits for writers nor holds them up."""
        async with self._while_it_is_there(), self._transaction({}) as session:
            yield session

    @asynccontextmanager
    async def _while_it_is_there(self) -> AsyncIterator[None]:
        """A leader whose database is gone leads no more.

        Whether the last thing was stored is the database's to say: whoever leads next goes on from there.
        """
        try:
            yield
        except DatabaseUnavailableError as error:
            if self._fence is not None:
                self._fence.give_up(str(error))
                await self._fence.hold()
            raise

    @asynccontextmanager
    async def _transaction(self, options: Mapping[str, bool]) -> AsyncIterator[AsyncSession]:
        if self._engine is None:
            raise RuntimeError("the database is not open")
        try:
            async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
                await session.connection(execution_options=dict(options))
                yield session
        except IntegrityError:
            raise  # what it means is the repository's to say
        except PoolTimeoutError as error:
            raise diagnosis.no_connection(self._url) from error
        except (DBAPIError, sqlite3.Error) as error:
            raise diagnosis.explain(error, self._url) from error

    # -- before the first connection; runs in a thread, since Alembic is synchronous

    def _before(self, work: Callable[[Engine, str], T]) -> T:
        url = self._url
        if self._is_sqlite:
            self._make_folder()
            url = url.set(drivername="sqlite")
            arguments: dict[str, object] = {"timeout": self._busy_timeout}
        else:
            arguments = connecting.arguments(url)
        engine = create_engine(
            url,
            poolclass=NullPool,
            connect_args=arguments,
            execution_options={_WRITES: True},
            hide_parameters=True,
        )
        try:
            if self._is_sqlite:
                _set_up_sqlite(engine, foreign_keys=False, checkpoints=True)
                self._use_wal()
            return work(engine, self.name)
        except (DBAPIError, sqlite3.Error) as error:
            raise diagnosis.explain(error, self._url) from error
        finally:
            engine.dispose()

    def _make_folder(self) -> None:
        folder = Path(self.name).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise diagnosis.folder_error(error, str(folder)) from error

    def _use_wal(self) -> None:
        """WAL mode stays with the file. SQLite doesn't wait for others when it switches, so this does."""
        deadline = time.monotonic() + self._busy_timeout
        while True:
            try:
                with closing(sqlite3.connect(self.name, timeout=self._busy_timeout)) as connection:
                    connection.execute("PRAGMA journal_mode = WAL")
                    return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
            time.sleep(0.05)


def _set_up_sqlite(engine: Engine, *, foreign_keys: bool, checkpoints: bool) -> None:
    """Transactions begin where SQLAlchemy begins them, not where sqlite3 guesses. `checkpoints`: now and then
    a commit makes one.
    """

    @event.listens_for(engine, "connect")
    def on_connect(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        # None is sqlite3's word for: never begin a transaction by yourself.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        # With WAL nothing is lost when the program dies; a power failure may lose the last transactions.
        cursor.execute("PRAGMA synchronous = NORMAL")
        if not checkpoints:
            cursor.execute("PRAGMA wal_autocheckpoint = 0")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        # A transaction that reads and then writes fails at once if another wrote between: lock first.
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql(BEGIN_TO_WRITE if writes else "BEGIN")
