"""Game days: what was planned, each team's rides, and what happened."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    _days()
    _slots()
    _events()


def _days() -> None:
    op.create_table(
        "game_days",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scenarios", sa.JSON(), nullable=False),
        sa.Column("level", sa.String(), nullable=True),
        sa.Column("facilitators", sa.JSON(), nullable=False),
        sa.Column("wave_size", sa.Integer(), nullable=True),
        sa.Column("wave_minutes", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("console", sa.String(), nullable=True),
        sa.Column("card_ts", sa.String(), nullable=True),
        sa.Column("board_ts", sa.String(), nullable=True),
        sa.Column("console_ts", sa.JSON(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_game_days")),
    )
    op.create_index(op.f("ix_game_days_workspace_starts_at"), "game_days", ["workspace", "starts_at"])
    op.create_table(
        "game_day_teams",
        sa.Column("game_day", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["game_day"], ["game_days.id"], name=op.f("fk_game_day_teams_game_day_game_days")
        ),
        sa.PrimaryKeyConstraint("game_day", "team", name=op.f("pk_game_day_teams")),
    )


def _slots() -> None:
    op.create_table(
        "game_day_slots",
        sa.Column("game_day", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("scenario", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ride", sa.String(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["game_day"], ["game_days.id"], name=op.f("fk_game_day_slots_game_day_game_days")
        ),
        sa.PrimaryKeyConstraint("game_day", "team", "round", name=op.f("pk_game_day_slots")),
    )
    op.create_index(
        "ix_game_day_slots_due",
        "game_day_slots",
        ["due_at"],
        sqlite_where=sa.text("state = 'due'"),
        postgresql_where=sa.text("state = 'due'"),
    )


def _events() -> None:
    op.create_table(
        "game_day_events",
        sa.Column("game_day", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=True),
        sa.Column("team", sa.String(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["game_day"], ["game_days.id"], name=op.f("fk_game_day_events_game_day_game_days")
        ),
        sa.PrimaryKeyConstraint("game_day", "seq", name=op.f("pk_game_day_events")),
    )
