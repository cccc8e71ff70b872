"""Status updates: asked for by a symptom or written unasked, told in the channel and answered there."""

from bot.rides import symptoms
from bot.rides.announcements import StatusPosted, StatusText
from bot.rides.live import LiveRide
from scenarios.journal.events import StatusUpdated, SymptomShown
from scenarios.telling.contributions import first_answer


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
    key, posted = as_posted(ride, event)
    ride.say_soon(posted, key=key)
    if asked is not None and first:
        _show_answered(ride, asked)


def as_posted(ride: LiveRide, event: StatusUpdated) -> tuple[str, StatusPosted]:
    """An update as it is told, with the key of its message."""
    asked = question(ride, event.answers) if event.answers is not None else None
    elapsed = ride.clock.elapsed(event.at)
    posted = StatusPosted(
        person=event.person,
        update=StatusText(
            known=event.text,
            impact=event.impact,
            eta_minutes=event.eta_minutes,
            next_minutes=event.next_minutes,
        ),
        elapsed=elapsed,
        asked_by=symptoms.speaker(ride, asked.step) if asked is not None else None,
        after=elapsed - ride.clock.elapsed(asked.at) if asked is not None else None,
    )
    return f"update-{ride.number_of(event)}", posted


def _questions(ride: LiveRide) -> list[SymptomShown]:
    asking = {step.id for step in ride.scenario.timeline if step.asks == "status"}
    return [event for event in ride.journal if isinstance(event, SymptomShown) and event.step in asking]


def _answered(ride: LiveRide, step: str) -> bool:
    return first_answer(step, ride.journal) is not None


def _show_answered(ride: LiveRide, asked: SymptomShown) -> None:
    ts = ride.delivered.get(asked.step)
    told = symptoms.as_told(ride, asked)
    if ts is not None and told is not None:
        ride.show_soon(ride.channel, ts, told, step="answered symptom")
