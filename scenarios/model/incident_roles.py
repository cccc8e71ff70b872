"""The roles of an incident: what they are called, and who has which."""

from collections.abc import Iterable, Mapping

from scenarios.journal.events import Event, IncidentRole, RoleLeft, RoleTaken

ROLE_NAMES: Mapping[IncidentRole, str] = {
    "commander": "incident commander",
    "investigator": "investigator",
    "scribe": "scribe",
    "communications": "communications",
}
"""The roles as people say them, in the order in which they are shown."""
FOR_SEVERAL: frozenset[IncidentRole] = frozenset({"investigator"})
"""Roles that any number of people can have; of the others there is one."""


def holders(events: Iterable[Event]) -> dict[IncidentRole, tuple[str, ...]]:
    """Who has which role at the end of these events, in the order of taking."""
    held: dict[IncidentRole, tuple[str, ...]] = dict.fromkeys(ROLE_NAMES, ())
    for event in events:
        if isinstance(event, RoleTaken | RoleLeft):
            others = tuple(person for person in held[event.role] if person != event.person)
            if isinstance(event, RoleLeft):
                held[event.role] = others
            else:
                held[event.role] = (*others, event.person) if event.role in FOR_SEVERAL else (event.person,)
    return held
