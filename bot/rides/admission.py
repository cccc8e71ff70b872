"""Into the incident channel by hand: who is let in, by whom, and a new channel where it is gone."""

from collections.abc import Sequence

from bot.base import log_context
from bot.rides import inviting, reopening
from bot.rides.errors import NoRideError, RideOverError, StrangerError, WhichRideError
from bot.rides.inviting import Invited
from bot.rides.live import LiveRide
from bot.rides.rides import Rides


class Admission:
    """The AdmissionFront over the engine."""

    def __init__(self, rides: Rides) -> None:
        self._fleet = rides.fleet
        self._rights = rides.parts.rights

    async def invite(
        self, workspace: str, person: str, channel: str | None, ride: str | None, people: Sequence[str]
    ) -> Invited:
        """See AdmissionFront."""
        found = await self._find(workspace, person, channel, ride)
        await self._refuse_strangers(found, person)
        return await inviting.by_hand(_open(found), tuple(people) or (person,))

    async def reopen(self, workspace: str, person: str, ride: str, gone: str) -> Invited:
        """See AdmissionFront."""
        found = await self._fleet.by_id(workspace, ride)
        log_context.is_about(workspace=workspace, ride=ride)
        await self._refuse_strangers(found, person)
        if _open(found).live is None:
            raise RideOverError(ride, preparing=True)
        await reopening.reopen(found, gone)
        await self._fleet.rouse()
        return await inviting.by_hand(found, (person,))

    async def _find(self, workspace: str, person: str, channel: str | None, ride: str | None) -> LiveRide:
        """The ride that is meant: of several that a facilitator has to do with it must be named."""
        if ride is not None:
            return await self._fleet.by_id(workspace, ride)
        try:
            here = await self._fleet.find(workspace, person, channel)
            if await _belongs(here, person):
                return here
        except (NoRideError, RideOverError):
            # Not all who are of a ride are its learners yet.
            theirs = await self._theirs(workspace, person)
            if not theirs:
                raise
        else:
            theirs = await self._theirs(workspace, person) or [here]
        if len(theirs) > 1:
            raise WhichRideError(tuple((one.id, one.channel) for one in theirs))
        return theirs[0]

    async def _theirs(self, workspace: str, person: str) -> list[LiveRide]:
        running = [one for one in self._fleet.of(workspace) if one.ended is None and one.record.channel]
        return [one for one in running if await _belongs(one, person)]

    async def _refuse_strangers(self, ride: LiveRide, person: str) -> None:
        if await _belongs(ride, person):
            return
        if not await self._rights.may_facilitate(ride.record.workspace, person):
            raise StrangerError(ride.id, ride.record.learners)


async def _belongs(ride: LiveRide, person: str) -> bool:
    """Whether they are of the ride: its learner, its starter, on call for it, of its team or its game day."""
    return person in (*ride.on_call, *await inviting.everybody(ride))


def _open(ride: LiveRide) -> LiveRide:
    """The ride, if it has a channel and has not ended."""
    if ride.ended is not None or ride.record.channel is None:
        raise RideOverError(ride.id, preparing=ride.ended is None)
    return ride
