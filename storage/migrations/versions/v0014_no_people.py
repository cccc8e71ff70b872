"""Nothing reads the table of people any more: who somebody was stands in each ride's journal."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.drop_table("people")
