"""The tables of teams and their rotas."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.models import Base


class TeamMemberRow(Base):
    __tablename__ = "team_members"

    team: Mapped[str] = mapped_column(ForeignKey("teams.id"), primary_key=True)
    person: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]


class TeamRow(Base):
    """A team. That its name is its alone in the workspace, whatever the case, is the index's promise."""

    __tablename__ = "teams"
    __table_args__ = (
        Index(
            "uq_teams_name",
            "workspace",
            "name_key",
            unique=True,
            sqlite_where=text("deleted_at IS NULL"),
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    workspace: Mapped[str]
    name: Mapped[str]
    name_key: Mapped[str]
    """The name without its case."""
    user_group: Mapped[str | None]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]

    members: Mapped[list[TeamMemberRow]] = relationship(
        order_by=TeamMemberRow.position, lazy="selectin", viewonly=True
    )


class RotaPersonRow(Base):
    __tablename__ = "rota_people"

    rota: Mapped[str] = mapped_column(ForeignKey("rotas.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person: Mapped[str]


class SwapRow(Base):
    __tablename__ = "rota_swaps"

    id: Mapped[str] = mapped_column(primary_key=True)
    rota: Mapped[str] = mapped_column(ForeignKey("rotas.id"), index=True)
    kind: Mapped[str] = mapped_column(server_default="swap")
    one: Mapped[str]
    other: Mapped[str]
    begins: Mapped[datetime]
    until: Mapped[datetime]
    created_by: Mapped[str]
    created_at: Mapped[datetime]


class RotaRow(Base):
    """A rota. A team has the one that is in force, and perhaps one that is to follow."""

    __tablename__ = "rotas"

    id: Mapped[str] = mapped_column(primary_key=True)
    team: Mapped[str] = mapped_column(ForeignKey("teams.id"), index=True)
    unit: Mapped[str]
    every: Mapped[int]
    first: Mapped[str]
    """A local time, as ISO 8601 without a zone: what the clock shows, and no moment."""
    zone: Mapped[str]
    begins: Mapped[datetime]
    created_by: Mapped[str]
    created_at: Mapped[datetime]

    people: Mapped[list[RotaPersonRow]] = relationship(
        order_by=RotaPersonRow.position, lazy="selectin", viewonly=True
    )
    swaps: Mapped[list[SwapRow]] = relationship(
        order_by=(SwapRow.created_at, SwapRow.id), lazy="selectin", viewonly=True
    )
