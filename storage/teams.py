"""Repository of teams, their people and their rotas."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import ForeignKey, Index, Select, and_, delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.errors import TeamExistsError, UnknownRotaError, UnknownTeamError
from storage.models import Base
from storage.repository import Repository, carried_through

RotaUnit = Literal["day", "week"]
SwapKind = Literal["swap", "cover"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Team:
    """People who ride together."""

    id: str
    workspace: str
    name: str
    """As it was typed; unique in the workspace whatever the case."""
    members: tuple[str, ...] = ()
    """In the order in which they came. Empty for a team whose people are a user group's."""
    group: str | None = None
    """The id of the user group whose people are the team."""
    created_by: str
    created_at: datetime
    deleted_at: datetime | None = None
    """Since when there is no such team any more; its rides keep it, and so its name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Swap:
    """Two people of a rota take each other's shifts for a while; of a cover, `other` takes those of `one`."""

    id: str
    rota: str
    kind: SwapKind = "swap"
    one: str
    other: str
    begins: datetime
    until: datetime
    created_by: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Rota:
    """Who is on call when: people take turns, and hand over at the same local time."""

    id: str
    team: str
    """The team's id."""
    people: tuple[str, ...]
    """In the order of their turns."""
    unit: RotaUnit
    every: int
    """How many units a turn lasts."""
    first: datetime
    """The first handover by the clock on the wall of `zone`: naive."""
    zone: str
    """The IANA name of a time zone."""
    begins: datetime
    """The moment of the first handover. A rota is in force from then until a newer one begins."""
    swaps: tuple[Swap, ...] = ()
    """In the order in which they were made."""
    created_by: str
    created_at: datetime


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


_SWAP_COLUMNS = tuple(field.name for field in fields(Swap))


class TeamStore(Repository):
    """The teams of a database. Every method is one transaction, carried through; times must be aware."""

    # -- teams

    @carried_through
    async def add(self, team: Team) -> None:
        """Store a new team. Raises TeamExistsError when another has its name, whatever the case."""
        row = {
            "id": team.id,
            "workspace": team.workspace,
            "name": team.name,
            "name_key": name_key(team.name),
            "user_group": team.group,
            "created_by": team.created_by,
            "created_at": team.created_at,
            "deleted_at": team.deleted_at,
        }
        members = [
            {"team": team.id, "person": person, "position": position}
            for position, person in enumerate(dict.fromkeys(team.members))
        ]
        try:
            async with self._database.session() as session:
                await session.execute(insert(TeamRow).values(row))
                if members:
                    await session.execute(insert(TeamMemberRow), members)
        except IntegrityError as error:
            raise TeamExistsError(team.name) from error

    @carried_through
    async def get(self, team_id: str) -> Team | None:
        """The team of this id, also one that was deleted: rides remember it."""
        return await self._first(select(TeamRow).where(TeamRow.id == team_id))

    @carried_through
    async def by_name(self, workspace: str, name: str) -> Team | None:
        """The team of this name, whatever the case."""
        return await self._first(_present(workspace).where(TeamRow.name_key == name_key(name)))

    @carried_through
    async def all(self, workspace: str) -> list[Team]:
        """A workspace's teams, by name."""
        async with self._database.reading() as session:
            rows = await session.scalars(_present(workspace).order_by(TeamRow.name_key, TeamRow.id))
            return [_team(row) for row in rows]

    @carried_through
    async def join(self, team_id: str, person: str) -> bool:
        """Put a person last in a team; False if they are in it already. Raises UnknownTeamError."""
        async with self._database.session() as session:
            await _lock(session, team_id)
            if await session.get(TeamMemberRow, (team_id, person)) is not None:
                return False
            last = await session.scalar(
                select(func.max(TeamMemberRow.position)).where(TeamMemberRow.team == team_id)
            )
            position = 0 if last is None else last + 1
            session.add(TeamMemberRow(team=team_id, person=person, position=position))
        return True

    @carried_through
    async def leave(self, team_id: str, person: str) -> bool:
        """Take a person out of a team; False if they weren't in it. Raises UnknownTeamError."""
        this = and_(TeamMemberRow.team == team_id, TeamMemberRow.person == person)
        async with self._database.session() as session:
            await _lock(session, team_id)
            gone = await session.scalar(delete(TeamMemberRow).where(this).returning(TeamMemberRow.person))
        return gone is not None

    @carried_through
    async def delete(self, team_id: str, at: datetime) -> None:
        """The team is no more, nor are its rotas; its name is free. Raises UnknownTeamError."""
        async with self._database.session() as session:
            await _lock(session, team_id)
            await _delete_rotas(session, await _rota_ids(session, team_id))
            await session.execute(update(TeamRow).where(TeamRow.id == team_id).values(deleted_at=at))

    # -- rotas

    @carried_through
    async def rotas(self, team_id: str) -> list[Rota]:
        """A team's rotas in the order in which they were made: the one in force, and one that follows it."""
        rotas = select(RotaRow).where(RotaRow.team == team_id).order_by(RotaRow.created_at, RotaRow.id)
        async with self._database.reading() as session:
            return [_rota(row) for row in await session.scalars(rotas)]

    @carried_through
    async def set_rota(self, rota: Rota, now: datetime) -> None:
        """A team's new rota. The one in force stays until it begins, one that was to follow does not.

        Raises UnknownTeamError.
        """
        row = {
            "id": rota.id,
            "team": rota.team,
            "unit": rota.unit,
            "every": rota.every,
            "first": rota.first.isoformat(timespec="minutes"),
            "zone": rota.zone,
            "begins": rota.begins,
            "created_by": rota.created_by,
            "created_at": rota.created_at,
        }
        people = [
            {"rota": rota.id, "position": position, "person": person}
            for position, person in enumerate(rota.people)
        ]
        async with self._database.session() as session:
            await _lock(session, rota.team)
            stays = select(RotaRow.id).where(RotaRow.team == rota.team, RotaRow.begins <= now)
            in_force = await session.scalar(
                stays.order_by(RotaRow.created_at.desc(), RotaRow.id.desc()).limit(1)
            )
            await _delete_rotas(session, await _rota_ids(session, rota.team) - {in_force or ""})
            await session.execute(insert(RotaRow).values(row))
            await session.execute(insert(RotaPersonRow), people)

    @carried_through
    async def remove_rotas(self, team_id: str) -> bool:
        """The team has no rota any more; False if it had none. Raises UnknownTeamError."""
        async with self._database.session() as session:
            await _lock(session, team_id)
            rotas = await _rota_ids(session, team_id)
            await _delete_rotas(session, rotas)
        return bool(rotas)

    @carried_through
    async def add_swap(self, swap: Swap) -> None:
        """Store a swap. Raises UnknownRotaError when the rota was replaced or removed meanwhile,
        and UnknownTeamError when its team was."""
        async with self._database.session() as session:
            rota = select(RotaRow.team).where(RotaRow.id == swap.rota)
            team_id = await session.scalar(rota)
            if team_id is not None:
                await _lock(session, team_id)
            # Again, now that nobody else writes: it may have gone while this waited for its turn.
            if team_id is None or await session.scalar(rota) is None:
                raise UnknownRotaError(swap.rota)
            session.add(SwapRow(**{name: getattr(swap, name) for name in _SWAP_COLUMNS}))

    @carried_through
    async def swap(self, workspace: str, swap_id: str) -> tuple[Team, Swap] | None:
        """The swap or cover of this id, and its team; also one that is over."""
        found = (
            select(SwapRow, TeamRow)
            .join(RotaRow, RotaRow.id == SwapRow.rota)
            .join(TeamRow, TeamRow.id == RotaRow.team)
            .where(TeamRow.workspace == workspace, TeamRow.deleted_at.is_(None), SwapRow.id == swap_id)
        )
        async with self._database.reading() as session:
            row = (await session.execute(found)).first()
            return None if row is None else (_team(row[1]), _swap(row[0]))

    @carried_through
    async def end_swap(self, swap_id: str, now: datetime) -> bool:
        """A swap or cover ends now, or never begins; False if it was over, or there is none of this id."""
        running = and_(SwapRow.id == swap_id, SwapRow.begins <= now, SwapRow.until > now)
        to_come = and_(SwapRow.id == swap_id, SwapRow.begins > now)
        async with self._database.session() as session:
            ended = await session.scalar(
                update(SwapRow).where(running).values(until=now).returning(SwapRow.id)
            )
            gone = await session.scalar(delete(SwapRow).where(to_come).returning(SwapRow.id))
        return ended is not None or gone is not None

    # -- within

    async def _first(self, teams: Select[TeamRow]) -> Team | None:
        async with self._database.reading() as session:
            row = (await session.scalars(teams.limit(1))).first()
            return None if row is None else _team(row)


