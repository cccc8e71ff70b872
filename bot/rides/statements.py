"""How long statements take, for the meter: from what was typed to the final answer."""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import datetime

from bot.rides.parts import Parts
from sandbox.answer import Answer, Failed, Finished, Lost, StillRunning


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
