"""From a plan to a game day: what the chat and the other game days say against it, and the day itself."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.gamedays.live_day import LiveDay
from bot.gamedays.parts import GameDayParts
from bot.gamedays.plan import Fault, Field, Plan, Problem, draw, form_problems, overlap, planned_span, shared
from bot.gamedays.preparing import earliest
from bot.gamedays.schedule import groups, waves
from bot.rides.errors import ChatRefusedError
from scenarios.model.scenario import Scenario
from storage.game_days import TO_COME, Entrant, GameDay
from storage.teams import Team


class Planner:
    """Checks plans: at once by what Ride knows, and wholly by what the chat says about people."""

    def __init__(self, parts: GameDayParts) -> None:
        self._parts = parts

    def scenarios(self) -> list[Scenario]:
        """All scenarios that can be ridden."""
        return self._parts.known(self._parts.scenarios.slugs())

    async def seen_at_once(self, workspace: str, plan: Plan, others: Iterable[LiveDay]) -> list[Problem]:
        """What is wrong with a plan by itself, the clock and the database: no call of the chat."""
        found = form_problems(plan, self._parts.clock.now(), self.scenarios())
        names = await self.names(workspace)
        if any(team not in names for team in plan.teams):
            found.append(Problem(field=Field.TEAMS, fault=Fault.TEAM_GONE))
        if plan.starts_at is not None:
            found += self._teams_taken(workspace, plan, names, list(others))
        return found

    async def problems(self, workspace: str, plan: Plan, others: Iterable[LiveDay]) -> list[Problem]:
        """All that is wrong with a plan; nothing when it can be made a game day. `others` are to come."""
        others = list(others)
        found = await self.seen_at_once(workspace, plan, others)
        try:
            riders = await self._riders(workspace, plan.teams)
            if empty := tuple(team.name for team, people in riders.values() if not people):
                found.append(Problem(field=Field.TEAMS, fault=Fault.TEAM_EMPTY, names=empty))
            found += await self._of_facilitators(workspace, plan, riders)
            if plan.starts_at is not None:
                found += await self._people_taken(workspace, plan, riders, others)
        except ChatRefusedError as refusal:
            found.append(Problem(field=Field.TEAMS, fault=Fault.CHAT_SILENT, names=(refusal.code,)))
        return found

    def in_time(self, workspace: str, plan: Plan, others: Iterable[LiveDay]) -> Plan:
        """The plan with the moment at which its teams can start together: as wanted, or later."""
        if plan.starts_at is None or not plan.teams:
            return plan
        slots = [
            slot
            for other in others
            if other.workspace == workspace
            for slot in other.slots.values()
            if slot.state in ("due", "starting")
        ]
        now, tempo = self._parts.clock.now(), self._parts.tempo
        starting = waves(len(plan.teams), plan.wave_size, timedelta(minutes=plan.wave_minutes) / tempo.speed)
        # What is a moment ago by now is now.
        wanted = max(plan.starts_at, now)
        return replace(plan, starts_at=earliest(wanted, starting, now, groups(slots), tempo))

    async def riders(self, workspace: str, teams: Sequence[str]) -> tuple[str, ...]:
        """Everybody who can ride in these teams, each once. Raises ChatRefusedError."""
        found = await self._riders(workspace, teams)
        return tuple(dict.fromkeys(person for _, people in found.values() for person in people))

    def game_day(self, workspace: str, by: str, plan: Plan, names: Mapping[str, str]) -> GameDay:
        """The day that a plan without problems is for. `names` are those of the teams, by id."""
        parts, day = self._parts, self._parts.new_id()
        if plan.starts_at is None:
            raise ValueError("a plan without a moment has a problem")
        drawn = plan.scenarios
        if plan.level is not None:
            drawn = draw(self.scenarios(), plan.level, plan.count, day)
        return GameDay(
            id=day,
            workspace=workspace,
            name=plan.name.strip(),
            starts_at=plan.starts_at,
            scenarios=drawn,
            level=plan.level,
            entrants=tuple(Entrant(team=team, name=names[team]) for team in plan.teams),
            facilitators=plan.facilitators,
            wave_size=plan.wave_size,
            wave_minutes=plan.wave_minutes if plan.wave_size is not None else 0,
            created_by=by,
            created_at=parts.clock.now(),
        )

    async def names(self, workspace: str) -> dict[str, str]:
        """The workspace's teams: id to name."""
        return {team.id: team.name for team in await self._parts.teams.teams(workspace)}

    async def _riders(self, workspace: str, teams: Sequence[str]) -> dict[str, tuple[Team, tuple[str, ...]]]:
        """Those of the teams that there are, by id, with their people who can ride."""
        known = {team.id: team for team in await self._parts.teams.teams(workspace)}
        there = [known[team] for team in dict.fromkeys(teams) if team in known]
        people = await asyncio.gather(*(self._parts.teams.members(team) for team in there))
        return {team.id: (team, tuple(members)) for team, members in zip(there, people, strict=True)}

    async def _of_facilitators(
        self, workspace: str, plan: Plan, riders: Mapping[str, tuple[Team, tuple[str, ...]]]
    ) -> list[Problem]:
        found = []
        unable = await asyncio.gather(*(self._unable(workspace, person) for person in plan.facilitators))
        if names := tuple(name for name in unable if name is not None):
            found.append(Problem(field=Field.FACILITATORS, fault=Fault.FACILITATORS_UNABLE, names=names))
        riding = {person for _, people in riders.values() for person in people}
        if both := [person for person in plan.facilitators if person in riding]:
            named = await self._names(workspace, both)
            found.append(Problem(field=Field.FACILITATORS, fault=Fault.FACILITATORS_RIDE, names=named))
        if twice := shared({team.name: people for team, people in riders.values()}):
            named = await self._names(workspace, list(twice))
            found.append(Problem(field=Field.TEAMS, fault=Fault.PEOPLE_SHARED, names=named))
        return found

    def _teams_taken(
        self, workspace: str, plan: Plan, names: Mapping[str, str], others: Sequence[LiveDay]
    ) -> list[Problem]:
        found = []
        for record in self._at_that_time(workspace, plan, others):
            teams = {entrant.team for entrant in record.entrants}
            if taken := tuple(names[team] for team in plan.teams if team in teams and team in names):
                found.append(Problem(field=Field.TEAMS, fault=Fault.TEAM_TAKEN, names=taken, day=record.name))
        return found

    async def _people_taken(
        self,
        workspace: str,
        plan: Plan,
        riders: Mapping[str, tuple[Team, tuple[str, ...]]],
        others: Sequence[LiveDay],
    ) -> list[Problem]:
        found = []
        riding = {person for _, people in riders.values() for person in people}
        for record in self._at_that_time(workspace, plan, others):
            teams = [entrant.team for entrant in record.entrants]
            if any(team in riders for team in teams):
                continue  # said already, of the team
            theirs = await self.riders(workspace, teams)
            if both := [person for person in theirs if person in riding]:
                named = await self._names(workspace, both)
                found.append(
                    Problem(field=Field.TEAMS, fault=Fault.PEOPLE_TAKEN, names=named, day=record.name)
                )
        return found

    def _at_that_time(self, workspace: str, plan: Plan, others: Sequence[LiveDay]) -> list[GameDay]:
        """Other days of the workspace that take place while the planned one does."""
        mine = self._plan_span(self.in_time(workspace, plan, others))
        there = [other.record for other in others if other.workspace == workspace]
        return [
            record for record in there if record.state in TO_COME and overlap(mine, self._day_span(record))
        ]

    def _plan_span(self, plan: Plan) -> tuple[datetime, datetime]:
        if plan.starts_at is None:
            raise ValueError("a plan without a moment has no span")
        scenarios = {scenario.slug: scenario for scenario in self.scenarios()}
        if plan.level is not None:
            limits = [one.time_limit for one in scenarios.values() if one.level == plan.level]
            limits = [max(limits, default=timedelta())] * plan.count
        else:
            limits = [scenarios[slug].time_limit for slug in plan.scenarios if slug in scenarios]
        gap = timedelta(minutes=plan.wave_minutes)
        span = planned_span(limits, len(plan.teams), plan.wave_size, gap) / self._parts.tempo.speed
        return plan.starts_at, plan.starts_at + span

    def _day_span(self, day: GameDay) -> tuple[datetime, datetime]:
        limits = [scenario.time_limit for scenario in self._parts.known(day.scenarios)]
        gap = timedelta(minutes=day.wave_minutes)
        span = planned_span(limits, len(day.entrants), day.wave_size, gap) / self._parts.tempo.speed
        end = day.starts_at + span
        # One that takes longer than planned, such as with pauses, still has its teams.
        return day.starts_at, max(end, self._parts.clock.now()) if day.state == "running" else end

    async def _names(self, workspace: str, people: Sequence[str]) -> tuple[str, ...]:
        found = await asyncio.gather(*(self._parts.stage.person(workspace, person) for person in people))
        return tuple(person.name for person in found)

    async def _unable(self, workspace: str, person: str) -> str | None:
        """The name of somebody who can't facilitate: a bot, or one who left."""
        try:
            found = await self._parts.stage.person(workspace, person)
        except ChatRefusedError as refusal:
            if refusal.is_nobody:
                return person
            raise
        return None if found.can_ride else found.name
