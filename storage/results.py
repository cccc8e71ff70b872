"""Repository of results: what leaderboards are made of."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, insert, select
from sqlalchemy.exc import IntegrityError

from storage.models import RideRow, ScorecardRow
from storage.repository import Repository, carried_through
from storage.result_models import ResultPersonRow, ResultRow
from storage.result_records import COUNTING, Result

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
