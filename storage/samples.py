"""Repository of samples: what the rides' sandboxes looked like, second by second."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import insert, select

from storage.repository import Repository, carried_through
from storage.sample_models import SampleRow
from storage.sample_records import SampleRecord


class SampleStore(Repository):
    """The samples of a database's rides. Rows are added, never changed."""

    @carried_through
    async def add(self, ride_id: str, samples: Sequence[SampleRecord]) -> None:
        """Keep samples of a ride, all or none; a moment has one."""
        if not samples:
            return
        async with self._database.session() as session:
            await session.execute(
                insert(SampleRow), [{"ride_id": ride_id, **asdict(sample)} for sample in samples]
            )

    @carried_through
    async def of(self, ride_id: str) -> list[SampleRecord]:
        """A ride's samples in order of time."""
        rows = select(SampleRow).where(SampleRow.ride_id == ride_id).order_by(SampleRow.at)
        async with self._database.reading() as session:
            return [
                SampleRecord(
                    at=row.at,
                    writes_per_second=row.writes_per_second,
                    waiting=row.waiting,
                    oldest_wait=row.oldest_wait,
                )
                for row in await session.scalars(rows)
            ]
