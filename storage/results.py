"""Repository of results: what leaderboards are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy import Double, ForeignKey, Index, exists, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from storage.models import Base, RideRow, ScorecardRow
from storage.repository import Repository, carried_through

CountingOutcome = Literal["resolved", "expired"]

COUNTING: tuple[CountingOutcome, ...] = ("resolved", "expired")
"""The outcomes with a score that counts. A ride that was stopped, or void, never does."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """The result of a ride that counts: derived from its journal and its scorecard, and rebuildable."""

    ride: str
    workspace: str
    scenario: str
    """Its slug."""
    outcome: CountingOutcome
    team: str | None = None
    """The team's id."""
    people: tuple[str, ...]
    """Who did something in it, in the order in which they began."""
    joined: Mapping[str, datetime] = field(default_factory=dict)
    """Of these people who joined when it was live already, and when."""
    created_at: datetime
    ended_at: datetime
    detect: int
    fix: int
    trap: int
    to_fix: float | None
    """Ride seconds; None: it was not fixed."""
    time_limit: float
    """Ride seconds, with what a facilitator added."""

    @property
    def total(self) -> int:
        """All points, 0 to 100."""
        return self.detect + self.fix + self.trap


class ResultRow(Base):
    __tablename__ = "ride_results"
    __table_args__ = (Index(None, "workspace", "scenario"),)

    ride_id: Mapped[str] = mapped_column(ForeignKey("rides.id"), primary_key=True)
    workspace: Mapped[str]
    scenario: Mapped[str]
    outcome: Mapped[str]
    team: Mapped[str | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    detect: Mapped[int]
    fix: Mapped[int]
    trap: Mapped[int]
    to_fix: Mapped[float | None] = mapped_column(Double)
    time_limit: Mapped[float] = mapped_column(Double)


class ResultPersonRow(Base):
    """Somebody who did something in a ride."""

    __tablename__ = "ride_result_people"

    ride_id: Mapped[str] = mapped_column(ForeignKey("ride_results.ride_id"), primary_key=True)
    person: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    joined_at: Mapped[datetime | None]


_COLUMNS = (
    "workspace",
    "scenario",
    "outcome",
    "team",
    "created_at",
    "ended_at",
    "detect",
    "fix",
    "trap",
    "to_fix",
    "time_limit",
)


class ResultStore(Repository):
    """The results of a database."""

    @carried_through
    async def missing(self, workspace: str) -> list[str]:
        """Ids of rides that count, have a scorecard and no result yet, oldest first."""
        rides = (
            select(RideRow.id)
            .where(
                RideRow.workspace == workspace,
                RideRow.state.in_(COUNTING),
                exists().where(ScorecardRow.ride_id == RideRow.id),
                ~exists().where(ResultRow.ride_id == RideRow.id),
            )
            .order_by(RideRow.created_at, RideRow.id)
        )
        async with self._database.reading() as session:
            return list(await session.scalars(rides))

    @carried_through
    async def add(self, result: Result) -> bool:
        """Keep a result; False if there is one of this ride already."""
        row = {"ride_id": result.ride, **{name: getattr(result, name) for name in _COLUMNS}}
        people = [
            {
                "ride_id": result.ride,
                "person": person,
                "position": position,
                "joined_at": result.joined.get(person),
            }
            for position, person in enumerate(dict.fromkeys(result.people))
        ]
        try:
            async with self._database.session() as session:
                await session.execute(insert(ResultRow).values(row))
                if people:
                    await session.execute(insert(ResultPersonRow), people)
        except IntegrityError:
            return False
        return True

    @carried_through
    async def all(self, workspace: str, scenario: str | None = None) -> Sequence[Result]:
        """A workspace's results, of one scenario or of all, in the order in which the rides were started."""
        chosen = [ResultRow.workspace == workspace]
        if scenario is not None:
            chosen.append(ResultRow.scenario == scenario)
        # Columns, not objects: there may be ten thousand of them.
        results = select(*(ResultRow.__table__.c[name] for name in ("ride_id", *_COLUMNS))).where(*chosen)
        people = (
            select(ResultPersonRow.ride_id, ResultPersonRow.person, ResultPersonRow.joined_at)
            .join(ResultRow, ResultRow.ride_id == ResultPersonRow.ride_id)
            .where(*chosen)
            .order_by(ResultPersonRow.position)
        )
        async with self._database.reading() as session:
            who: dict[str, dict[str, datetime | None]] = {}
            for ride, person, joined_at in await session.execute(people):
                who.setdefault(ride, {})[person] = joined_at
            rows = await session.execute(results.order_by(ResultRow.created_at, ResultRow.ride_id))
            return [
                Result(
                    ride=row.ride_id,
                    people=tuple(who.get(row.ride_id, ())),
                    joined={person: at for person, at in who.get(row.ride_id, {}).items() if at is not None},
                    **{name: getattr(row, name) for name in _COLUMNS},
                )
                for row in rows
            ]
