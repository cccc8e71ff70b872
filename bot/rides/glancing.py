"""A ride at a glance, for facilitators: one that runs from memory, one that has ended from the store."""

import re

from bot.rides import symptoms
from bot.rides.dependencies import Parts
from bot.rides.errors import RideOverError
from bot.rides.fleet import Fleet
from bot.rides.live import LiveRide
from bot.rides.views import RideGlance, UnsentSymptom
from scenarios.journal.stored import stored_scenario
from scenarios.judging.scorecard import Scorecard
from scenarios.telling.story import shorten

_FIRST_WORDS = 70
_FIGURE = re.compile(r"\{[^}]*\}")
"""A placeholder: it is measured when the symptom is told."""


async def glance(parts: Parts, fleet: Fleet, workspace: str, ride: str) -> RideGlance:
    """How a ride stands or ended. Raises RideOverError for one that this workspace never had."""
    found = fleet.get(workspace, ride)
    if found is not None:
        return _glance(found, None)
    record = await parts.store.get(ride)
    if record is None or record.workspace != workspace:
        raise RideOverError(ride, preparing=False)
    stored = LiveRide(parts, record, stored_scenario(record.document))
    stored.journal = [event for _, event in await parts.store.journal(ride)]
    return _glance(stored, await parts.store.scorecard(ride))


def _glance(ride: LiveRide, card: Scorecard | None) -> RideGlance:
    record, live, acknowledged, called = ride.record, ride.live, ride.acknowledged, ride.called
    ended = ride.ended
    elapsed = None
    if live is not None:
        elapsed = ride.elapsed() if ended is None else ride.clock.elapsed(ended.at)
    return RideGlance(
        ride=ride.id,
        state=record.state,
        scenario=ride.scenario,
        learners=record.learners,
        team=called.name if called is not None else None,
        channel=record.channel,
        elapsed=elapsed,
        remaining=ride.remaining if live is not None and ended is None else None,
        paused=ride.paused,
        acknowledged_by=acknowledged.person if acknowledged is not None else None,
        hints_taken=ride.hints_taken,
        hints_total=len(ride.scenario.hints),
        recovering=ride.recovery is not None and ended is None,
        total=card.total if card is not None and ended is not None and ended.outcome.counts else None,
        to_fix=card.times.to_fix if card is not None else None,
        unsent=_unsent(ride) if ended is None else (),
    )


def _unsent(ride: LiveRide) -> tuple[UnsentSymptom, ...]:
    return tuple(
        UnsentSymptom(
            id=said.id, speaker=said.speaker, text=shorten(_FIGURE.sub("…", said.text), _FIRST_WORDS)
        )
        for said in symptoms.everything(ride)
        if symptoms.still_true(ride, said)
    )
