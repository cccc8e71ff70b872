"""Who did how: the table of a game day, what teams found hard, and the medians. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from scenarios.judging.scorecard import TRAP_LINE, Scorecard
from storage.game_days import Entrant

HARDEST_SHOWN = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class RideResult:
    """A ride of the day that was live and has ended."""

    team: str
    round: int
    ended_at: datetime
    card: Scorecard

    @property
    def counts(self) -> bool:
        """Whether it has a score: not when it was stopped, or void."""
        return self.card.outcome.counts

    @property
    def to_fix(self) -> float | None:
        """Ride seconds, if it was fixed."""
        return self.card.times.to_fix


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """A team's place so far."""

    team: str
    name: str
    place: int | None
    """1 for the best; the same for teams between whom nothing decides. None without a score."""
    total: int | None
    """Points of all its rides; None without a score."""
    fixed: int
    """How many of its rides it fixed."""
    rides: int
    """How many of its rides have a score."""
    to_fix: float
    """Ride seconds to fix, of all rides that it fixed."""
    decided_by: str | None = None
    """What put it behind the team before it, where points are equal: `fixes`, `time` or `first`."""


def standings(entrants: Sequence[Entrant], results: Sequence[RideResult]) -> tuple[Standing, ...]:
    """The teams, the best first: by points, then by how many it fixed, then by time to fix, then by who was
    first.

    Those without a score come last, in
    their own order.
    """
    keyed = []
    for entrant in entrants:
        mine = [result for result in results if result.team == entrant.team and result.counts]
        if mine:
            keyed.append((_key(mine), entrant, mine))
    keyed.sort(key=lambda one: one[0])
    found: list[Standing] = []
    before: tuple[int, int, float, datetime] | None = None
    for number, (key, entrant, mine) in enumerate(keyed, 1):
        same = before is not None and key == before
        found.append(
            Standing(
                team=entrant.team,
                name=entrant.name,
                place=found[-1].place if same else number,
                total=-key[0],
                fixed=sum(result.to_fix is not None for result in mine),
                rides=len(mine),
                to_fix=key[2],
                decided_by=_decided_by(before, key),
            )
        )
        before = key
    ranked = {standing.team for standing in found}
    found += [
        Standing(team=entrant.team, name=entrant.name, place=None, total=None, fixed=0, rides=0, to_fix=0)
        for entrant in entrants
        if entrant.team not in ranked
    ]
    return tuple(found)


def _key(mine: Sequence[RideResult]) -> tuple[int, int, float, datetime]:
    """Smaller is better."""
    fixed = [result.to_fix for result in mine if result.to_fix is not None]
    return (
        -sum(result.card.total for result in mine),
        -len(fixed),
        round(sum(fixed), 3),
        max(result.ended_at for result in mine),
    )


def _decided_by(
    before: tuple[int, int, float, datetime] | None, key: tuple[int, int, float, datetime]
) -> str | None:
    if before is None or before[0] != key[0] or before == key:
        return None
    if before[1] != key[1]:
        return "fixes"
    return "time" if before[2] != key[2] else "first"


@dataclass(frozen=True, kw_only=True, slots=True)
class Lost:
    """Points that a team did not get, and why."""

    why: str
    points: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Hard:
    """What a team found hard: most points first."""

    team: str
    name: str
    missed: tuple[Lost, ...]
    """Lines of Detect and Fix that it did not earn."""
    traps: tuple[Lost, ...]


def hardest(entrants: Sequence[Entrant], results: Sequence[RideResult]) -> tuple[Hard, ...]:
    """For each team with a score what cost it most; the teams in their own order."""
    found = []
    for entrant in entrants:
        mine = [result for result in results if result.team == entrant.team and result.counts]
        if not mine:
            continue
        lines = [line for result in mine for line in result.card.lines]
        missed = [line for line in lines if line.of > 0 and line.points == 0 and line.id != TRAP_LINE]
        # A trap of a ride without any points for traps costs nothing and was sprung all the same.
        traps = [line for line in lines if line.of == 0 and line.id != TRAP_LINE]
        found.append(
            Hard(
                team=entrant.team,
                name=entrant.name,
                missed=_most([Lost(why=line.why, points=line.of) for line in missed]),
                traps=_most([Lost(why=line.why, points=-line.points) for line in traps]),
            )
        )
    return tuple(found)


def _most(lost: Sequence[Lost]) -> tuple[Lost, ...]:
    summed: dict[str, int] = {}
    for one in lost:
        summed[one.why] = summed.get(one.why, 0) + one.points
    ordered = sorted(summed.items(), key=lambda item: -item[1])
    return tuple(Lost(why=why, points=points) for why, points in ordered[:HARDEST_SHOWN])


@dataclass(frozen=True, kw_only=True, slots=True)
class Median:
    """The middle of what was measured, in ride seconds; None when nobody got there."""

    seconds: float | None
    of: int
    """How many rides got there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Medians:
    rides: int
    """How many rides have a score."""
    acknowledge: Median
    detect: Median
    fix: Median


def medians(results: Sequence[RideResult]) -> Medians:
    """Of all rides with a score: the times of those that got there."""
    times = [result.card.times for result in results if result.counts]
    return Medians(
        rides=len(times),
        acknowledge=_median([one.to_acknowledge for one in times]),
        detect=_median([one.to_detect for one in times]),
        fix=_median([one.to_fix for one in times]),
    )


def _median(values: Sequence[float | None]) -> Median:
    known = [value for value in values if value is not None]
    return Median(seconds=median(known) if known else None, of=len(known))
