"""Repositories of drills and of the do-not-disturb calendar."""

from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Literal

from sqlalchemy import ForeignKey, Index, Select, Text, delete, func, insert, or_, select, text, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.errors import StaleDrillError
from storage.models import Base, LearnerRow, RideRow
from storage.repository import Repository, carried_through

DrillState = Literal["planned", "starting", "started", "failed", "missed", "called_off", "cancelled"]
"""`failed`: it could not start. `missed`: Ride was not running. `called_off`: only quiet time was left."""

DrillProblem = Literal[
    "team_gone", "team_empty", "busy", "scenario_gone", "chat_refused", "not_prepared", "interrupted", "quiet"
]
"""Why a drill could not start, or was called off."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A time from a moment until just before another."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Drill:
    """A ride that starts at a moment that nobody knows."""

    id: str
    workspace: str
    team: str
    """The team's id."""
    team_name: str
    planned_by: str
    windows: tuple[Span, ...]
    """The times in which it may start, in order, apart from each other."""
    zone: str
    """The IANA name of the time zone in which the windows were typed."""
    wanted: str
    """A scenario's slug, a level such as `L3`, or nothing: any."""
    seed: str
    draw: int = 0
    """How often the moment was drawn anew; with the seed it decides the moment."""
    due_at: datetime | None
    """When to do something about it: while it is planned, the moment. None: nothing is left to do."""
    state: DrillState = "planned"
    tries: int = 0
    """How often it was started."""
    tried_at: datetime | None = None
    scenario: str | None = None
    """The slug of the scenario that was picked at the last start."""
    ride: str | None = None
    problem: DrillProblem | None = None
    """What was in the way at the last start."""
    created_at: datetime
    revision: int = 0
    """Counts the changes; `DrillStore.update` refuses a record that is not of the newest revision."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Quiet:
    """An entry of the do-not-disturb calendar: no drill starts in it."""

    id: str
    workspace: str
    team: str | None
    """The team's id; None: everybody."""
    team_name: str | None
    span: Span
    zone: str
    """The IANA name of the time zone in which it was typed."""
    reason: str = ""
    created_by: str
    created_at: datetime


