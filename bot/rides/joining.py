"""Joining a ride: whoever is in its channel and does something there rides from then on."""

from bot.rides import incident_card, roles
from bot.rides.errors import (
    CannotRideError,
    ChatRefusedError,
    FacilitatesError,
    LearnerBusyError,
    NotALearnerError,
    RideOverError,
)
from bot.rides.live import LiveRide
from bot.rides.starting import busy
from scenarios.journal.events import PersonJoined
from storage import errors as storage_errors


async def join(ride: LiveRide, person: str) -> None:
    """Let the person ride: they become a learner with a database role of their own.

    Raises NotALearnerError for one who isn't in the channel, FacilitatesError for one who facilitates the
    ride's game day, LearnerBusyError for one who is in another ride, RideOverError, and SandboxError.
    """
    if person in ride.roles.values():
        return
    async with ride.joining:
        if person in ride.roles.values():
            return
        if not await may_join(ride, person):
            raise NotALearnerError(ride.id, ride.record.learners)
        await refuse_facilitators(ride, person)
        if ride.ended is not None or ride.live is None or ride.sandbox is None:
            raise RideOverError(ride.id, preparing=ride.ended is None)
        found = await ride.parts.chat.person(ride.record.workspace, person)
        if not found.can_ride:
            raise CannotRideError((person,))
        learners = tuple(dict.fromkeys((*ride.record.learners, person)))
        try:
            await ride.change(learners=learners)
        except storage_errors.LearnerBusyError as error:
            raise busy(error) from None
        login = await ride.sandbox.add_person(person, found.handle)
        await ride.note(
            PersonJoined(at=ride.parts.clock.now(), person=person, name=found.name, role=login.role)
        )
    incident_card.refresh(ride)
    roles.show_board(ride)


async def refuse_facilitators(ride: LiveRide, person: str) -> None:
    """Nothing, but for those who facilitate the ride's game day while it is on. Raises FacilitatesError."""
    day = ride.record.game_day
    if day is None or person in ride.record.learners:
        return
    if person in await ride.parts.facilitating.facilitators(day):
        raise FacilitatesError(ride.id)


async def is_free(ride: LiveRide, person: str) -> None:
    """Nothing if the person rides here or nowhere. Raises LearnerBusyError."""
    own = await ride.parts.store.live_for_person(ride.record.workspace, person)
    if own is not None and own.id != ride.id:
        raise LearnerBusyError(person, own.id, own.scenario, own.channel)


async def may_join(ride: LiveRide, person: str) -> bool:
    """Whether they ride already, are paged for it, or are in its channel."""
    if person in ride.record.learners or person in ride.on_call:
        return True
    try:
        return person in await ride.parts.chat.members(ride.record.workspace, ride.channel)
    except ChatRefusedError:
        return False
