"""Repository of teams, their people and their rotas."""

import unicodedata
from collections.abc import Collection
from dataclasses import fields
from datetime import datetime
from typing import cast

from sqlalchemy import Select, and_, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from storage.errors import TeamExistsError, UnknownRotaError, UnknownTeamError
from storage.repository import Repository, carried_through
from storage.team_models import RotaPersonRow, RotaRow, SwapRow, TeamMemberRow, TeamRow
from storage.team_records import Rota, RotaUnit, Swap, Team

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
