"""What the sandboxes look like, second by second."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "ride_samples",
        sa.Column("ride_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("writes_per_second", sa.Double(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("oldest_wait", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["ride_id"], ["rides.id"], name=op.f("fk_ride_samples_ride_id_rides")),
        sa.PrimaryKeyConstraint("ride_id", "at", name=op.f("pk_ride_samples")),
    )
