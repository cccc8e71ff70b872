"""A game day as somebody wants it, and what may be wrong with it. Times are aware, UTC."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from scenarios.model.scenario import Scenario

MAX_NAME = 40
MAX_TEAMS = 30
MAX_ROUNDS = 5
JUST_NOW = timedelta(minutes=2)
"""A moment this long ago still counts as now: a form takes a while to fill in."""
FARTHEST = timedelta(days=366)
BREAK = timedelta(minutes=2)
"""Ride time between two rounds."""


class Field(StrEnum):
    """What is asked for."""

    NAME = "name"
    MOMENT = "moment"
    SCENARIOS = "scenarios"
    LEVEL = "level"
    TEAMS = "teams"
    FACILITATORS = "facilitators"


class Fault(StrEnum):
    """What may be wrong with a field."""

    NAME_MISSING = "name_missing"
    NAME_TOO_LONG = "name_too_long"
    MOMENT_MISSING = "moment_missing"
    MOMENT_PAST = "moment_past"
    MOMENT_TOO_FAR = "moment_too_far"
    SCENARIOS_MISSING = "scenarios_missing"
    SCENARIOS_TOO_MANY = "scenarios_too_many"
    LEVEL_WITHOUT_SCENARIO = "level_without_scenario"
    TEAMS_MISSING = "teams_missing"
    TEAMS_TOO_MANY = "teams_too_many"
    TEAM_GONE = "team_gone"
    TEAM_EMPTY = "team_empty"
    TEAM_TAKEN = "team_taken"
    PEOPLE_TAKEN = "people_taken"
    PEOPLE_SHARED = "people_shared"
    FACILITATORS_MISSING = "facilitators_missing"
    FACILITATORS_RIDE = "facilitators_ride"
    FACILITATORS_UNABLE = "facilitators_unable"
    CHAT_SILENT = "chat_silent"


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing that is wrong, with the names it is about."""

    field: Field
    fault: Fault
    names: tuple[str, ...] = ()
    """Names of people, teams or scenarios."""
    day: str | None = None
    """The name of the other game day."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What was filled in."""

    name: str
    starts_at: datetime | None
    scenarios: tuple[str, ...] = ()
    """Slugs in order; empty when they are drawn by level."""
    level: str | None = None
    count: int = 1
    """How many are drawn."""
    teams: tuple[str, ...] = ()
    """Ids."""
    facilitators: tuple[str, ...] = ()
    wave_size: int | None = None
    wave_minutes: int = 0


def draw(scenarios: Sequence[Scenario], level: str, count: int, seed: str) -> tuple[str, ...]:
    """Scenarios of a level at random, the same for the same seed; each once before any comes again.

    Empty when no scenario has the level.
    """
    chance = random.Random(f"game day {seed}")  # noqa: S311 - a draw that can be repeated, not a secret
    pool = sorted(scenario.slug for scenario in scenarios if scenario.level == level)
    drawn: list[str] = []
    while pool and len(drawn) < count:
        drawn += chance.sample(pool, len(pool))
    return tuple(drawn[:count])


def form_problems(plan: Plan, now: datetime, scenarios: Sequence[Scenario]) -> list[Problem]:
    """What is wrong with a plan as it stands, without asking anybody."""
    found: list[Problem] = []

    def wrong(field: Field, fault: Fault, *names: str) -> None:
        found.append(Problem(field=field, fault=fault, names=names))

    if not plan.name.strip():
        wrong(Field.NAME, Fault.NAME_MISSING)
    elif len(plan.name.strip()) > MAX_NAME:
        wrong(Field.NAME, Fault.NAME_TOO_LONG)
    if plan.starts_at is None:
        wrong(Field.MOMENT, Fault.MOMENT_MISSING)
    elif plan.starts_at < now - JUST_NOW:
        wrong(Field.MOMENT, Fault.MOMENT_PAST)
    elif plan.starts_at > now + FARTHEST:
        wrong(Field.MOMENT, Fault.MOMENT_TOO_FAR)
    if plan.level is not None:
        if plan.level not in {scenario.level for scenario in scenarios}:
            wrong(Field.LEVEL, Fault.LEVEL_WITHOUT_SCENARIO, plan.level)
    elif not plan.scenarios:
        wrong(Field.SCENARIOS, Fault.SCENARIOS_MISSING)
    elif len(plan.scenarios) > MAX_ROUNDS:
        wrong(Field.SCENARIOS, Fault.SCENARIOS_TOO_MANY)
    if not plan.teams:
        wrong(Field.TEAMS, Fault.TEAMS_MISSING)
    elif len(plan.teams) > MAX_TEAMS:
        wrong(Field.TEAMS, Fault.TEAMS_TOO_MANY)
    if not plan.facilitators:
        wrong(Field.FACILITATORS, Fault.FACILITATORS_MISSING)
    return found


def shared(riders: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Who is in more than one of the teams: person to teams."""
    teams: dict[str, list[str]] = {}
    for team, people in riders.items():
        for person in people:
            teams.setdefault(person, []).append(team)
    return {person: tuple(names) for person, names in teams.items() if len(names) > 1}


def planned_span(limits: Sequence[timedelta], teams: int, wave_size: int | None, gap: timedelta) -> timedelta:
    """Ride time from the start to the latest end: the rounds with their breaks, and the last wave's delay."""
    rounds = sum(limits, timedelta()) + BREAK * max(len(limits) - 1, 0)
    waves = 1 if wave_size is None else -(-teams // wave_size)
    return rounds + gap * max(waves - 1, 0)


def overlap(one: tuple[datetime, datetime], other: tuple[datetime, datetime]) -> bool:
    """Whether two spans of time have a moment in common; one may begin when the other ends."""
    return one[0] < other[1] and other[0] < one[1]