def name_key(name: str) -> str:
    """A team's name without its case, however its letters were composed."""
    return unicodedata.normalize("NFKC", name).casefold()


def _present(workspace: str) -> Select[TeamRow]:
    return select(TeamRow).where(TeamRow.workspace == workspace, TeamRow.deleted_at.is_(None))


async def _lock(session: AsyncSession, team_id: str) -> None:
    """Writers of one team take turns: by its row on PostgreSQL, and anyway on SQLite."""
    teams = select(TeamRow.id).where(TeamRow.id == team_id, TeamRow.deleted_at.is_(None))
    if await session.scalar(teams.with_for_update(key_share=True)) is None:
        raise UnknownTeamError(team_id)


async def _rota_ids(session: AsyncSession, team_id: str) -> set[str]:
    return set(await session.scalars(select(RotaRow.id).where(RotaRow.team == team_id)))


async def _delete_rotas(session: AsyncSession, rotas: Collection[str]) -> None:
    await session.execute(delete(SwapRow).where(SwapRow.rota.in_(rotas)))
    await session.execute(delete(RotaPersonRow).where(RotaPersonRow.rota.in_(rotas)))
    await session.execute(delete(RotaRow).where(RotaRow.id.in_(rotas)))


def _team(row: TeamRow) -> Team:
    return Team(
        id=row.id,
        workspace=row.workspace,
        name=row.name,
        members=tuple(member.person for member in row.members),
        group=row.user_group,
        created_by=row.created_by,
        created_at=row.created_at,
        deleted_at=row.deleted_at,
    )


def _swap(row: SwapRow) -> Swap:
    return Swap(**{name: getattr(row, name) for name in _SWAP_COLUMNS})


def _rota(row: RotaRow) -> Rota:
    return Rota(
        id=row.id,
        team=row.team,
        people=tuple(one.person for one in row.people),
        unit=cast("RotaUnit", row.unit),
        every=row.every,
        first=datetime.fromisoformat(row.first),
        zone=row.zone,
        begins=row.begins,
        swaps=tuple(map(_swap, row.swaps)),
        created_by=row.created_by,
        created_at=row.created_at,
    )
