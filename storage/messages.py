"""Repository of posted messages: which stand in a channel, so that none is posted twice."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Delete, Update, delete, insert, select, update

from storage.message_models import MessageRow
from storage.message_records import Posting
from storage.repository import Repository, carried_through


class MessageStore(Repository):
    """The messages of a database's rides and game days, by workspace, channel and key."""

    @carried_through
    async def begin(self, workspace: str, channel: str, key: str, at: datetime) -> Posting | None:
        """Write down that a message is about to be posted; gives what is known of it from before."""
        async with self._database.session() as session:
            row = await session.get(MessageRow, (workspace, channel, key))
            if row is not None:
                return Posting(ts=row.ts)
            values = {"workspace": workspace, "channel": channel, "key": key, "begun_at": at, "ts": None}
            await session.execute(insert(MessageRow).values(values))
            return None

    @carried_through
    async def posted(self, workspace: str, channel: str, key: str, ts: str) -> None:
        """The chat has taken a message that was begun: this is the one."""
        await self._write(
            update(MessageRow)
            .where(MessageRow.workspace == workspace, MessageRow.channel == channel, MessageRow.key == key)
            .values(ts=ts)
        )

    @carried_through
    async def given_up(self, workspace: str, channel: str, key: str) -> None:
        """A message that was begun stands nowhere, for sure."""
        await self._write(
            delete(MessageRow).where(
                MessageRow.workspace == workspace,
                MessageRow.channel == channel,
                MessageRow.key == key,
                MessageRow.ts.is_(None),
            )
        )

    @carried_through
    async def of(self, workspace: str, channel: str) -> Mapping[str, str | None]:
        """The messages of a channel: key to ts, None for one of which the chat's word never came."""
        rows = select(MessageRow.key, MessageRow.ts).where(
            MessageRow.workspace == workspace, MessageRow.channel == channel
        )
        async with self._database.reading() as session:
            return {row.key: row.ts for row in await session.execute(rows)}

    async def _write(self, statement: Update | Delete) -> None:
        async with self._database.session() as session:
            await session.execute(statement)
