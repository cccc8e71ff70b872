"""Telling symptoms: by the clock, as a reaction to what was done, or by a facilitator's hand."""

from bot.rides.announcements import Symptom
from bot.rides.live import LiveRide
from scenarios.journal import SymptomShown
from scenarios.model import Reaction, Step
from scenarios.templating import fill


def find(ride: LiveRide, step_id: str) -> Step | Reaction | None:
    """The scenario's symptom or reaction of this id."""
    return next((said for said in everything(ride) if said.id == step_id), None)


def everything(ride: LiveRide) -> tuple[Step | Reaction, ...]:
    """All that the scenario can tell: the timeline, then the reactions."""
    return (*ride.scenario.timeline, *ride.scenario.reactions)


async def tell(ride: LiveRide, said: Step | Reaction, *, by: str | None = None, soon: bool = False) -> bool:
    """Tell it with figures measured now; False when it was told already, or there is nothing to measure.

    Posted before it is written down: a crash in between shows in the channel, and nothing is lost. With
    `soon` it is written down first and posted without waiting for the chat.
    """
    async with ride.telling:
        if ride.shown(said.id) or ride.sandbox is None or ride.ended is not None:
            return False
        measured = await ride.sandbox.measure()
        elapsed = ride.elapsed()
        text = fill(said.text, measured=measured, elapsed=elapsed)
        words = Symptom(speaker=said.speaker, emoji=said.emoji, text=text, elapsed=elapsed)
        if not soon:
            await ride.say(words, key=said.id)
        await ride.note(
            SymptomShown(at=ride.parts.clock.now(), step=said.id, text=text, measured=measured, by=by)
        )
        if soon:
            ride.say_soon(words, key=said.id)
        return True
