"""Writing a row whether it is there or not, in one statement: two who do it at once don't collide."""

from collections.abc import Mapping, Sequence

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Base


async def put(session: AsyncSession, row: type[Base], values: Mapping[str, object]) -> None:
    """Insert a row, or replace these values of the one with its key."""
    statement = _insert(session, row).values(values)
    keys = _keys(row)
    changed = {name: statement.excluded[name] for name in values if name not in keys}
    await session.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed))


async def keep(session: AsyncSession, row: type[Base], rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows; one whose key is there already stays as it is."""
    if rows:
        statement = _insert(session, row).on_conflict_do_nothing(index_elements=_keys(row))
        await session.execute(statement, list(rows))


def _insert(session: AsyncSession, row: type[Base]) -> postgresql.Insert | sqlite.Insert:
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(row)
    return sqlite.insert(row)


def _keys(row: type[Base]) -> list[str]:
    return [column.name for column in inspect(row).primary_key]
