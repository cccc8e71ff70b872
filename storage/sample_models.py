"""The table of samples."""

from datetime import datetime

from sqlalchemy import Double, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.models import Base


class SampleRow(Base):
    """A ride's sandbox, second by second."""

    __tablename__ = "ride_samples"

    ride_id: Mapped[str] = mapped_column(ForeignKey("rides.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    writes_per_second: Mapped[float] = mapped_column(Double)
    waiting: Mapped[int]
    oldest_wait: Mapped[float] = mapped_column(Double)
    """Seconds."""
