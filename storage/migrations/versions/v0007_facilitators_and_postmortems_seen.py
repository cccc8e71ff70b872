"""Who may do things for others, and who has seen which postmortem."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "facilitators",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "person", name=op.f("pk_facilitators")),
    )
    op.create_table(
        "postmortems_seen",
        sa.Column("ride_id", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("scenario", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ride_id"], ["rides.id"], name=op.f("fk_postmortems_seen_ride_id_rides")),
        sa.PrimaryKeyConstraint("ride_id", "person", name=op.f("pk_postmortems_seen")),
    )
    op.create_index(
        op.f("ix_postmortems_seen_workspace_scenario"), "postmortems_seen", ["workspace", "scenario"]
    )
