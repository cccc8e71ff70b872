"""Leaderboards, as people ask for them."""

from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.rides.errors import ChatRefusedError, UnknownScenarioError
from bot.rides.ports import Clock
from bot.standings.errors import PeriodToComeError
from bot.standings.period import Period, Wanted, period
from bot.standings.ports import Directory, Scenarios, Seen, TeamBook, Teams
from bot.standings.ranking import Contenders, Standing, attempts, rank
from bot.standings.results import Results
from bot.standings.views import Board, Row
from scenarios import errors as scenario_errors
from scenarios.model.scenario import Scenario

SHOWN = 10
"""Places shown to everybody."""
UTC_ZONE = "UTC"


@dataclass(frozen=True, kw_only=True, slots=True)
class BoardRequest:
    """Which leaderboard."""

    contenders: Contenders = Contenders.PEOPLE
    scenario: str | None = None
    period: Wanted | None = None
    """Of first attempts that were started in this time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BoardParts:
    """What leaderboards use and do not own."""

    results: Results
    seen: Seen
    scenarios: Scenarios
    book: TeamBook
    teams: Teams
    directory: Directory
    clock: Clock


class Boards:
    """The leaderboards of the workspaces."""

    def __init__(self, parts: BoardParts) -> None:
        self._parts = parts

    async def board(self, workspace: str, person: str, request: BoardRequest) -> Board:
        """A leaderboard, with the asker's own place. Raises UnknownScenarioError and PeriodToComeError."""
        scenario = None if request.scenario is None else self._scenario(request.scenario)
        span = await self._period(workspace, person, request.period)
        slug = None if scenario is None else scenario.slug
        standings = await self.standings(workspace, request.contenders, slug, span)
        mine = await self._mine(workspace, person, request.contenders)
        rows = await self._rows(standings[:SHOWN], request.contenders, mine)
        below = [one for one in standings[SHOWN:] if one.contender in mine]
        return Board(
            contenders=request.contenders,
            scenario=scenario,
            period=span,
            rows=rows,
            below=await self._rows(below, request.contenders, mine),
            of=len(standings),
        )

    async def standings(
        self,
        workspace: str,
        contenders: Contenders,
        scenario: str | None = None,
        span: Period | None = None,
    ) -> list[Standing]:
        """Everybody's place."""
        results = await self._parts.results.all(workspace, scenario)
        seen = await self._parts.seen.first_seen(workspace, scenario)
        counted = attempts(results, seen, contenders)
        return rank(one for one in counted if span is None or span.holds(one.result.created_at))

    def _scenario(self, slug: str) -> Scenario:
        try:
            return self._parts.scenarios.load(slug)
        except scenario_errors.UnknownScenarioError as error:
            raise UnknownScenarioError(slug, error.nearest, error.known) from None

    async def _period(self, workspace: str, person: str, wanted: Wanted | None) -> Period | None:
        if wanted is None:
            return None
        now = self._parts.clock.now()
        span = period(wanted, await self._zone(workspace, person), now)
        if span.start > now:
            raise PeriodToComeError(span.first)
        return span

    async def _zone(self, workspace: str, person: str) -> str:
        """The person's time zone; UTC where the chat doesn't say, or says what nobody knows."""
        try:
            zone = (await self._parts.directory.person(workspace, person)).zone
        except ChatRefusedError:
            return UTC_ZONE
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError):
            return UTC_ZONE
        return zone

    async def _mine(self, workspace: str, person: str, contenders: Contenders) -> frozenset[str]:
        if contenders is Contenders.PEOPLE:
            return frozenset((person,))
        return frozenset(team.id for team in await self._parts.teams.teams_of(workspace, person))

    async def _rows(
        self, standings: Iterable[Standing], contenders: Contenders, mine: frozenset[str]
    ) -> tuple[Row, ...]:
        return tuple([await self._row(one, contenders, one.contender in mine) for one in standings])

    async def _row(self, standing: Standing, contenders: Contenders, mine: bool) -> Row:
        if contenders is Contenders.PEOPLE:
            return Row(standing=standing, name=None, mine=mine)
        team = await self._parts.book.get(standing.contender)
        return Row(
            standing=standing,
            name=standing.contender if team is None else team.name,
            mine=mine,
            deleted=team is not None and team.deleted_at is not None,
        )
