"""Repository of samples: what the rides' sandboxes looked like, second by second."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Double, ForeignKey, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from storage.models import Base
from storage.repository import Repository, carried_through


@dataclass(frozen=True, kw_only=True, slots=True)
class SampleRecord:
    """A sandbox at one moment."""

    at: datetime
    writes_per_second: float
    """Rows that the application wrote a second, since the sample before."""
    waiting: int
    """Sessions of the application that waited for a lock."""
    oldest_wait: float
    """Seconds that the longest-waiting one had waited; 0 when none did."""


class SampleRow(Base):
    """A ride's sandbox, second by second."""

    __tablename__ = "ride_samples"

    ride_id: Mapped[str] = mapped_column(ForeignKey("rides.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    writes_per_second: Mapped[float] = mapped_column(Double)
    waiting: Mapped[int]
    oldest_wait: Mapped[float] = mapped_column(Double)
    """Seconds."""


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
