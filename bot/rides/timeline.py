"""What falls due in a ride, as rows: symptoms, pages until acknowledged, the deadline and the like."""

from collections.abc import Iterable
from datetime import datetime

from bot.rides.dependencies import Pace
from scenarios.journal.events import Event, TimeExtended
from scenarios.journal.ride_time import RideClock
from scenarios.model.scenario import Scenario
from storage.records import RESUME, StepRecord

SYMPTOM = "symptom"
PAGE = "page"
ESCALATION = "escalation"
DEADLINE = "deadline"
ARCHIVE = "archive"
INVITE = "invite"
MUST_HAPPEN = frozenset({DEADLINE, ARCHIVE, RESUME})
"""Steps that are tried again when they fail."""


def plan(scenario: Scenario, ride: str, clock: RideClock, pace: Pace, *, escalates: bool) -> list[StepRecord]:
    """The steps of a ride that has just become live."""
    steps = [
        StepRecord(ride=ride, step=step.id, kind=SYMPTOM, due_at=clock.at(step.at))
        for step in scenario.timeline
    ]
    steps.append(page_again(ride, 2, clock, pace))
    if escalates:
        steps += [escalation(ride, number, clock, pace) for number in (1, 2)]
    steps.append(StepRecord(ride=ride, step=DEADLINE, kind=DEADLINE, due_at=clock.at(scenario.time_limit)))
    return steps


def page_again(ride: str, number: int, clock: RideClock, pace: Pace) -> StepRecord:
    """The page of this number: the second comes one interval after 0:00."""
    return StepRecord(
        ride=ride,
        step=f"{PAGE}-{number}",
        kind=PAGE,
        due_at=clock.at(pace.page_again_every * (number - 1)),
    )


def escalation(ride: str, number: int, clock: RideClock, pace: Pace) -> StepRecord:
    """More people of the team are paged: first the secondary, then all."""
    return StepRecord(
        ride=ride,
        step=f"{ESCALATION}-{number}",
        kind=ESCALATION,
        due_at=clock.at(pace.escalate_after * number),
    )


def invite(ride: str, number: int, due_at: datetime) -> StepRecord:
    """Those whom the chat refused are invited again."""
    return StepRecord(ride=ride, step=f"{INVITE}-{number}", kind=INVITE, due_at=due_at)


def deadline(ride: str, number: int, due_at: datetime) -> StepRecord:
    """The deadline after the ride's time was extended this many times."""
    return StepRecord(ride=ride, step=f"{DEADLINE}-{number}", kind=DEADLINE, due_at=due_at)


def deadline_now(journal: Iterable[Event]) -> str:
    """The step of the deadline that counts: more time may have been given while another fell due."""
    extended = sum(isinstance(event, TimeExtended) for event in journal)
    return f"{DEADLINE}-{extended}" if extended else DEADLINE


def resume(ride: str, number: int, due_at: datetime) -> StepRecord:
    """The end of the ride's pause of this number, if nobody ends it before."""
    return StepRecord(ride=ride, step=f"{RESUME}-{number}", kind=RESUME, due_at=due_at)


def number_of(step: StepRecord) -> int:
    """Which page or escalation a step is."""
    return int(step.step.rpartition("-")[2])


def archive(ride: str, due_at: datetime, attempt: int = 1) -> StepRecord:
    """The step that archives the channel; further attempts have steps of their own."""
    step = ARCHIVE if attempt == 1 else f"{ARCHIVE}-{attempt}"
    return StepRecord(ride=ride, step=step, kind=ARCHIVE, due_at=due_at)


def archive_attempt(step: StepRecord) -> int:
    """Which attempt at archiving the channel a step is, from 1."""
    return 1 if step.step == ARCHIVE else number_of(step)
