"""The tables of drills and of the do-not-disturb calendar."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.models import Base


class DrillWindowRow(Base):
    __tablename__ = "drill_windows"

    drill: Mapped[str] = mapped_column(ForeignKey("drills.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    begins: Mapped[datetime]
    ends: Mapped[datetime]


class DrillRow(Base):
    __tablename__ = "drills"
    __table_args__ = (
        Index(None, "workspace", "created_at"),
        Index(
            "ix_drills_due",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    workspace: Mapped[str]
    team: Mapped[str]
    team_name: Mapped[str]
    planned_by: Mapped[str]
    zone: Mapped[str]
    wanted: Mapped[str]
    seed: Mapped[str]
    draw: Mapped[int]
    due_at: Mapped[datetime | None]
    state: Mapped[str]
    tries: Mapped[int]
    tried_at: Mapped[datetime | None]
    scenario: Mapped[str | None]
    ride: Mapped[str | None]
    problem: Mapped[str | None]
    created_at: Mapped[datetime]
    revision: Mapped[int]

    windows: Mapped[list[DrillWindowRow]] = relationship(
        order_by=DrillWindowRow.position, lazy="selectin", viewonly=True
    )


class QuietRow(Base):
    __tablename__ = "quiet_times"
    __table_args__ = (Index(None, "workspace", "ends"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    workspace: Mapped[str]
    team: Mapped[str | None]
    team_name: Mapped[str | None]
    begins: Mapped[datetime]
    ends: Mapped[datetime]
    zone: Mapped[str]
    reason: Mapped[str] = mapped_column(Text)
    created_by: Mapped[str]
    created_at: Mapped[datetime]
