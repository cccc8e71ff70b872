"""The rules of a leaderboard, on plain values: which rides count, and who is before whom.

Of each scenario a contender's first ride that was resolved or expired counts. It is practice, and counts for
nothing, if they had seen the scenario's postmortem before the ride was started, or before they joined it,
whatever became of the ride that the postmortem told of; for a team, if anybody had who rode.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import NamedTuple

from storage.results import Result

Sightings = Mapping[tuple[str, str], datetime]
"""For each (person, scenario) when they first saw its postmortem."""


class Contenders(Enum):
    """Who competes."""

    PEOPLE = "people"
    TEAMS = "teams"


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """A ride that counts for a contender."""

    contender: str
    """The id of a person or a team."""
    result: Result


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """A contender's place, over all scenarios that count for them."""

    place: int
    """1 is the first; those who are equal in everything share a place."""
    contender: str
    total: int
    scenarios: int
    fixed: int
    """How many of the rides that count ended with a fix."""
    seconds: float
    """Ride seconds to the fix, of all that were fixed; 0 without any."""
    ended_at: datetime
    """When the last of the rides that count ended that brought points; without any, the last of all."""


class _Order(NamedTuple):
    total: int
    fixed: int
    seconds: float
    ended_at: datetime


def knew(person: str, result: Result, seen: Sightings) -> bool:
    """Whether a person had seen the postmortem before this ride, or before they joined it."""
    at = seen.get((person, result.scenario))
    return at is not None and at < result.joined.get(person, result.created_at)


def attempts(results: Iterable[Result], seen: Sightings, contenders: Contenders) -> list[Attempt]:
    """The rides that count, each once for every contender, in the order in which they were started."""
    first: dict[tuple[str, str], Attempt] = {}
    for result in sorted(results, key=lambda one: (one.created_at, one.ride)):
        for contender in _contenders(result, contenders):
            attempt = Attempt(contender=contender, result=result)
            first.setdefault((contender, result.scenario), attempt)
    return [attempt for attempt in first.values() if not _is_practice_for(attempt, seen, contenders)]


def _contenders(result: Result, contenders: Contenders) -> tuple[str, ...]:
    if contenders is Contenders.PEOPLE:
        return result.people
    return () if result.team is None else (result.team,)


def _is_practice_for(attempt: Attempt, seen: Sightings, contenders: Contenders) -> bool:
    """For a person it is their own eyes that count; for a team everybody's who rode."""
    result = attempt.result
    eyes = result.people if contenders is Contenders.TEAMS else (attempt.contender,)
    return any(knew(person, result, seen) for person in eyes)


def rank(counted: Iterable[Attempt]) -> list[Standing]:
    """The board: more points first, then more fixes, then less time to them, then who was there first.

    A ride that was not fixed has no time to the fix, and one without points takes nobody's place from them.
    """
    each: dict[str, list[Result]] = {}
    for attempt in counted:
        each.setdefault(attempt.contender, []).append(attempt.result)
    orders = {contender: _order(results) for contender, results in each.items()}
    board: list[Standing] = []
    for number, (contender, order) in enumerate(sorted(orders.items(), key=_first), start=1):
        shares = bool(board) and orders[board[-1].contender] == order
        board.append(
            Standing(
                place=board[-1].place if shares else number,
                contender=contender,
                total=order.total,
                scenarios=len(each[contender]),
                fixed=order.fixed,
                seconds=order.seconds,
                ended_at=order.ended_at,
            )
        )
    return board


def _order(results: Sequence[Result]) -> _Order:
    fixed = [result.to_fix for result in results if result.to_fix is not None]
    telling = [result for result in results if result.total] or results
    return _Order(
        total=sum(result.total for result in results),
        fixed=len(fixed),
        seconds=sum(fixed),
        ended_at=max(result.ended_at for result in telling),
    )


def _first(item: tuple[str, _Order]) -> tuple[int, int, float, datetime, str]:
    contender, order = item
    return -order.total, -order.fixed, order.seconds, order.ended_at, contender
