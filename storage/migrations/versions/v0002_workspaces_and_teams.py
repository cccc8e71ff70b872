"""The chat's workspace is called `workspace`, for `team` is now what people ride in; a ride can have one."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.drop_index(op.f("ix_rides_team_channel"), "rides")
    op.drop_index(op.f("ix_rides_team_created_at"), "rides")
    op.drop_index("uq_ride_learners_under_way", "ride_learners")
    for table in ("people", "rides", "ride_learners"):
        op.execute(f"ALTER TABLE {table} RENAME COLUMN team TO workspace")
    op.add_column("rides", sa.Column("team", sa.String(), nullable=True))
    op.add_column("rides", sa.Column("game_day", sa.String(), nullable=True))
    op.add_column("rides", sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_rides_workspace_channel"), "rides", ["workspace", "channel"])
    op.create_index(op.f("ix_rides_workspace_created_at"), "rides", ["workspace", "created_at"])
    op.create_index(
        "uq_ride_learners_under_way",
        "ride_learners",
        ["workspace", "person"],
        unique=True,
        sqlite_where=sa.text("under_way"),
        postgresql_where=sa.text("under_way"),
    )
