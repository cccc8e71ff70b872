"""Telling symptoms: by the clock, as a reaction to what was done, or by a facilitator's hand."""

from datetime import timedelta

from bot.rides.announcements import StatusAsked, Symptom
from bot.rides.closing import blocker_is_gone
from bot.rides.live import LiveRide
from scenarios.journal.events import SymptomShown
from scenarios.journal.view import view
from scenarios.judging.rule_matching import newly_holds
from scenarios.model.scenario import Reaction, Step
from scenarios.telling.contributions import first_answer
from scenarios.telling.templating import fill


def find(ride: LiveRide, step_id: str) -> Step | Reaction | None:
    """The scenario's symptom or reaction of this id."""
    return next((said for said in everything(ride) if said.id == step_id), None)


def everything(ride: LiveRide) -> tuple[Step | Reaction, ...]:
    """All that the scenario can tell: the timeline, then the reactions."""
    return (*ride.scenario.timeline, *ride.scenario.reactions)


def still_true(ride: LiveRide, said: Step | Reaction) -> bool:
    """Whether it can be said now: it was not yet, the incident goes on, and what it is about has happened."""
    if ride.shown(said.id) or ride.recovery is not None or blocker_is_gone(ride):
        return False
    # Of the whole journal: in a pause a reaction may wait to be told.
    return isinstance(said, Step) or newly_holds(said.when, view(ride.journal), 0)


def speaker(ride: LiveRide, step_id: str) -> str | None:
    """Who in the story says it."""
    said = find(ride, step_id)
    return said.speaker if said is not None else None


def as_told(ride: LiveRide, shown: SymptomShown) -> Symptom | None:
    """What was told, as it stands now: with the answer, where it asked for one."""
    said = find(ride, shown.step)
    if said is None:
        return None
    elapsed = ride.clock.elapsed(shown.at)
    return Symptom(
        speaker=said.speaker,
        emoji=said.emoji,
        text=shown.text,
        elapsed=elapsed,
        asks=_asks(ride, said, elapsed),
    )


def _asks(ride: LiveRide, said: Step | Reaction, told: timedelta) -> StatusAsked | None:
    if not isinstance(said, Step) or said.asks is None:
        return None
    answer = first_answer(said.id, ride.journal)
    return StatusAsked(
        ride=ride.id,
        step=said.id,
        answered_by=answer.person if answer is not None else None,
        after=ride.clock.elapsed(answer.at) - told if answer is not None else None,
    )


async def tell(ride: LiveRide, said: Step | Reaction, *, by: str | None = None) -> bool:
    """Tell it with figures measured now; False when it was told already, or there is nothing to measure.

    Written down first, and posted without waiting for the chat: what a crash keeps from being posted, the
    next life of the program posts. See `bot.rides.retelling`.
    """
    async with ride.telling:
        if ride.shown(said.id) or ride.sandbox is None or ride.ended is not None:
            return False
        measured = await ride.sandbox.measure()
        elapsed = ride.elapsed()
        text = fill(said.text, measured=measured, elapsed=elapsed)
        shown = SymptomShown(at=ride.parts.clock.now(), step=said.id, text=text, measured=measured, by=by)
        await ride.note(shown)
        words = Symptom(
            speaker=said.speaker,
            emoji=said.emoji,
            text=text,
            elapsed=elapsed,
            asks=_asks(ride, said, elapsed),
        )
        ride.say_soon(words, key=said.id)
        return True
