"""Rides, their journals, timelines and scorecards, and the people in them.

There is no way back to an empty database: a migration that drops journals would lose what happened.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _people_and_rides()
    _what_happened()


def _people_and_rides() -> None:
    op.create_table(
        "people",
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("team", "id", name=op.f("pk_people")),
    )
    op.create_table(
        "rides",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("scenario", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("started_by", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("channel_name", sa.String(), nullable=True),
        sa.Column("card_ts", sa.String(), nullable=True),
        sa.Column("origin_channel", sa.String(), nullable=True),
        sa.Column("response_url", sa.String(), nullable=True),
        sa.Column("sandbox", sa.String(), nullable=True),
        sa.Column("log_offset", sa.BigInteger(), nullable=False),
        sa.Column("speed", sa.Double(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("live_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("postmortem_sent", sa.Boolean(), nullable=False),
        sa.Column("archive_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rides")),
    )
    op.create_index(op.f("ix_rides_team_channel"), "rides", ["team", "channel"])
    op.create_index(op.f("ix_rides_team_created_at"), "rides", ["team", "created_at"])


def _what_happened() -> None:
    op.create_table(
        "journal_events",
        sa.Column("ride_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ride_id"], ["rides.id"], name=op.f("fk_journal_events_ride_id_rides")),
        sa.PrimaryKeyConstraint("ride_id", "seq", name=op.f("pk_journal_events")),
    )
    op.create_table(
        "ride_learners",
        sa.Column("ride_id", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("under_way", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["ride_id"], ["rides.id"], name=op.f("fk_ride_learners_ride_id_rides")),
        sa.PrimaryKeyConstraint("ride_id", "person", name=op.f("pk_ride_learners")),
    )
    op.create_index(
        "uq_ride_learners_under_way",
        "ride_learners",
        ["team", "person"],
        unique=True,
        sqlite_where=sa.text("under_way"),
        postgresql_where=sa.text("under_way"),
    )
    op.create_table(
        "scorecards",
        sa.Column("ride_id", sa.String(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ride_id"], ["rides.id"], name=op.f("fk_scorecards_ride_id_rides")),
        sa.PrimaryKeyConstraint("ride_id", name=op.f("pk_scorecards")),
    )
    op.create_table(
        "timeline_steps",
        sa.Column("ride_id", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message_key", sa.String(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["ride_id"], ["rides.id"], name=op.f("fk_timeline_steps_ride_id_rides")),
        sa.PrimaryKeyConstraint("ride_id", "step", name=op.f("pk_timeline_steps")),
    )
    op.create_index(
        "ix_timeline_steps_outstanding",
        "timeline_steps",
        ["due_at"],
        sqlite_where=sa.text("sent_at IS NULL AND NOT cancelled"),
        postgresql_where=sa.text("sent_at IS NULL AND NOT cancelled"),
    )
