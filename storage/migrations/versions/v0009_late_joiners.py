"""When people joined a ride that was live already. Results are derived: all are made anew, with it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("ride_result_people", sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("DELETE FROM ride_result_people")
    op.execute("DELETE FROM ride_results")
