"""A facilitator's hand in a ride. Every act is in the journal; whoever calls has asked about the rights."""

from datetime import timedelta

from bot.rides import glancing, pausing, retelling, symptoms
from bot.rides.closing import end_ride
from bot.rides.errors import HintJustGivenError, NoMoreHintsError, RideOverError, SymptomGoneError
from bot.rides.live import LiveRide
from bot.rides.rides import Rides
from bot.rides.views import RideGlance
from scenarios.journal.events import FacilitatorSpoke, HintTaken, Outcome

_JUST_NOW = timedelta(seconds=2)
"""Real time within which two clicks on a hint mean one: each costs the team points."""


class Facilitation:
    """What a facilitator can do to a ride that is live; RideOverError for any other."""

    def __init__(self, rides: Rides) -> None:
        self._rides = rides
        self._fleet = rides.fleet

    async def pause(self, workspace: str, ride: str, by: str) -> None:
        """Stop the ride's clock; the database goes on. Raises PausedError and SandboxError."""
        await pausing.pause(await self._live(workspace, ride), by)
        await self._fleet.rouse()

    async def resume(self, workspace: str, ride: str, by: str) -> None:
        """Let the clock go on, and with it all that is to come. Raises PausedError and SandboxError."""
        await pausing.resume(await self._live(workspace, ride), by)
        await self._fleet.rouse()

    async def extend(self, workspace: str, ride: str, by: str, span: timedelta) -> None:
        """Give it more ride time. Raises ValueError for none, and SandboxError."""
        if span <= timedelta(0):
            raise ValueError(f"{span} is no time to give")
        await pausing.extend(await self._live(workspace, ride), by, span)
        await self._fleet.rouse()

    async def send_symptom(self, workspace: str, ride: str, by: str, step_id: str) -> None:
        """Tell a symptom or reaction now; the clock doesn't tell it again. Raises SymptomGoneError."""
        found = await self._live(workspace, ride)
        said = symptoms.find(found, step_id)
        await found.know([by])
        if (
            said is None
            or not symptoms.still_true(found, said)
            or not await symptoms.tell(found, said, by=by)
        ):
            raise SymptomGoneError(found.id, step_id)

    async def reveal_hint(self, workspace: str, ride: str, by: str) -> None:
        """Give the next hint unasked. Raises NoMoreHintsError, and HintJustGivenError for a double click."""
        found = await self._live(workspace, ride)
        await found.know([by])
        async with found.hinting:
            taken, hints = found.hints_taken, found.scenario.hints
            if taken >= len(hints):
                raise NoMoreHintsError(len(hints))
            if _just_revealed(found):
                raise HintJustGivenError
            given = HintTaken(at=found.parts.clock.now(), person=by, number=taken + 1, revealed=True)
            await found.note(given)
        found.say_soon(retelling.hint(found, given), key=retelling.hint_key(given.number))

    async def speak(self, workspace: str, ride: str, by: str, speaker: str, text: str) -> None:
        """Say something in the incident channel as somebody of the story. Plain text, as it was typed."""
        found = await self._live(workspace, ride)
        await found.know([by])
        event = FacilitatorSpoke(at=found.parts.clock.now(), by=by, speaker=speaker, text=text)
        await found.note(event)
        found.say_soon(retelling.spoken(found, event), key=retelling.spoken_key(found, event))

    async def end(self, workspace: str, ride: str, by: str) -> None:
        """End it without a score that counts, also while it is being prepared."""
        found = await self._fleet.by_id(workspace, ride)
        if found.ended is not None:
            raise RideOverError(found.id, preparing=False)
        await found.know([by])
        await end_ride(found, Outcome.STOPPED, "Ended by a facilitator.", by=by)

    async def glance(self, workspace: str, ride: str) -> RideGlance:
        """How a ride stands or ended. Raises RideOverError for one that this workspace never had."""
        return await glancing.glance(self._rides.parts, self._fleet, workspace, ride)

    async def _live(self, workspace: str, ride: str) -> LiveRide:
        found = await self._fleet.by_id(workspace, ride)
        if found.ended is not None or found.live is None:
            raise RideOverError(found.id, preparing=found.ended is None)
        return found


def _just_revealed(ride: LiveRide) -> bool:
    since = ride.parts.clock.now() - _JUST_NOW
    return any(isinstance(event, HintTaken) and event.revealed and event.at > since for event in ride.journal)
