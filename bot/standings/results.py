"""Results of rides: derived once from journal and scorecard, so that boards needn't read journals."""

import asyncio
import logging
from collections.abc import Sequence

from pydantic import ValidationError

from bot.standings.participation import joined_late, took_part
from bot.standings.ports import Rides
from scenarios.journal.events import Event, TimeExtended
from scenarios.journal.stored import stored_scenario
from scenarios.judging.scorecard import Dimension, Scorecard
from storage.records import RideRecord
from storage.results import Result, ResultStore

log = logging.getLogger(__name__)


class Results:
    """The results of the workspaces, up to the newest ride."""

    def __init__(self, store: ResultStore, rides: Rides) -> None:
        self._store = store
        self._rides = rides
        self._catching_up = asyncio.Lock()
        self._unreadable: set[str] = set()

    async def all(self, workspace: str, scenario: str | None = None) -> Sequence[Result]:
        """A workspace's results, of one scenario or of all, in the order in which the rides were started."""
        await self._catch_up(workspace)
        return await self._store.all(workspace, scenario)

    async def _catch_up(self, workspace: str) -> None:
        async with self._catching_up:
            for ride in await self._store.missing(workspace):
                if ride not in self._unreadable:
                    await self._derive(ride)

    async def _derive(self, ride: str) -> None:
        record, card = await self._rides.get(ride), await self._rides.scorecard(ride)
        if record is None or card is None:
            return
        try:
            journal = [event for _, event in await self._rides.journal(ride)]
            result = derive(record, journal, card)
        except ValidationError:
            # One ride of another version must not keep everybody from the leaderboard.
            log.exception("ride %s has no place on the leaderboard: it can't be read", ride)
            self._unreadable.add(ride)
            return
        if result is not None:
            await self._store.add(result)


def derive(record: RideRecord, journal: Sequence[Event], card: Scorecard) -> Result | None:
    """The result of a ride; None for one that doesn't count. Raises pydantic.ValidationError."""
    if record.ended_at is None or record.state not in ("resolved", "expired"):
        return None
    scenario = stored_scenario(record.document)
    extended = sum(event.seconds for event in journal if isinstance(event, TimeExtended))
    people, late = took_part(journal), joined_late(journal)
    return Result(
        ride=record.id,
        workspace=record.workspace,
        scenario=record.scenario,
        outcome=record.state,
        team=record.team,
        people=people,
        joined={person: at for person, at in late.items() if person in people},
        created_at=record.created_at,
        ended_at=record.ended_at,
        detect=card.points(Dimension.DETECT),
        fix=card.points(Dimension.FIX),
        trap=card.points(Dimension.TRAP),
        to_fix=card.times.to_fix,
        time_limit=scenario.time_limit.total_seconds() + extended,
    )
