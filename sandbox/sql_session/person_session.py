"""A person's SQL in /sql: what they type goes to one kept session, or to a second one while that waits."""

import asyncio
import time
from collections.abc import Callable

from sandbox.answer import Answer, Busy, Lost, Reason, Refused, StillRunning
from sandbox.server.connection import Backstage
from sandbox.sql_session.conversation import Limits
from sandbox.sql_session.meta_commands import Forbidden, Nothing, Typed, read_input
from sandbox.sql_session.session import Session, Switches
from sandbox.sql_session.table_text import harmless
from sandbox.sql_session.typed_text import read_typed

PATIENCE_SECONDS = 2.5
"""After so long without a result the answer is StillRunning."""
STATEMENT_CHARACTERS = 250_000


class PersonSession:
    """Fulfils sandbox.provider.SqlSession for one person, over what the sandbox gives.

    Statements run in the first session, so that BEGIN and SET persist. One that comes while another runs
    there runs in a second session, unless a transaction is open in the first: a second session would not see
    what it has done. The second session stays while something runs in the first one or a transaction is open
    in its own; then it is closed.
    """

    def __init__(
        self,
        backstage: Backstage,
        *,
        limits: Limits | None = None,
        patience: float = PATIENCE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._backstage = backstage
        self._limits = limits or Limits()
        self._patience = patience
        self._clock = clock
        self._switches = Switches()
        self._first = Session(backstage, self._switches, limits=self._limits, clock=clock)
        self._second: Session | None = None
        self._leaving: set[asyncio.Task[None]] = set()
        self._closed = False

    async def run(self, text: str) -> Answer:
        typed_text = read_typed(text)
        typed = _read(typed_text)
        if isinstance(typed, Refused):
            return typed
        if self._closed:
            return Lost(sqlstate=None, text="This session is closed: the ride is over.")
        session = self._free()
        if session is None:
            return await self._busy()
        running = session.start(typed_text, typed)
        done, _ = await asyncio.wait({running.task}, timeout=self._patience)
        if done:
            return running.task.result()
        waiting = await session.waiting()
        if running.task.done():
            return running.task.result()
        return StillRunning(
            seconds=session.seconds(running),
            waiting_for=waiting.waiting_for,
            blocked_by=waiting.blocked_by,
            finished=asyncio.shield(running.task),
            second=session.second,
        )

    async def cancel(self, session: int = 1) -> bool:
        """Cancel what runs in the first or the second session; False when nothing did."""
        chosen = self._first if session == 1 else self._second
        return chosen is not None and await chosen.cancel()

    async def close(self) -> None:
        """End the connections; a statement that still runs is over, its answer is Lost."""
        self._closed = True
        await self._first.close()
        if self._second is not None:
            await self._second.close()
        await asyncio.gather(*self._leaving)

    def _free(self) -> Session | None:
        """The session that the next statement belongs to; None while it can't take one."""
        second = self._second
        if second is not None and second.in_transaction:
            return None if second.running else second
        if not self._first.running:
            self._leave_second()
            return self._first
        if self._first.in_transaction or (second is not None and second.running):
            return None
        if second is None:
            self._second = second = Session(
                self._backstage,
                self._switches,
                limits=self._limits,
                clock=self._clock,
                like=self._first,
            )
        return second

    def _leave_second(self) -> None:
        second = self._second
        if second is None or second.running:
            return
        self._second = None
        leaving = asyncio.create_task(second.close())
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)

    async def _busy(self) -> Busy:
        """What stands in the way of the next statement; of two that run the older one."""
        second = self._second
        in_second = second is not None and second.in_transaction
        session = second if second is not None and in_second else self._first
        running = session.running
        waiting = await session.waiting()
        return Busy(
            running=running.text if running else "",
            seconds=session.seconds(running) if running else 0.0,
            waiting_for=waiting.waiting_for,
            blocked_by=waiting.blocked_by,
            reason=Reason.TRANSACTION if session.in_transaction else Reason.TWO,
            session=2 if in_second else 1,
        )


def _read(text: str) -> tuple[Typed, ...] | Refused:
    unsendable = _unsendable(text)
    if unsendable is not None:
        return Refused(text=unsendable)
    typed = read_input(text)
    match typed[0]:
        case Forbidden(meta_command=name, text=why):
            return Refused(text=harmless(why), meta_command=name)
        case Nothing():
            return Refused(
                text="There is no statement in that. Try SELECT version(); or \\? for what works here."
            )
    return typed


def _unsendable(text: str) -> str | None:
    if len(text) > STATEMENT_CHARACTERS:
        return f"That is {len(text):,} characters long; at most {STATEMENT_CHARACTERS:,} can be sent."
    if "\0" in text:
        return "There is a NUL character (U+0000) in that, which PostgreSQL can't hold. Send it without."
    if any("\ud800" <= character <= "\udfff" for character in text):
        return "There is half a character (a lone surrogate) in that, perhaps from an emoji. Type it again."
    return None
