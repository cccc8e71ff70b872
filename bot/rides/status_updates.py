"""Status updates: asked for by a symptom or written unasked, told in the channel and answered there."""

from datetime import timedelta

from bot.rides import symptoms
from bot.rides.announcements import StatusPosted, StatusText
from bot.rides.errors import ChatRefusedError
from bot.rides.live import LiveRide
from scenarios.contributions import first_answer
from scenarios.journal import StatusUpdated, SymptomShown


def open_question(ride: LiveRide) -> SymptomShown | None:
    """The newest symptom that asked for an update and got none."""
    return next((event for event in reversed(_questions(ride)) if not _answered(ride, event.step)), None)


def question(ride: LiveRide, step: str) -> SymptomShown | None:
    """The symptom of this id, if it was told and asks for an update."""
    return next((event for event in _questions(ride) if event.step == step), None)


async def post(ride: LiveRide, person: str, update: StatusText, asked: SymptomShown | None) -> None:
    """Write an update down and tell it; the first one to answer a symptom shows at that symptom."""
    now = ride.parts.clock.now()
    first = asked is not None and not _answered(ride, asked.step)
    event = StatusUpdated(
        at=now,
        person=person,
        text=update.known,
        impact=update.impact,
        eta_minutes=update.eta_minutes,
        next_minutes=update.next_minutes,
        answers=asked.step if asked is not None else None,
    )
    await ride.note(event)
    number = ride.number_of(event)
    ride.say_soon(
        StatusPosted(
            person=person,
            update=update,
            elapsed=ride.elapsed(),
            asked_by=symptoms.speaker(ride, asked.step) if asked is not None else None,
            after=_after(ride, asked) if asked is not None else None,
        ),
        key=f"update-{number}",
    )
    if asked is not None and first:
        await _show_answered(ride, asked)


def _questions(ride: LiveRide) -> list[SymptomShown]:
    asking = {step.id for step in ride.scenario.timeline if step.asks == "status"}
    return [event for event in ride.journal if isinstance(event, SymptomShown) and event.step in asking]


def _answered(ride: LiveRide, step: str) -> bool:
    return first_answer(step, ride.journal) is not None


def _after(ride: LiveRide, asked: SymptomShown) -> timedelta:
    return ride.elapsed() - ride.clock.elapsed(asked.at)


async def _show_answered(ride: LiveRide, asked: SymptomShown) -> None:
    ts = ride.delivered.get(asked.step)
    told = symptoms.as_told(ride, asked)
    if ts is None or told is None:
        return
    try:
        await ride.parts.chat.update(ride.record.workspace, ride.channel, ts, told)
    except ChatRefusedError as refusal:
        await ride.skipped("answered symptom", refusal.code)
