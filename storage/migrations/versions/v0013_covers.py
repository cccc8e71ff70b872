"""Besides swaps there are covers: somebody takes another's shifts and gives none of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    # All that there is until now are swaps.
    op.add_column("rota_swaps", sa.Column("kind", sa.String(), nullable=False, server_default="swap"))
