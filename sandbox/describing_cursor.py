"""A cursor as pgspecial wants it, blocking, over a Conversation that does not block.

pgspecial runs in a greenlet: where it waits for its query, the greenlet switches back to the task, which
awaits the query as it awaits any other. So its queries have the same limits, the same cancel and the same
wait behind a lock as what the person typed, and no thread is kept.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from greenlet import getcurrent, greenlet
from psycopg import pq, sql
from psycopg.adapt import Transformer

from sandbox.conversation import Conversation, Fault, Part, Rows
from sandbox.meta_commands import Described, MetaCommand, describe


class StatementFaultError(Exception):
    """PostgreSQL refused one of pgspecial's queries."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.text)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class _Column:
    name: str


class DescribingCursor:
    """The part of DB-API that pgspecial uses, for use inside `run_describing` only."""

    def __init__(self, conversation: Conversation) -> None:
        self.connection = conversation.connection
        self.adapters = conversation.connection.adapters
        self.description: list[_Column] | None = None
        self.statusmessage: str | None = None
        self.rowcount = -1
        self._conversation = conversation
        self._transformer = Transformer(conversation.connection)
        self._rows: Iterator[tuple[Any, ...]] = iter(())

    def execute(self, query: object, params: Any = None) -> "DescribingCursor":
        text = query.as_string(self.connection) if isinstance(query, sql.Composable) else str(query)
        if params is not None:
            text = psycopg.AsyncClientCursor(self.connection).mogrify(text, params)
        # Only here: the same call outside of the greenlet would switch to nobody.
        parts: tuple[Part, ...] = getcurrent().parent.switch(self._conversation.run(text))
        for part in parts:
            if isinstance(part, Fault):
                raise StatementFaultError(part)
        rows = next(part for part in parts if isinstance(part, Rows))
        self.description = [_Column(name) for name in rows.columns] or None
        self.statusmessage = rows.status
        self.rowcount = len(rows.kept)
        self._rows = iter([self._adapted(rows.types, row) for row in rows.kept])
        return self

    def fetchone(self) -> tuple[Any, ...] | None:
        return next(self._rows, None)

    def fetchall(self) -> list[tuple[Any, ...]]:
        return list(self._rows)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return self._rows

    def _adapted(self, types: Sequence[int], row: Sequence[bytes | None]) -> tuple[Any, ...]:
        return tuple(
            None if value is None else self._transformer.get_loader(oid, pq.Format.TEXT).load(value)
            for oid, value in zip(types, row, strict=True)
        )


async def run_describing(conversation: Conversation, command: MetaCommand) -> tuple[Described, ...]:
    """What pgspecial makes of the command. Raises StatementFaultError and what Conversation.run raises."""
    return await _in_greenlet(lambda: describe(command, DescribingCursor(conversation)))


async def _in_greenlet(work: Callable[[], tuple[Described, ...]]) -> tuple[Described, ...]:
    worker = greenlet(work)
    step: Any = worker.switch()
    while not worker.dead:
        query: Awaitable[tuple[Part, ...]] = step
        try:
            parts = await query
        except BaseException as error:  # noqa: BLE001 - whatever ends the query, also a cancel, ends pgspecial's work
            step = worker.throw(error)
        else:
            step = worker.switch(parts)
    described: tuple[Described, ...] = step
    return described
