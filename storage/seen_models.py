"""The table of postmortems that people have seen."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.models import Base


class SeenRow(Base):
    """A person was there when a ride's postmortem was told."""

    __tablename__ = "postmortems_seen"
    __table_args__ = (Index(None, "workspace", "scenario"),)

    ride_id: Mapped[str] = mapped_column(ForeignKey("rides.id"), primary_key=True)
    person: Mapped[str] = mapped_column(primary_key=True)
    workspace: Mapped[str]
    scenario: Mapped[str]
    at: Mapped[datetime]
