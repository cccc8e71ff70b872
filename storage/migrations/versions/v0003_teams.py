"""Teams, and the rotas that say who of them is on call."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    _teams()
    _rotas()


def _teams() -> None:
    op.create_table(
        "teams",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("user_group", sa.String(), nullable=True),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
    )
    op.create_index(
        "uq_teams_name",
        "teams",
        ["workspace", "name_key"],
        unique=True,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "team_members",
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name=op.f("fk_team_members_team_teams")),
        sa.PrimaryKeyConstraint("team", "person", name=op.f("pk_team_members")),
    )


def _rotas() -> None:
    op.create_table(
        "rotas",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("every", sa.Integer(), nullable=False),
        sa.Column("first", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("begins", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name=op.f("fk_rotas_team_teams")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rotas")),
    )
    op.create_index(op.f("ix_rotas_team"), "rotas", ["team"])
    op.create_table(
        "rota_people",
        sa.Column("rota", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["rota"], ["rotas.id"], name=op.f("fk_rota_people_rota_rotas")),
        sa.PrimaryKeyConstraint("rota", "position", name=op.f("pk_rota_people")),
    )
    op.create_table(
        "rota_swaps",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rota", sa.String(), nullable=False),
        sa.Column("one", sa.String(), nullable=False),
        sa.Column("other", sa.String(), nullable=False),
        sa.Column("begins", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["rota"], ["rotas.id"], name=op.f("fk_rota_swaps_rota_rotas")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_swaps")),
    )
    op.create_index(op.f("ix_rota_swaps_rota"), "rota_swaps", ["rota"])
