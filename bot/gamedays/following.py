"""A running day, from its begin to its end: what became of the rides, the next round, the end."""

import asyncio
import dataclasses
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.gamedays import boards, ending
from bot.gamedays.announcements import refused_by_chat
from bot.gamedays.live_day import LiveDay
from bot.gamedays.plan import planned_span
from bot.gamedays.schedule import is_over, to_follow
from bot.gamedays.starting import drop, fail
from storage.game_days import UNSETTLED, Slot
from storage.records import UNDER_WAY

log = logging.getLogger(__name__)

TRIES_TO_END = 5
OPEN_AT_MOST = timedelta(hours=3)
"""Real time that a day may stay open beyond its plan: then it ends by itself."""


async def follow(day: LiveDay, wake: Callable[[], Awaitable[None]]) -> None:
    """Follow a running day to its end. `wake` is called when slots were added."""
    shown = boards.Boards(day)
    while day.record.state == "running":
        day.changed.clear()
        try:
            await _look(day, shown, wake)
        except Exception:
            # Nobody else looks after this day: it would stay open, with rides that nobody takes in.
            log.exception("game day %s could not be followed; trying again soon", day.id)
            await asyncio.sleep(day.parts.tempo.try_again.total_seconds())
        if day.record.state == "running":
            await day.wait(shown.rest())
            await asyncio.sleep(day.parts.tempo.breath.total_seconds())
    for _ in range(TRIES_TO_END - 1):
        try:
            await ending.finish(day, shown)
        except Exception:
            log.exception("the end of game day %s could not be told; trying again soon", day.id)
            await asyncio.sleep(day.parts.tempo.try_again.total_seconds())
        else:
            return
    # What is not told now is told by the program's next life.
    await ending.finish(day, shown)


async def _look(day: LiveDay, shown: boards.Boards, wake: Callable[[], Awaitable[None]]) -> None:
    await settle(day)
    if await advance(day):
        await wake()
    await shown.show()


async def settle(day: LiveDay) -> None:
    """Take in what became of the rides under way."""
    for slot in list(day.slots.values()):
        if slot.state not in ("starting", "running") or slot.ride is None:
            continue
        record = await day.parts.book.get(slot.ride)
        if record is None or record.state == "preparing":
            continue
        if record.state in UNDER_WAY:
            if slot.state == "starting":
                await day.put(dataclasses.replace(slot, state="running"))
            continue
        await _over(day, slot)


async def _over(day: LiveDay, slot: Slot) -> None:
    result = await day.take_result(slot)
    if result is None:
        if day.record.ended_by is not None:
            await day.put(dataclasses.replace(slot, state="dropped"))
        else:
            await fail(day, slot, await _why(day, slot))
        return
    await day.put(dataclasses.replace(slot, state="done"))
    points = f" {result.card.total}" if result.counts else ""
    await day.note("ride_over", team=slot.team, detail=f"{result.card.outcome}{points}")


async def _why(day: LiveDay, slot: Slot) -> str:
    """What the engine wrote down about a ride that was never live."""
    why = ""
    for _, event in await day.parts.book.journal(slot.ride or ""):
        if event.kind == "chat_refused":
            return refused_by_chat(event.step, event.error)
        if event.kind == "ride_ended":
            why = event.reason
    return why


async def advance(day: LiveDay) -> bool:
    """Plan the next round, or end the day; whether slots were added."""
    async with day.steering:
        if day.record.state != "running":
            return False
        now, slots = day.parts.clock.now(), list(day.slots.values())
        if day.record.ended_by is not None:
            if not any(slot.state in UNSETTLED for slot in slots):
                await day.change(state="over", ended_at=now)
            return False
        added = to_follow(day.record, slots, now, day.parts.tempo.speed)
        if added:
            await day.put(*added)
            await day.note("break", team=added[0].team if day.record.wave_size is not None else None)
            return True
        if is_over(day.record, slots) or _forgotten(day):
            await drop(day)
            await day.change(state="over", ended_at=now)
        return False


def _forgotten(day: LiveDay) -> bool:
    """Whether nobody could start, and no facilitator has come for hours."""
    if any(slot.state in UNSETTLED for slot in day.slots.values()):
        return False
    record, tempo = day.record, day.parts.tempo
    limits = [scenario.time_limit for scenario in day.parts.known(record.scenarios)]
    gap = timedelta(minutes=record.wave_minutes)
    span = planned_span(limits, len(record.entrants), record.wave_size, gap) / tempo.speed
    return day.parts.clock.now() > record.starts_at + span + OPEN_AT_MOST
