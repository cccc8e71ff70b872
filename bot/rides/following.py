"""Following a live ride: reading the evidence, and what the engine does about it."""

import asyncio
import logging
from collections.abc import Sequence

from bot.rides import paging, recovery, symptoms
from bot.rides.closing import blocker_is_gone, end_ride, is_blocker
from bot.rides.live import LiveRide
from sandbox.errors import SandboxError, SandboxGoneError
from sandbox.provider import Sandbox
from scenarios.journal.events import (
    Event,
    HintTaken,
    MetaCommandTried,
    Outcome,
    SessionEnded,
    SignalSent,
    StatementLogged,
)
from scenarios.journal.view import view
from scenarios.judging.rule_matching import newly_holds
from scenarios.model.scenario import Reaction

log = logging.getLogger(__name__)


async def follow(ride: LiveRide) -> None:
    """Read on until the ride has ended. What a person does is answered once PostgreSQL has logged it."""
    sandbox = ride.sandbox
    if sandbox is None:
        raise RuntimeError(f"ride {ride.id} has no sandbox to follow")
    async for _ in sandbox.evidence_changes():
        if ride.ended is not None:
            return
        try:
            await ride.take_in()
            await act(ride)
            outside = await sandbox.check_alive()
        except SandboxError as error:
            outside = await why_lost(sandbox, error)
        if outside is not None:
            await end_ride(ride, Outcome.VOID, outside)
            return


async def why_lost(sandbox: Sandbox, error: SandboxError) -> str | None:
    """What has ended the sandbox; None when only a connection was lost, and the next finds it as it was."""
    if isinstance(error, SandboxGoneError):
        return await sandbox.check_alive()
    return str(error)


async def act(ride: LiveRide) -> None:
    """Act on what is new in the journal. Acting on the same events again does no harm."""
    since, ride.acted = ride.acted, len(ride.journal)
    news = ride.journal[since : ride.acted]
    for event in news:
        match event:
            case HintTaken(revealed=True):
                pass
            case StatementLogged() | MetaCommandTried() | HintTaken():
                await paging.acknowledge(ride, event.person, "activity")
            case SessionEnded() if is_blocker(ride, event):
                await _blocker_ended(ride, event)
            case _:
                pass
    if news:
        await react(ride)


async def _blocker_ended(ride: LiveRide, event: SessionEnded) -> None:
    person = ended_by(ride, event)
    if person is None:
        await end_ride(
            ride, Outcome.VOID, "the session behind the incident ended, and none of the learners ended it"
        )
    else:
        recovery.begin(ride, person)


def ended_by(ride: LiveRide, event: SessionEnded) -> str | None:
    """Who terminated the session: its own 57P01 after somebody's signal. None: nobody in the ride did."""
    if event.sqlstate != "57P01":
        return None
    for earlier in reversed(ride.journal):
        if (
            isinstance(earlier, SignalSent)
            and earlier.op == "terminate"
            and (earlier.target.pid, earlier.target.started) == (event.backend.pid, event.backend.started)
        ):
            return earlier.person
    return None


async def react(ride: LiveRide) -> None:
    """Say the scenario's reactions to what was done since the last time, each once.

    They tell of an incident that goes on: there are none once its blocker is gone. What is done in a pause
    is reacted to after it.
    """
    if blocker_is_gone(ride) or ride.paused:
        return
    since, ride.reacted = ride.reacted, len(ride.journal)
    open_ones = [reaction for reaction in ride.scenario.reactions if not ride.shown(reaction.id)]
    # In a thread, so that somebody who sends thousands of statements does not hold up the other rides.
    for reaction in await asyncio.to_thread(_due, open_ones, tuple(ride.journal), since):
        await symptoms.tell(ride, reaction)


def _due(reactions: Sequence[Reaction], events: Sequence[Event], since: int) -> list[Reaction]:
    journal = view(events)
    return [reaction for reaction in reactions if newly_holds(reaction.when, journal, since)]
