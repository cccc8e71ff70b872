"""The table of facilitators."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from storage.models import Base


class FacilitatorRow(Base):
    __tablename__ = "facilitators"

    workspace: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(primary_key=True)
    added_by: Mapped[str]
    added_at: Mapped[datetime]
