r"""`\watch` in /sql: one message, edited with each run's answer, until it is over."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from bot.rides.errors import ChatRefusedError, RideError
from bot.slack.areas.asker import Asker
from bot.slack.messages import answers
from bot.slack.messages.answers import SqlMessage
from sandbox.answer import Answer, Failed, Finished, Lost
from sandbox.sql_session.watching import ALTOGETHER, Watch

Frame = Callable[[SqlMessage, Finished | Failed | Lost], SqlMessage]
"""Makes of an answer's message what is shown of it."""
CLOSING_SECONDS = 2.0
ENDED = "You sent something else: \\watch has ended."
DONE = "\\watch has ended: send it again to go on."
FAILED = "\\watch ends with an error."
FEWER = "\\watch has ended: there are fewer rows than you asked for."
BUSY = "\\watch has ended: another statement of yours was running."
OVER = "\\watch has ended with the ride."
STOPPED = "\\watch has ended: Ride could not go on with it."


class Answering(Protocol):
    """What `Statements` does for one run."""

    async def answer(
        self, asker: Asker, text: str, sql: str, *, frame: Frame | None = None, instead_of: str | None = None
    ) -> tuple[str | None, Answer]: ...

    async def show(self, asker: Asker, result: SqlMessage, instead_of: str | None) -> str: ...


@dataclass(slots=True)
class _Going:
    """A watch that goes on, and what its message shows."""

    watch: Watch
    ended: asyncio.Event
    shown: SqlMessage | None = None
    number: int = 0
    ts: str | None = None


class Watches:
    """Who watches what: one statement a person."""

    def __init__(self, *, altogether: float = ALTOGETHER, unit: float = 1.0) -> None:
        """`unit` is how long a second between two runs takes, in seconds."""
        self._altogether = altogether
        self._unit = unit
        self._going: dict[tuple[str, str], _Going] = {}

    def end(self, asker: Asker) -> None:
        """What the person watches ends, for they have sent something else."""
        going = self._going.pop((asker.workspace, asker.person), None)
        if going is not None:
            going.ended.set()

    async def run(self, asker: Asker, text: str, watch: Watch, answering: Answering) -> None:
        """Run it until it is over. Raises what the first run raises."""
        going = _Going(watch=watch, ended=asyncio.Event())
        key = (asker.workspace, asker.person)
        self._going[key] = going
        over: str | None = STOPPED
        try:
            over = await self._go_on(asker, text, going, answering)
        except ChatRefusedError:
            over = None
            raise
        except RideError:
            if going.shown is None:
                raise
            over = OVER
        finally:
            if self._going.get(key) is going:
                del self._going[key]
            if over is not None and going.shown is not None:
                last = answers.watched(going.shown, going.number, watch, over)
                async with asyncio.timeout(CLOSING_SECONDS if over is STOPPED else None):
                    await answering.show(asker, last, going.ts)

    async def _go_on(self, asker: Asker, text: str, going: _Going, answering: Answering) -> str | None:
        """Why it is over; None when its message says so already, or there is none."""
        until = time.monotonic() + self._altogether
        watch = going.watch
        why: list[str] = []

        def frame(result: SqlMessage, answer: Finished | Failed | Lost) -> SqlMessage:
            going.shown, going.number = result, going.number + 1
            over = _over(answer, going, last=going.number >= watch.times or time.monotonic() > until)
            why.extend([] if over is None else [over])
            return answers.watched(result, going.number, watch, over)

        while True:
            going.ts, answer = await answering.answer(
                asker, text, watch.sql, frame=frame, instead_of=going.ts
            )
            if why:
                return None
            if not isinstance(answer, Finished | Failed | Lost):
                return BUSY
            if await _happens(going.ended.wait(), watch.seconds * self._unit):
                return ENDED


def _over(answer: Finished | Failed | Lost, going: _Going, *, last: bool) -> str | None:
    if not isinstance(answer, Finished):
        return FAILED
    if answer.results and len(answer.results[-1].cells) < going.watch.least_rows:
        return FEWER
    if going.ended.is_set():
        return ENDED
    return DONE if last else None


async def _happens(event: Awaitable[object], within: float) -> bool:
    try:
        await asyncio.wait_for(event, within)
    except TimeoutError:
        return False
    return True
