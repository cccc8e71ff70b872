"""Repository of postmortems that people have seen: who knows a scenario's answer, and since when."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, mapped_column

from storage.models import Base
from storage.repository import Repository, carried_through
from storage.upserting import keep


class SeenRow(Base):
    """A person was there when a ride's postmortem was told."""

    __tablename__ = "postmortems_seen"
    __table_args__ = (Index(None, "workspace", "scenario"),)

    ride_id: Mapped[str] = mapped_column(ForeignKey("rides.id"), primary_key=True)
    person: Mapped[str] = mapped_column(primary_key=True)
    workspace: Mapped[str]
    scenario: Mapped[str]
    at: Mapped[datetime]


class SeenStore(Repository):
    """Fulfils bot.rides.ports.PostmortemsSeen."""

    @carried_through
    async def remember(
        self, workspace: str, scenario: str, people: Iterable[str], ride: str, at: datetime
    ) -> None:
        """These people saw the postmortem of a ride; of a ride told twice, the first time stays."""
        rows = [
            {"ride_id": ride, "person": person, "workspace": workspace, "scenario": scenario, "at": at}
            for person in sorted(set(people))  # in one order, so that two who do it can't deadlock
        ]
        async with self._database.session() as session:
            await keep(session, SeenRow, rows)

    @carried_through
    async def first_seen(
        self, workspace: str, scenario: str | None = None
    ) -> Mapping[tuple[str, str], datetime]:
        """For each (person, scenario) when they first saw its postmortem; of one scenario, or of all."""
        seen = select(SeenRow.person, SeenRow.scenario, func.min(SeenRow.at)).where(
            SeenRow.workspace == workspace
        )
        if scenario is not None:
            seen = seen.where(SeenRow.scenario == scenario)
        async with self._database.reading() as session:
            rows = await session.execute(seen.group_by(SeenRow.person, SeenRow.scenario))
            return {(person, slug): at for person, slug, at in rows}
