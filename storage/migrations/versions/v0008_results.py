"""What came of each ride that counts, for leaderboards."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "ride_results",
        sa.Column("ride_id", sa.String(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("scenario", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("detect", sa.Integer(), nullable=False),
        sa.Column("fix", sa.Integer(), nullable=False),
        sa.Column("trap", sa.Integer(), nullable=False),
        sa.Column("to_fix", sa.Double(), nullable=True),
        sa.Column("time_limit", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["ride_id"], ["rides.id"], name=op.f("fk_ride_results_ride_id_rides")),
        sa.PrimaryKeyConstraint("ride_id", name=op.f("pk_ride_results")),
    )
    op.create_index(op.f("ix_ride_results_workspace_scenario"), "ride_results", ["workspace", "scenario"])
    op.create_table(
        "ride_result_people",
        sa.Column("ride_id", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ride_id"], ["ride_results.ride_id"], name=op.f("fk_ride_result_people_ride_id_ride_results")
        ),
        sa.PrimaryKeyConstraint("ride_id", "person", name=op.f("pk_ride_result_people")),
    )
