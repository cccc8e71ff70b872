"""A person's rides are looked up each time that their App Home is made: an index for that."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_index(op.f("ix_ride_learners_workspace_person"), "ride_learners", ["workspace", "person"])
