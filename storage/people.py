"""Repository of people: who somebody was, also after they left the chat."""

from dataclasses import asdict

from storage.models import PersonRow
from storage.records import PersonRecord
from storage.repository import Repository, carried_through
from storage.upserting import put


class PeopleStore(Repository):
    """The people that were seen in the teams."""

    @carried_through
    async def remember(self, person: PersonRecord) -> None:
        """Keep a person's name; a new name replaces the old one."""
        async with self._database.session() as session:
            await put(session, PersonRow, asdict(person))

    @carried_through
    async def get(self, workspace: str, person: str) -> PersonRecord | None:
        """The person, if they were seen."""
        async with self._database.reading() as session:
            row = await session.get(PersonRow, (workspace, person))
            return None if row is None else PersonRecord(workspace=row.workspace, id=row.id, name=row.name)
