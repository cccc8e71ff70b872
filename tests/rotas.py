"""Rotas for tests."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from bot.people.oncall.local_time import moment
from storage.teams import Rota, RotaUnit, Swap

MADE = datetime(2026, 1, 1, tzinfo=UTC)


def rota(
    first: str,
    zone: str,
    *,
    people: Iterable[str] = ("A", "B", "C"),
    unit: RotaUnit = "week",
    every: int = 1,
    id: str = "rota-1",
    team: str = "team-1",
    created_at: datetime = MADE,
    swaps: tuple[Swap, ...] = (),
) -> Rota:
    """A rota whose first handover is at this local time."""
    local = datetime.fromisoformat(first)
    return Rota(
        id=id,
        team=team,
        people=tuple(people),
        unit=unit,
        every=every,
        first=local,
        zone=zone,
        begins=moment(local, zone),
        swaps=swaps,
        created_by="A",
        created_at=created_at,
    )


def swap(one: str, other: str, begins: datetime, until: datetime, *, number: int = 1) -> Swap:
    """Two people of the rota take each other's shifts."""
    return Swap(
        id=f"swap-{number}",
        rota="rota-1",
        one=one,
        other=other,
        begins=begins,
        until=until,
        created_by=one,
        created_at=MADE + timedelta(minutes=number),
    )
