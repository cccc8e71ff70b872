"""What the App Home shows a person: their rides, scores, teams, and what to ride next."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from bot.rides.errors import RideError
from bot.standings.boards import BoardParts
from bot.standings.levels import level_of, next_ride
from bot.standings.ports import Days, Rides
from bot.standings.ranking import Contenders, Sightings, Standing, attempts, knew, rank
from bot.standings.views import MyRide, MyTeam, NextRide, Profile
from scenarios.journal.stored import stored_scenario
from scenarios.model.scenario import Scenario
from storage.records import UNDER_WAY, RideRecord
from storage.results import Result
from storage.teams import Team

RIDES_SHOWN = 5
SCORES_SHOWN = 8
TEAMS_SHOWN = 5
DAYS_SHOWN = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class ProfileParts:
    """What profiles use and do not own."""

    rides: Rides
    days: Days
    shared: BoardParts


class Profiles:
    """People's profiles."""

    def __init__(self, parts: ProfileParts) -> None:
        self._parts = parts
        self._shared = parts.shared

    async def of(self, workspace: str, person: str) -> Profile:
        """A person's own."""
        now = self._shared.clock.now()
        results = await self._shared.results.all(workspace)
        seen = await self._shared.seen.first_seen(workspace)
        mine = [result for result in results if person in result.people]
        records = await self._parts.rides.recent_of(workspace, person, RIDES_SHOWN + 1)
        rides = [self._ride(person, record, mine, seen) for record in records]
        over = [ride for ride in rides if ride.record.state not in UNDER_WAY]
        # Ranked here: with many rides, reading them again for each board is what takes the time.
        people = rank(attempts(results, seen, Contenders.PEOPLE))
        teams = rank(attempts(results, seen, Contenders.TEAMS))
        return Profile(
            person=person,
            now=now,
            live=next((ride for ride in rides if ride.record.state in UNDER_WAY), None),
            next=self.next_ride(person, mine, seen),
            rides=tuple(over[:RIDES_SHOWN]),
            scores=tuple(sorted(mine, key=lambda one: one.created_at)[-SCORES_SHOWN:]),
            standing=next((one for one in people if one.contender == person), None),
            of=len(people),
            teams=await self._teams(workspace, person, teams),
            days=tuple(self._parts.days.to_come(workspace)[:DAYS_SHOWN]),
        )

    def next_ride(self, person: str, mine: Sequence[Result], seen: Sightings) -> NextRide | None:
        """What somebody should ride next, by their results and what they have seen."""
        scenarios = self._scenarios()
        known = {result.scenario for result in mine}
        known |= {slug for who, slug in seen if who == person}
        first = [result for result in mine if not knew(person, result, seen)]
        level = level_of(first, {one.slug: one.level for one in scenarios})
        best: dict[str, int] = {}
        for result in mine:
            best[result.scenario] = max(result.total, best.get(result.scenario, 0))
        return next_ride(scenarios, known, level, best)

    def _scenarios(self) -> list[Scenario]:
        catalogue = self._shared.scenarios
        return [catalogue.load(slug) for slug in catalogue.slugs()]

    def _ride(self, person: str, record: RideRecord, mine: Sequence[Result], seen: Sightings) -> MyRide:
        title, alert = _names(record)
        result = next((one for one in mine if one.ride == record.id), None)
        return MyRide(
            record=record,
            title=title,
            alert=alert,
            result=result,
            practice=result is not None and knew(person, result, seen),
        )

    async def _teams(self, workspace: str, person: str, standings: Sequence[Standing]) -> tuple[MyTeam, ...]:
        teams = (await self._shared.teams.teams_of(workspace, person))[:TEAMS_SHOWN]
        places = {one.contender: one.place for one in standings}
        return tuple(await asyncio.gather(*(self._team(team, places) for team in teams)))

    async def _team(self, team: Team, places: Mapping[str, int]) -> MyTeam:
        try:
            on_call = await self._shared.teams.on_call(team.workspace, team.name, self._shared.clock.now())
        except RideError:
            # An empty team, or a user group that the chat says nothing of: the rest of the Home is there.
            on_call = None
        return MyTeam(name=team.name, place=places.get(team.id), of=len(places), on_call=on_call)


def _names(record: RideRecord) -> tuple[str, str]:
    """Title and alert of the scenario as it was ridden; its slug where this version can't read it."""
    try:
        scenario = stored_scenario(record.document)
    except ValidationError:
        return record.scenario, record.scenario
    return scenario.title, scenario.alert
