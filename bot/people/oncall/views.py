"""What teams and rotas answer to the one who asked, as values."""

from dataclasses import dataclass
from datetime import datetime

from storage.teams import Rota, Swap, Team


@dataclass(frozen=True, kw_only=True, slots=True)
class Created:
    """A new team."""

    team: Team
    members: tuple[str, ...]
    left_out: tuple[str, ...]
    """Bots, and people who left the workspace."""
    asked: str
    """The name as it was asked for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Joined:
    team: Team
    already: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    team: Team
    was_in: bool
    members: tuple[str, ...]
    """Who is still there."""
    had_turns: bool
    """Whether the team's rota has turns of theirs, which go to the next in order now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Roll:
    """A team and its people."""

    team: Team
    members: tuple[str, ...] | None
    """None where the chat doesn't say who is in the user group."""
    mine: bool
    gone: tuple[str, ...] = ()
    """Bots and people who left, where that was asked."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """A time in which the same people are on call, without those who can't be."""

    start: datetime
    end: datetime
    primary: str
    secondary: str | None
    instead_of: str | None
    """Whose turn it would have been, had they not left."""
    swapped: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlook:
    """Who of a team is on call, now and in the weeks to come."""

    team: Team
    members: tuple[str, ...]
    """Those who can ride; if empty, nobody is on call."""
    rota: Rota | None
    """The rota in force."""
    following: Rota | None
    """The one that is to follow."""
    now: Turn | None
    """None where no rota is in force: then the members are paged in their order."""
    turns: tuple[Turn, ...]
    """From the one that runs on."""
    agreed: tuple[Swap, ...] = ()
    """Its swaps and covers that are not over, in the order in which they were made."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MyTurns:
    """When somebody is on call in a team of theirs."""

    person: str
    outlook: Outlook
    turns: tuple[Turn, ...]
    """Those in which they are primary or secondary."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RotaRemoved:
    """A team has no rota any more."""

    team: Team
    people: tuple[str, ...]
    """Who was in the rota, and in the one that was to follow."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RotaSet:
    """A team has a new rota."""

    team: Team
    rota: Rota
    zone_was_said: bool
    left_out: tuple[str, ...]
    """Bots, and people who left the workspace."""
    replaced: Rota | None
    """The rota that is in force until the new one begins."""
    dropped: Rota | None
    """The rota that was to follow and never will."""
    outlook: Outlook
    again: bool = False
    """Whether it is what the team had already, said once more."""
    ended: tuple[Swap, ...] = ()
    """The swaps and covers of the rotas before it that would have gone on into it, and don't."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Swapped:
    """Two people take each other's shifts, or one those of the other."""

    team: Team
    swap: Swap
    zone: str
    """The rota's: that of the times that were said."""
    changes: bool
    """Whether primary or secondary is somebody else because of it at any time."""
    outlook: Outlook
    again: bool = False
    """Whether the very same was agreed already."""
    cut_at: datetime | None = None
    """When a new rota begins, where that is before the end: the swap ends with the rota that it is of."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SwapsEnded:
    """Swaps or covers were taken back."""

    team: Team
    swaps: tuple[Swap, ...]
    zone: str
    outlook: Outlook
