"""What falls due in a ride, as rows: symptoms, pages until acknowledged, the deadline, the archiving."""

from datetime import datetime

from bot.rides.clock import RideClock
from bot.rides.parts import Pace
from scenarios.model import Scenario
from storage.records import StepRecord

SYMPTOM = "symptom"
PAGE = "page"
DEADLINE = "deadline"
ARCHIVE = "archive"
MUST_HAPPEN = frozenset({DEADLINE, ARCHIVE})
"""Steps that are tried again when they fail."""


def plan(scenario: Scenario, ride: str, clock: RideClock, pace: Pace) -> list[StepRecord]:
    """The steps of a ride that has just become live."""
    steps = [
        StepRecord(ride=ride, step=step.id, kind=SYMPTOM, due_at=clock.at(step.at))
        for step in scenario.timeline
    ]
    steps.append(page_again(ride, 2, clock, pace))
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


def page_number(step: StepRecord) -> int:
    """Which page a page step is."""
    return int(step.step.removeprefix(f"{PAGE}-"))


def archive(ride: str, due_at: datetime) -> StepRecord:
    """The step that archives the channel."""
    return StepRecord(ride=ride, step=ARCHIVE, kind=ARCHIVE, due_at=due_at)
