"""Several small writes in one transaction: whoever comes while one is under way goes with the next."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from storage.errors import StorageError

if TYPE_CHECKING:
    # It knows all tables, and so all repositories.
    from storage.database import Database

T = TypeVar("T")
Write = Callable[[AsyncSession], Awaitable[T]]
MOST = 50
"""Writes of one transaction."""


class Group(Generic[T]):
    """Writes of one kind, which don't fail but with the database: then all of a transaction fail together,
    and who is patient tries again.
    """

    def __init__(self, database: "Database") -> None:
        self._database = database
        self._waiting: list[tuple[Write[T], asyncio.Future[T]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._at_work = False
        """Whether somebody will look at what waits; the task itself ends a moment after that."""

    async def write(self, write: Write[T]) -> T:
        """Do a write; what it gives, once it is committed. Raises StorageError."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((write, future))
        if not self._at_work:
            self._at_work = True
            self._writing = asyncio.create_task(self._database.finish(self._write_all()))
        return await future

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                await self._write_some()
        finally:
            self._at_work = False

    async def _write_some(self) -> None:
        together, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        try:
            async with self._database.session() as session:
                given = [await write(session) for write, _ in together]
        except asyncio.CancelledError:
            # This program leads no more: nobody may wait for what is never written.
            for _, future in (*together, *self._waiting):
                future.cancel()
            self._waiting = []
            raise
        except (SQLAlchemyError, StorageError) as error:
            for _, future in together:
                if not future.done():
                    future.set_exception(error)
        else:
            for answer, (_, future) in zip(given, together, strict=True):
                if not future.done():
                    future.set_result(answer)
