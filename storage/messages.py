"""Repository of posted messages: which stand in a channel, so that none is posted twice."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Delete, Update, and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.grouping import Group
from storage.models import Base
from storage.repository import Repository, carried_through

if TYPE_CHECKING:
    # It knows all tables, and so all repositories.
    from storage.database import Database


@dataclass(frozen=True, kw_only=True, slots=True)
class Posting:
    """A message that was begun to be posted before."""

    ts: str | None
    """Which message it is, by the chat's word; None: that word never came."""


class MessageRow(Base):
    """A message that has a key: written when it is begun, and again when the chat has taken it."""

    __tablename__ = "messages"

    workspace: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    begun_at: Mapped[datetime]
    ts: Mapped[str | None]


class MessageStore(Repository):
    """The messages of a database's rides and game days, by workspace, channel and key.

    Many are written in the same second, when a game day begins: they go together.
    """

    def __init__(self, database: "Database") -> None:
        super().__init__(database)
        self._together: Group[Posting | None] = Group(database)
        """All of one kind, so that what was begun first is written first."""

    @carried_through
    async def begin(self, workspace: str, channel: str, key: str, at: datetime) -> Posting | None:
        """Write down that a message is about to be posted; gives what is known of it from before."""

        async def write(session: AsyncSession) -> Posting | None:
            row = await session.get(MessageRow, (workspace, channel, key))
            if row is not None:
                return Posting(ts=row.ts)
            values = {"workspace": workspace, "channel": channel, "key": key, "begun_at": at, "ts": None}
            await session.execute(insert(MessageRow).values(values))
            return None

        return await self._together.write(write)

    @carried_through
    async def posted(self, workspace: str, channel: str, key: str, ts: str) -> None:
        """The chat has taken a message that was begun: this is the one."""
        await self._write(update(MessageRow).where(_this(workspace, channel, key)).values(ts=ts))

    @carried_through
    async def given_up(self, workspace: str, channel: str, key: str) -> None:
        """A message that was begun stands nowhere, for sure."""
        this = and_(_this(workspace, channel, key), MessageRow.ts.is_(None))
        await self._write(delete(MessageRow).where(this))

    @carried_through
    async def of(self, workspace: str, channel: str) -> Mapping[str, str | None]:
        """The messages of a channel: key to ts, None for one of which the chat's word never came."""
        rows = select(MessageRow.key, MessageRow.ts).where(
            MessageRow.workspace == workspace, MessageRow.channel == channel
        )
        async with self._database.reading() as session:
            return {row.key: row.ts for row in await session.execute(rows)}

    async def _write(self, statement: Update | Delete) -> None:
        async def write(session: AsyncSession) -> Posting | None:
            await session.execute(statement)
            return None

        await self._together.write(write)


def _this(workspace: str, channel: str, key: str) -> ColumnElement[bool]:
    return and_(MessageRow.workspace == workspace, MessageRow.channel == channel, MessageRow.key == key)
