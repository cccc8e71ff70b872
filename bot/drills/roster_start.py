"""Starting a ride for a team: with whoever of it is on call and has no other ride."""

from bot.drills.ports import StartRequest
from bot.rides.errors import EmptyTeamError, LearnerBusyError
from bot.rides.front import Front
from bot.rides.views import Started


class RosterStarter:
    """Fulfils bot.drills.ports.Starter with the engine's front door."""

    def __init__(self, front: Front) -> None:
        self._front = front

    async def start_for(self, request: StartRequest) -> Started:
        """Page the first of the team, in the order of paging, who has no ride. Raises LearnerBusyError when
        all of them have one.
        """
        roster = request.roster
        if roster is None:
            raise EmptyTeamError("")
        order = dict.fromkeys((roster.primary, *filter(None, [roster.secondary]), *roster.members))
        busy: LearnerBusyError | None = None
        for person in order:
            try:
                return await self._front.start(
                    request.workspace, request.by, request.scenario, [person], request.origin
                )
            except LearnerBusyError as error:
                busy = busy or error
        raise busy or EmptyTeamError(roster.name)
