"""The tables of game days."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.models import Base


class EntrantRow(Base):
    __tablename__ = "game_day_teams"

    game_day: Mapped[str] = mapped_column(ForeignKey("game_days.id"), primary_key=True)
    team: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    name: Mapped[str]


class GameDayRow(Base):
    __tablename__ = "game_days"
    __table_args__ = (Index(None, "workspace", "starts_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    workspace: Mapped[str]
    name: Mapped[str]
    state: Mapped[str]
    starts_at: Mapped[datetime]
    scenarios: Mapped[list[str]] = mapped_column(JSON)
    level: Mapped[str | None]
    facilitators: Mapped[list[str]] = mapped_column(JSON)
    wave_size: Mapped[int | None]
    wave_minutes: Mapped[int]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    channel: Mapped[str | None]
    console: Mapped[str | None]
    card_ts: Mapped[str | None]
    board_ts: Mapped[str | None]
    console_ts: Mapped[list[str]] = mapped_column(JSON)
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    told: Mapped[bool]

    entrants: Mapped[list[EntrantRow]] = relationship(
        order_by=EntrantRow.position, lazy="selectin", viewonly=True
    )


class SlotRow(Base):
    __tablename__ = "game_day_slots"
    __table_args__ = (
        Index(
            "ix_game_day_slots_due",
            "due_at",
            sqlite_where=text("state = 'due'"),
            postgresql_where=text("state = 'due'"),
        ),
    )

    game_day: Mapped[str] = mapped_column(ForeignKey("game_days.id"), primary_key=True)
    team: Mapped[str] = mapped_column(primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    scenario: Mapped[str]
    state: Mapped[str]
    due_at: Mapped[datetime]
    ride: Mapped[str | None]
    attempt: Mapped[int]
    failure: Mapped[str | None] = mapped_column(Text)


class GameDayEventRow(Base):
    """What happened: rows are added, never changed."""

    __tablename__ = "game_day_events"

    game_day: Mapped[str] = mapped_column(ForeignKey("game_days.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """1, 2, 3, … in a game day, without gaps."""
    at: Mapped[datetime]
    kind: Mapped[str]
    by: Mapped[str | None]
    team: Mapped[str | None]
    detail: Mapped[str] = mapped_column(Text)
