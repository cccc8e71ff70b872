"""Repository of facilitators."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from storage.models import Base
from storage.repository import Repository, carried_through


@dataclass(frozen=True, kw_only=True, slots=True)
class Facilitator:
    """Somebody who may do things for others: start rides, plan drills and game days, stop any ride."""

    workspace: str
    person: str
    added_by: str
    added_at: datetime


class FacilitatorRow(Base):
    __tablename__ = "facilitators"

    workspace: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(primary_key=True)
    added_by: Mapped[str]
    added_at: Mapped[datetime]


class FacilitatorStore(Repository):
    """Who was made a facilitator, in each workspace."""

    @carried_through
    async def add(self, facilitator: Facilitator) -> bool:
        """Make somebody a facilitator; False if they are one already."""
        row = {
            "workspace": facilitator.workspace,
            "person": facilitator.person,
            "added_by": facilitator.added_by,
            "added_at": facilitator.added_at,
        }
        try:
            async with self._database.session() as session:
                await session.execute(insert(FacilitatorRow).values(row))
        except IntegrityError:
            return False
        return True

    @carried_through
    async def remove(self, workspace: str, person: str) -> bool:
        """Somebody is a facilitator no more; False if they were none."""
        this = (FacilitatorRow.workspace == workspace, FacilitatorRow.person == person)
        async with self._database.session() as session:
            removed = await session.scalar(
                delete(FacilitatorRow).where(*this).returning(FacilitatorRow.person)
            )
        return removed is not None

    @carried_through
    async def has(self, workspace: str, person: str) -> bool:
        """Whether somebody is a facilitator."""
        async with self._database.reading() as session:
            return await session.get(FacilitatorRow, (workspace, person)) is not None

    @carried_through
    async def all(self, workspace: str) -> list[Facilitator]:
        """A workspace's facilitators, in the order in which they were added."""
        ordered = (
            select(FacilitatorRow)
            .where(FacilitatorRow.workspace == workspace)
            .order_by(FacilitatorRow.added_at, FacilitatorRow.person)
        )
        async with self._database.reading() as session:
            return [
                Facilitator(
                    workspace=row.workspace,
                    person=row.person,
                    added_by=row.added_by,
                    added_at=row.added_at,
                )
                for row in await session.scalars(ordered)
            ]
