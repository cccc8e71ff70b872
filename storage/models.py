"""The tables. A change here needs a migration beside it: a test compares the two."""

from datetime import datetime

from sqlalchemy import BigInteger, Double, ForeignKey, Index, MetaData, String, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from storage.utc_time import UtcTime


class Base(DeclarativeBase):
    """Constraints have names, so that later migrations can find them on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcTime, str: String}  # noqa: RUF012 - SQLAlchemy's declarative option


class LearnerRow(Base):
    """A learner of a ride. That a person has one ride under way in a workspace is the index's promise."""

    __tablename__ = "ride_learners"
    __table_args__ = (
        Index(None, "workspace", "person"),
        Index(
            "uq_ride_learners_under_way",
            "workspace",
            "person",
            unique=True,
            sqlite_where=text("under_way"),
            postgresql_where=text("under_way"),
        ),
    )

    ride_id: Mapped[str] = mapped_column(ForeignKey("rides.id"), primary_key=True)
    person: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    """The order in which they were named."""
    workspace: Mapped[str]
    under_way: Mapped[bool]
    """Whether the ride is; the same in all rows of a ride."""


class RideRow(Base):
    __tablename__ = "rides"
    __table_args__ = (
        Index(None, "workspace", "channel"),
        Index(None, "workspace", "created_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    workspace: Mapped[str]
    scenario: Mapped[str]
    version: Mapped[str]
    document: Mapped[str] = mapped_column(Text)
    state: Mapped[str]
    started_by: Mapped[str]
    channel: Mapped[str | None]
    channel_name: Mapped[str | None]
    card_ts: Mapped[str | None]
    origin_channel: Mapped[str | None]
    response_url: Mapped[str | None]
    sandbox: Mapped[str | None]
    log_offset: Mapped[int] = mapped_column(BigInteger)
    speed: Mapped[float] = mapped_column(Double)
    created_at: Mapped[datetime]
    live_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    postmortem_sent: Mapped[bool]
    archive_at: Mapped[datetime | None]
    archived: Mapped[bool]
    revision: Mapped[int]
    team: Mapped[str | None]
    game_day: Mapped[str | None]
    paused_at: Mapped[datetime | None]

    learners: Mapped[list[LearnerRow]] = relationship(
        order_by=LearnerRow.position, lazy="selectin", viewonly=True
    )


class EventRow(Base):
    """The journal: rows are added, never changed."""

    __tablename__ = "journal_events"

    ride_id: Mapped[str] = mapped_column(ForeignKey("rides.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """1, 2, 3, … in a ride, without gaps."""
    at: Mapped[datetime]
    kind: Mapped[str]
    payload: Mapped[str] = mapped_column(Text)
    """The event as JSON, as scenarios.journal.events writes it."""


class StepRow(Base):
    __tablename__ = "timeline_steps"
    __table_args__ = (
        Index(
            "ix_timeline_steps_outstanding",
            "due_at",
            sqlite_where=text("sent_at IS NULL AND NOT cancelled"),
            postgresql_where=text("sent_at IS NULL AND NOT cancelled"),
        ),
    )

    ride_id: Mapped[str] = mapped_column(ForeignKey("rides.id"), primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    due_at: Mapped[datetime]
    message_key: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    cancelled: Mapped[bool]


class ScorecardRow(Base):
    """Derived from the journal and the scenario: may be deleted and rebuilt."""

    __tablename__ = "scorecards"

    ride_id: Mapped[str] = mapped_column(ForeignKey("rides.id"), primary_key=True)
    document: Mapped[str] = mapped_column(Text)
