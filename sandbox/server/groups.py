"""Which of the scenario's groups a session belongs to."""

from datetime import UTC, datetime
from fnmatch import fnmatchcase

from scenarios.journal.events import Backend
from scenarios.model.scenario import Actor, Group, Scenario

OBSERVER = "observer"
CHECK_APPLICATION = "ride_check"
"""The application_name of Ride's own workload check: in an actor's role, but nobody's actor."""


def group_of(
    groups: tuple[Group, ...], *, role: str | None, database: str | None, application: str | None
) -> str | None:
    """The first group that matches; None for the observer, for a workload check and for who matches none."""
    if role is None or role == OBSERVER or application == CHECK_APPLICATION:
        return None
    for group in groups:
        if (
            (group.role is None or group.role == role)
            and (group.database is None or group.database == database)
            and (group.application is None or fnmatchcase(application or "", group.application))
        ):
            return group.name
    return None


def group_of_actor(scenario: Scenario, actor: Actor) -> str | None:
    return group_of(scenario.groups, role=actor.role, database=actor.database, application=actor.application)


def actors_of(scenario: Scenario, group: str) -> tuple[Actor, ...]:
    """The actors whose sessions make up a group."""
    return tuple(actor for actor in scenario.actors if group_of_actor(scenario, actor) == group)


def backend_of(
    scenario: Scenario,
    *,
    pid: int,
    started: datetime | None,
    role: str | None,
    application: str | None,
    database: str | None,
    own: bool,
) -> Backend:
    """A session as the journal names it. `own`: it is a learner's, and so of no group."""
    group = None if own else group_of(scenario.groups, role=role, database=database, application=application)
    return Backend(
        pid=pid,
        started=whole_second(started),
        role=role,
        application=application or None,
        database=database,
        group=group,
    )


def whole_second(moment: datetime | None) -> datetime | None:
    """The second a session started in: the log knows no finer, and a Backend must be equal everywhere."""
    return None if moment is None else moment.astimezone(UTC).replace(microsecond=0)
