"""Roles in an incident, by click: who commands, who investigates, who writes down and tells the others."""

from bot.rides.announcements import RoleBoard
from bot.rides.errors import ChatRefusedError
from bot.rides.live import LiveRide
from scenarios.incident_roles import holders
from scenarios.journal import IncidentRole, RoleLeft, RoleTaken

_BOARD = "roles"


async def take_or_leave(ride: LiveRide, person: str, role: IncidentRole) -> None:
    """Take the role, or give it back if it is theirs. Of most roles there is one: taking it moves it."""
    async with ride.assigning:
        kind = RoleLeft if person in holders(ride.journal)[role] else RoleTaken
        await ride.note(kind(at=ride.parts.clock.now(), person=person, role=role))
        await show_board(ride)


async def show_board(ride: LiveRide) -> None:
    """Post who has which role, or bring it up to date; nothing for somebody who rides alone."""
    called = ride.called
    people = {*ride.record.learners, ride.record.started_by, *(called.members if called else ())}
    if len(people) < 2 or ride.record.channel is None or ride.ended is not None:
        return
    board = RoleBoard(ride=ride.id, holders=tuple(holders(ride.journal).items()))
    ts = ride.delivered.get(_BOARD)
    if ts is None:
        await ride.say(board, key=_BOARD)
        return
    try:
        await ride.parts.chat.update(ride.record.workspace, ride.channel, ts, board)
    except ChatRefusedError as refusal:
        await ride.skipped("roles", refusal.code)
