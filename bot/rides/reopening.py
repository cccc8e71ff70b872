"""A ride whose channel is gone goes on in a new one: with its people, its card and all that was told."""

import logging

from bot.rides import incident_channel, inviting, paging, roles
from bot.rides.live import LiveRide
from bot.rides.retelling import retell

log = logging.getLogger(__name__)


async def reopen(ride: LiveRide, gone: str) -> bool:
    """Open a channel in place of the one that is gone; False if somebody has done so before.

    Raises ChatRefusedError when no channel can be made.
    """
    async with ride.moving:
        if ride.record.channel != gone:
            return False
        channel = await incident_channel.make(ride)
        # First the people: a crash in between leaves a channel too many, and not a ride that nobody is in.
        refused = await inviting.invite_everybody(ride, channel.id)
        await incident_channel.take(ride, channel)
        log.info("ride %s goes on in %s, as %s is gone", ride.id, ride.channel, gone)
        await incident_channel.furnish(ride, refused)
        retell(ride)
        paging.move(ride)
        roles.show_board(ride)
    return True
