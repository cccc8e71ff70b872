"""The tables of results: derived from journals and scorecards, may be emptied and are filled again."""

from datetime import datetime

from sqlalchemy import Double, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.models import Base


class ResultRow(Base):
    __tablename__ = "ride_results"
    __table_args__ = (Index(None, "workspace", "scenario"),)

    ride_id: Mapped[str] = mapped_column(ForeignKey("rides.id"), primary_key=True)
    workspace: Mapped[str]
    scenario: Mapped[str]
    outcome: Mapped[str]
    team: Mapped[str | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    detect: Mapped[int]
    fix: Mapped[int]
    trap: Mapped[int]
    to_fix: Mapped[float | None] = mapped_column(Double)
    time_limit: Mapped[float] = mapped_column(Double)


class ResultPersonRow(Base):
    """Somebody who did something in a ride."""

    __tablename__ = "ride_result_people"

    ride_id: Mapped[str] = mapped_column(ForeignKey("ride_results.ride_id"), primary_key=True)
    person: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    joined_at: Mapped[datetime | None]
