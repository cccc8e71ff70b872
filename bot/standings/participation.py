"""Who did something in a ride, and so has a part in its result."""

from collections.abc import Iterable
from datetime import datetime

from scenarios.journal.events import (
    Acknowledged,
    Event,
    HintTaken,
    IncidentLive,
    MetaCommandTried,
    PersonJoined,
    RoleTaken,
    SignalSent,
    StatementFailed,
    StatementLogged,
    StatusUpdated,
)

_ACTS = (
    Acknowledged,
    HintTaken,
    MetaCommandTried,
    RoleTaken,
    SignalSent,
    StatementFailed,
    StatementLogged,
    StatusUpdated,
)


def took_part(events: Iterable[Event]) -> tuple[str, ...]:
    """The people of a ride's journal who acted in it, in the order in which they began.

    A facilitator's acts are none: neither what they say nor the hints that they reveal.
    """
    acts = (event for event in events if isinstance(event, _ACTS))
    return tuple(
        dict.fromkeys(event.person for event in acts if not (isinstance(event, HintTaken) and event.revealed))
    )


def joined_late(events: Iterable[Event]) -> dict[str, datetime]:
    """Who joined when the incident was live already, and when: they may have learned of it elsewhere."""
    live, late = False, dict[str, datetime]()
    for event in events:
        if isinstance(event, IncidentLive):
            live = True
        elif live and isinstance(event, PersonJoined):
            late.setdefault(event.person, event.at)
    return late
