"""`/ride stop`: who may end a ride without a score, and when they are asked first."""

from bot.rides.closing import end_ride
from bot.rides.errors import FacilitatorsStopError, NotAllowedError, RideOverError
from bot.rides.live import LiveRide
from bot.rides.views import StopQuestion
from scenarios.journal.events import Outcome

STOPPED = "Stopped by a person."


async def stop(ride: LiveRide, person: str, *, sure: bool) -> StopQuestion | None:
    """End the ride; or, where it isn't theirs alone and they aren't `sure`, what they have to know first.

    Raises RideOverError, NotAllowedError, and FacilitatorsStopError for a learner of a game day.
    """
    if ride.ended is not None:
        raise RideOverError(ride.id, preparing=False)
    await _may_stop(ride, person)
    others = tuple(learner for learner in ride.record.learners if learner != person)
    in_game_day = ride.record.game_day is not None
    if (others or in_game_day) and not sure:
        return StopQuestion(ride=ride.id, channel=ride.record.channel, others=others, in_game_day=in_game_day)
    await ride.know([person])
    await end_ride(ride, Outcome.STOPPED, STOPPED, by=person)
    return None


async def _may_stop(ride: LiveRide, person: str) -> None:
    """Its riders, who started it, and facilitators; in a game day that is on, its facilitators and admins."""
    record, parts = ride.record, ride.parts
    if record.game_day is not None and (theirs := await parts.facilitating.facilitators(record.game_day)):
        if person not in theirs and not await parts.rights.is_admin(record.workspace, person):
            raise FacilitatorsStopError(ride.id, theirs)
        return
    if person in (*record.learners, record.started_by):
        return
    if not await parts.rights.may_facilitate(record.workspace, person):
        raise NotAllowedError(ride.id)
