"""Roles in an incident, by click: who commands, who investigates, who writes down and tells the others."""

from datetime import timedelta

from bot.rides.announcements import RoleBoard
from bot.rides.live import LiveRide
from scenarios.journal.events import IncidentRole, RoleLeft, RoleTaken
from scenarios.model.incident_roles import holders

_BOARD = "roles"
DOUBLE_CLICK = timedelta(seconds=1)
"""Who clicks again within this time meant one click."""


async def take_or_leave(ride: LiveRide, person: str, role: IncidentRole) -> None:
    """Take the role, or give it back if it is theirs. Of most roles there is one: taking it moves it."""
    async with ride.assigning:
        if _just_taken(ride, person, role):
            return  # the second half of a double click
        kind = RoleLeft if person in holders(ride.journal)[role] else RoleTaken
        await ride.note(kind(at=ride.parts.clock.now(), person=person, role=role))
        show_board(ride)


def _just_taken(ride: LiveRide, person: str, role: IncidentRole) -> bool:
    since = ride.parts.clock.now() - DOUBLE_CLICK
    return any(
        isinstance(event, RoleTaken) and (event.person, event.role) == (person, role) and event.at > since
        for event in ride.journal
    )


def show_board(ride: LiveRide) -> None:
    """Post who has which role, or bring it up to date, soon; nothing for somebody who rides alone."""
    called = ride.called
    people = {*ride.record.learners, ride.record.started_by, *(called.members if called else ())}
    if len(people) < 2 or ride.record.channel is None or ride.ended is not None:
        return
    ts = ride.delivered.get(_BOARD)
    if ts is None:
        ride.soon(_post_board(ride, _board(ride)), "the role board")
    else:
        ride.show_soon(ride.channel, ts, _board(ride), step="roles")


def _board(ride: LiveRide) -> RoleBoard:
    return RoleBoard(ride=ride.id, holders=tuple(holders(ride.journal).items()))


async def _post_board(ride: LiveRide, board: RoleBoard) -> None:
    await ride.say(board, key=_BOARD)
    if board != _board(ride):
        show_board(ride)  # somebody took a role meanwhile
