"""What the journal says was told, and the channel lacks: told now, after a crash in between."""

from bot.rides import status_updates, symptoms
from bot.rides.announcements import Announcement, HintGiven, Symptom
from bot.rides.live import LiveRide
from scenarios.journal.events import Event, FacilitatorSpoke, HintTaken, StatusUpdated, SymptomShown

_SPEAKS = ":speech_balloon:"


def retell(ride: LiveRide) -> None:
    """Say what is missing of symptoms, hints, status updates and what facilitators said, in its order."""
    for event in list(ride.journal):
        told = _told(ride, event)
        if told is not None and told[0] not in ride.delivered:
            key, announcement = told
            ride.say_soon(announcement, key=key)


def _told(ride: LiveRide, event: Event) -> tuple[str, Announcement] | None:
    """The key and the words of what an event tells in the channel; None for one that tells nothing."""
    match event:
        case SymptomShown():
            words = symptoms.as_told(ride, event)
            return (event.step, words) if words is not None else None
        case HintTaken():
            return hint_key(event.number), hint(ride, event)
        case StatusUpdated():
            return status_updates.as_posted(ride, event)
        case FacilitatorSpoke():
            return spoken_key(ride, event), spoken(ride, event)
        case _:
            return None


def hint_key(number: int) -> str:
    """The key of a hint's message."""
    return f"hint-{number}"


def hint(ride: LiveRide, taken: HintTaken) -> HintGiven:
    """A hint as it is given."""
    hints = ride.scenario.hints
    given = hints[taken.number - 1]
    return HintGiven(
        number=taken.number,
        total=len(hints),
        title=given.title,
        text=given.text,
        person=taken.person,
        revealed=taken.revealed,
    )


def spoken_key(ride: LiveRide, event: FacilitatorSpoke) -> str:
    """The key of the message in which a facilitator speaks as somebody of the story."""
    return f"spoken-{ride.number_of(event)}"


def spoken(ride: LiveRide, event: FacilitatorSpoke) -> Symptom:
    """What a facilitator says as somebody of the story. Plain text, as it was typed."""
    said = symptoms.everything(ride)
    emoji = next((one.emoji for one in said if one.speaker == event.speaker), _SPEAKS)
    return Symptom(
        speaker=event.speaker,
        emoji=emoji,
        text=event.text,
        elapsed=ride.clock.elapsed(event.at),
        typed=True,
    )
