"""What an earlier demo left behind: its workspace is gone, and with it every channel."""

from dataclasses import replace

from bot.base.clock import SystemClock
from scenarios.journal.events import Outcome, RideEnded
from storage.game_days import TO_COME, UNSETTLED, GameDayStore
from storage.records import UNDER_WAY
from storage.rides import RideStore

REASON = "The workspace of this ride is gone."


async def let_go(store: RideStore, clock: SystemClock) -> None:
    """End the rides that were cut off, as void, and forget what was still to be said or archived."""
    for record in await store.unfinished():
        now = clock.now()
        await store.cancel_steps(record.id)
        over = replace(record, postmortem_sent=True, archived=True)
        if record.state in UNDER_WAY:
            await store.append(record.id, [RideEnded(at=now, outcome=Outcome.VOID, reason=REASON)])
            over = replace(over, state=Outcome.VOID.value, ended_at=now)
        await store.update(over)


async def call_off(store: GameDayStore, clock: SystemClock) -> None:
    """No game day of the workspace that is gone takes place, or is told of."""
    for day in await store.unfinished():
        slots = [slot for slot in await store.slots(day.id) if slot.state in UNSETTLED]
        await store.put_slots([replace(slot, state="dropped") for slot in slots])
        over = replace(day, told=True)
        if day.state in TO_COME:
            over = replace(over, state="cancelled", ended_at=clock.now())
        await store.update(over)
