"""What is counted of rides: how many run now, and how long statements take from typing to answer."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.rides.dependencies import Parts
from bot.rides.live import LiveRide
from sandbox.answer import Answer, Failed, Finished, Lost, StillRunning


@dataclass(frozen=True, kw_only=True, slots=True)
class Census:
    """The rides of this program at one moment."""

    rides: Mapping[tuple[str, str], int]
    """How many of each state and scenario. One that has ended and is still being told counts as `ending`."""
    sandboxes: int


def census(rides: Iterable[LiveRide]) -> Census:
    """Count them."""
    there = tuple(rides)
    return Census(
        rides=Counter((_state(ride), ride.record.scenario) for ride in there),
        sandboxes=sum(ride.sandbox is not None for ride in there),
    )


def _state(ride: LiveRide) -> str:
    if ride.ended is not None:
        return "ending"
    return "paused" if ride.paused else ride.record.state


async def timed(parts: Parts, running: Awaitable[Answer]) -> Answer:
    """The answer, the same; one that is still to come is timed when it comes."""
    began = parts.clock.now()
    answer = await running
    if not isinstance(answer, StillRunning):
        _note(parts, answer, began)
        return answer
    finished = asyncio.ensure_future(answer.finished)
    finished.add_done_callback(lambda _: _note_final(parts, finished, began))
    return replace(answer, finished=finished)


def _note_final(parts: Parts, finished: "asyncio.Future[Finished | Failed | Lost]", began: datetime) -> None:
    if finished.cancelled() or finished.exception() is not None:
        parts.meter.statement("abandoned", parts.clock.now() - began)
    else:
        _note(parts, finished.result(), began)


def _note(parts: Parts, answer: Answer, began: datetime) -> None:
    parts.meter.statement(type(answer).__name__.lower(), parts.clock.now() - began)
