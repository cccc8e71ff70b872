"""Teams and their rotas as plain values, without SQLAlchemy. Moments are aware, UTC."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

RotaUnit = Literal["day", "week"]
SwapKind = Literal["swap", "cover"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Team:
    """People who ride together."""

    id: str
    workspace: str
    name: str
    """As it was typed; unique in the workspace whatever the case."""
    members: tuple[str, ...] = ()
    """In the order in which they came. Empty for a team whose people are a user group's."""
    group: str | None = None
    """The id of the user group whose people are the team."""
    created_by: str
    created_at: datetime
    deleted_at: datetime | None = None
    """Since when there is no such team any more; its rides keep it, and so its name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Swap:
    """Two people of a rota take each other's shifts for a while; of a cover, `other` takes those of `one`."""

    id: str
    rota: str
    kind: SwapKind = "swap"
    one: str
    other: str
    begins: datetime
    until: datetime
    created_by: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Rota:
    """Who is on call when: people take turns, and hand over at the same local time."""

    id: str
    team: str
    """The team's id."""
    people: tuple[str, ...]
    """In the order of their turns."""
    unit: RotaUnit
    every: int
    """How many units a turn lasts."""
    first: datetime
    """The first handover by the clock on the wall of `zone`: naive."""
    zone: str
    """The IANA name of a time zone."""
    begins: datetime
    """The moment of the first handover. A rota is in force from then until a newer one begins."""
    swaps: tuple[Swap, ...] = ()
    """In the order in which they were made."""
    created_by: str
    created_at: datetime
