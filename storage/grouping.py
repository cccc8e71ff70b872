"""Several small writes in one transaction: whoever comes while one is under way goes with the next."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database
from storage.errors import StorageError

T = TypeVar("T")
Write = Callable[[AsyncSession], Awaitable[T]]
MOST = 50
"""Writes of one transaction."""


class Group(Generic[T]):
    """Writes of one kind, which don't fail but with the database: then all of a transaction fail together."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[tuple[Write[T], asyncio.Future[T]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def write(self, write: Write[T]) -> T:
        """Do a write; what it gives, once it is committed. Raises StorageError."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((write, future))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._database.finish(self._write_all()))
        return await future

    async def _write_all(self) -> None:
        while self._waiting:
            together, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            try:
                async with self._database.session() as session:
                    given = [await write(session) for write, _ in together]
            except StorageError as error:
                for _, future in together:
                    if not future.done():
                        future.set_exception(error)
            else:
                for answer, (_, future) in zip(given, together, strict=True):
                    if not future.done():
                        future.set_result(answer)
