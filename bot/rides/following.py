"""Following a live ride: reading the evidence, and what the engine does about it."""

import logging

from bot.rides import paging, recovery
from bot.rides.announcements import Symptom
from bot.rides.closing import end_ride, is_blocker
from bot.rides.live import LiveRide
from sandbox.errors import SandboxError
from scenarios.journal import (
    HintTaken,
    MetaCommandTried,
    Outcome,
    SessionEnded,
    SignalSent,
    StatementLogged,
    SymptomShown,
)
from scenarios.rule_matching import first_match
from scenarios.templating import fill

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
            outside = str(error)
        if outside is not None:
            await end_ride(ride, Outcome.VOID, outside)
            return


async def act(ride: LiveRide) -> None:
    """Act on what is new in the journal. Acting on the same events again does no harm."""
    news = ride.journal[ride.acted :]
    ride.acted = len(ride.journal)
    for event in news:
        match event:
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
    """Say the scenario's reactions to what was done, each once."""
    for reaction in ride.scenario.reactions:
        if ride.shown(reaction.id) or first_match(reaction.when, ride.scenario, ride.journal) is None:
            continue
        if ride.sandbox is None or ride.ended is not None:
            return
        measured = await ride.sandbox.measure()
        text = fill(reaction.text, measured=measured, elapsed=ride.elapsed())
        await ride.note(
            SymptomShown(at=ride.parts.clock.now(), step=reaction.id, text=text, measured=measured)
        )
        ride.say_soon(
            Symptom(speaker=reaction.speaker, emoji=reaction.emoji, text=text, elapsed=ride.elapsed()),
            key=reaction.id,
        )
