"""Taking up a ride that an earlier life of the program left unfinished."""

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import ValidationError

from bot.rides.dependencies import Parts
from bot.rides.errors import ChatRefusedError, RideError
from bot.rides.live import LiveRide
from sandbox.errors import SandboxError
from scenarios.journal.stored import stored_scenario
from storage.records import RideRecord


@dataclass(frozen=True, kw_only=True, slots=True)
class Resumed:
    ride: LiveRide
    void: str | None = None
    """Why it can't go on, if it can't."""
    knows_channel: bool = True
    """Whether it is known what stands in its channel."""


class UnreadableRideError(RideError):
    """What was stored of a ride can't be read by this version of Ride."""


async def resume_ride(parts: Parts, record: RideRecord, changed: Callable[[str], None]) -> Resumed:
    """A ride with its journal, its messages and, if it lives, its sandbox. Raises UnreadableRideError."""
    try:
        scenario = stored_scenario(record.document)
        journal = [event for _, event in await parts.store.journal(record.id)]
    except ValidationError as error:
        raise UnreadableRideError(str(error)) from error
    ride = LiveRide(parts, record, scenario, changed)
    ride.journal = journal
    knows_channel = await _remember_messages(ride)
    if ride.ended is not None:
        ride.over.set()
        return Resumed(ride=ride)
    if record.sandbox is not None:
        try:
            ride.sandbox = await parts.provider.adopt(scenario, record.sandbox)
        except SandboxError as error:
            return Resumed(ride=ride, void=f"Ride could not reconnect to the sandbox: {error}")
    if ride.live is None:
        return Resumed(ride=ride, void="Ride was restarted while preparing this incident.")
    if ride.sandbox is None:
        return Resumed(ride=ride, void="The sandbox ended while Ride was not running.")
    return Resumed(ride=ride, knows_channel=knows_channel)


async def _remember_messages(ride: LiveRide) -> bool:
    """What is in the channel already; whether that could be told."""
    record = ride.record
    if record.channel is None:
        return True
    try:
        posted = await ride.parts.chat.posted(record.workspace, record.channel, record.created_at)
    except ChatRefusedError as refusal:
        await ride.skipped("look at the channel", refusal.code)
        return False
    mine = f"{record.id}:"
    ride.delivered = {key.removeprefix(mine): ts for key, ts in posted.items() if key.startswith(mine)}
    return True