class DrillWindowRow(Base):
    __tablename__ = "drill_windows"

    drill: Mapped[str] = mapped_column(ForeignKey("drills.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    begins: Mapped[datetime]
    ends: Mapped[datetime]


class DrillRow(Base):
    __tablename__ = "drills"
    __table_args__ = (
        Index(None, "workspace", "created_at"),
        Index(
            "ix_drills_due",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    workspace: Mapped[str]
    team: Mapped[str]
    team_name: Mapped[str]
    planned_by: Mapped[str]
    zone: Mapped[str]
    wanted: Mapped[str]
    seed: Mapped[str]
    draw: Mapped[int]
    due_at: Mapped[datetime | None]
    state: Mapped[str]
    tries: Mapped[int]
    tried_at: Mapped[datetime | None]
    scenario: Mapped[str | None]
    ride: Mapped[str | None]
    problem: Mapped[str | None]
    created_at: Mapped[datetime]
    revision: Mapped[int]

    windows: Mapped[list[DrillWindowRow]] = relationship(
        order_by=DrillWindowRow.position, lazy="selectin", viewonly=True
    )


class QuietRow(Base):
    __tablename__ = "quiet_times"
    __table_args__ = (Index(None, "workspace", "ends"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    workspace: Mapped[str]
    team: Mapped[str | None]
    team_name: Mapped[str | None]
    begins: Mapped[datetime]
    ends: Mapped[datetime]
    zone: Mapped[str]
    reason: Mapped[str] = mapped_column(Text)
    created_by: Mapped[str]
    created_at: Mapped[datetime]


_COLUMNS = tuple(field.name for field in fields(Drill) if field.name != "windows")
_QUIET_COLUMNS = tuple(field.name for field in fields(Quiet) if field.name != "span")


class DrillStore(Repository):
    """The drills of a database. Every method is one transaction, carried through; times must be aware."""

    @carried_through
    async def add(self, drill: Drill) -> None:
        """Store a new drill."""
        windows = [
            {"drill": drill.id, "position": position, "begins": window.begins, "ends": window.ends}
            for position, window in enumerate(drill.windows)
        ]
        async with self._database.session() as session:
            await session.execute(insert(DrillRow).values(_values(drill)))
            if windows:
                await session.execute(insert(DrillWindowRow), windows)

    @carried_through
    async def update(self, drill: Drill) -> Drill:
        """Store all but the windows, if it is still at the record's revision; gives it as it is now.

        Raises StaleDrillError.
        """
        changed = replace(drill, revision=drill.revision + 1)
        values = _values(changed)
        del values["id"]
        this = update(DrillRow).where(DrillRow.id == drill.id, DrillRow.revision == drill.revision)
        async with self._database.session() as session:
            found = await session.scalar(this.values(values).returning(DrillRow.id))
        if found is None:
            raise StaleDrillError(drill.id, drill.revision)
        return changed

    @carried_through
    async def get(self, workspace: str, drill_id: str) -> Drill | None:
        """The drill of this id."""
        found = await self._all(_of(workspace).where(DrillRow.id == drill_id))
        return found[0] if found else None

    @carried_through
    async def planned(self, workspace: str) -> list[Drill]:
        """The drills that wait for their moment, oldest first."""
        waiting = _of(workspace).where(DrillRow.state == "planned", DrillRow.due_at.is_not(None))
        return await self._all(waiting.order_by(DrillRow.created_at, DrillRow.id))

    @carried_through
    async def recent(self, workspace: str, limit: int) -> list[Drill]:
        """A workspace's drills, newest first, at most `limit`."""
        ordered = _of(workspace).order_by(DrillRow.created_at.desc(), DrillRow.id.desc())
        return await self._all(ordered.limit(limit))

    @carried_through
    async def due(self, now: datetime) -> list[Drill]:
        """The drills of all workspaces with something to do at `now`, in order of time."""
        due = select(DrillRow).where(DrillRow.due_at <= now)
        return await self._all(due.order_by(DrillRow.due_at, DrillRow.id))

    @carried_through
    async def waiting(self) -> list[Drill]:
        """The drills of all workspaces with something to do, now or later, in order of time."""
        waiting = select(DrillRow).where(DrillRow.due_at.is_not(None))
        return await self._all(waiting.order_by(DrillRow.due_at, DrillRow.id))

    @carried_through
    async def next_due(self) -> datetime | None:
        """When there is something to do next, or was."""
        async with self._database.reading() as session:
            return await session.scalar(select(func.min(DrillRow.due_at)))

    @carried_through
    async def ride_of(self, drill: Drill) -> str | None:
        """The id of the ride that the drill's last start led to, also where the drill doesn't know it yet.

        A ride that a person asked for has a channel where they did.
        """
        if drill.ride is not None or drill.tried_at is None:
            return drill.ride
        rides = select(RideRow.id).where(
            RideRow.workspace == drill.workspace,
            RideRow.team == drill.team,
            RideRow.started_by == drill.planned_by,
            RideRow.scenario == drill.scenario,
            RideRow.origin_channel.is_(None),
            RideRow.game_day.is_(None),
            RideRow.created_at >= drill.tried_at,
        )
        async with self._database.reading() as session:
            return await session.scalar(rides.order_by(RideRow.created_at).limit(1))

    @carried_through
    async def ridden(self, workspace: str, team: str, people: Collection[str]) -> set[str]:
        """The slugs of the scenarios that a team, or one of these people, has met in a ride."""
        theirs = select(LearnerRow.ride_id).where(
            LearnerRow.workspace == workspace, LearnerRow.person.in_(people)
        )
        rides = select(RideRow.scenario).where(
            RideRow.workspace == workspace,
            RideRow.live_at.is_not(None),
            or_(RideRow.team == team, RideRow.id.in_(theirs)),
        )
        async with self._database.reading() as session:
            return set(await session.scalars(rides.distinct()))

    async def _all(self, drills: Select[DrillRow]) -> list[Drill]:
        async with self._database.reading() as session:
            return [_drill(row) for row in await session.scalars(drills)]


class QuietStore(Repository):
    """The do-not-disturb calendars of a database."""

    @carried_through
    async def add(self, *entries: Quiet) -> None:
        """Store new entries, all of them or none."""
        async with self._database.session() as session:
            for quiet in entries:
                values = {name: getattr(quiet, name) for name in _QUIET_COLUMNS}
                session.add(QuietRow(begins=quiet.span.begins, ends=quiet.span.ends, **values))

    @carried_through
    async def remove(self, workspace: str, quiet_id: str) -> bool:
        """Take an entry out; False if there is none of this id."""
        this = delete(QuietRow).where(QuietRow.workspace == workspace, QuietRow.id == quiet_id)
        async with self._database.session() as session:
            return await session.scalar(this.returning(QuietRow.id)) is not None

    @carried_through
    async def upcoming(self, workspace: str, now: datetime) -> list[Quiet]:
        """A workspace's entries that are not over, in order of time."""
        entries = select(QuietRow).where(QuietRow.workspace == workspace, QuietRow.ends > now)
        async with self._database.reading() as session:
            rows = await session.scalars(entries.order_by(QuietRow.begins, QuietRow.ends, QuietRow.id))
            return [_quiet(row) for row in rows]


def _of(workspace: str) -> Select[DrillRow]:
    return select(DrillRow).where(DrillRow.workspace == workspace)


def _values(drill: Drill) -> dict[str, object]:
    return {name: getattr(drill, name) for name in _COLUMNS}


def _drill(row: DrillRow) -> Drill:
    windows = tuple(Span(begins=window.begins, ends=window.ends) for window in row.windows)
    return Drill(windows=windows, **{name: getattr(row, name) for name in _COLUMNS})


def _quiet(row: QuietRow) -> Quiet:
    span = Span(begins=row.begins, ends=row.ends)
    return Quiet(span=span, **{name: getattr(row, name) for name in _QUIET_COLUMNS})
