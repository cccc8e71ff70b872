"""A channel in which nothing can be said any more while the ride lives: its people are told."""

from typing import TYPE_CHECKING

from bot.rides.announcements import ChannelGone
from bot.rides.errors import ChatRefusedError

if TYPE_CHECKING:
    from bot.rides.live import LiveRide


def look(ride: "LiveRide", channel: str, refusal: ChatRefusedError) -> None:
    """Tell the people of a live ride, once for each channel, if this refusal means that it is gone."""
    gone = refusal.channel_is_lost and channel == ride.record.channel
    if gone and ride.live is not None and ride.ended is None:
        told = ChannelGone(ride=ride.id, channel=channel, refused=refusal.code)
        ride.beside(_tell(ride, told), "the word that the channel is gone")


async def _tell(ride: "LiveRide", told: ChannelGone) -> None:
    # By the key each hears of it once, however much is refused there, also after a restart.
    for person in dict.fromkeys((*ride.record.learners, *ride.on_call)):
        await ride.say_to(person, told, key=f"channel-gone-{told.channel}")
