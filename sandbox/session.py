"""A person's SQL in /sql: what they type goes to one kept connection, what comes of it is an Answer."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import psycopg

from sandbox.answer import Answer, Busy, Failed, Finished, Lost, Refused, StillRunning
from sandbox.answer_text import Display, answer_text, decoded, described_text
from sandbox.connection import Backstage, Waiting
from sandbox.conversation import Conversation, Fault, Limits, Notice, Part, Rows, RowTooLargeError
from sandbox.errors import SandboxError
from sandbox.meta_commands import (
    HELP,
    Forbidden,
    MetaCommand,
    Nothing,
    Statement,
    Typed,
    read_input,
)
from sandbox.table_text import harmless
from sandbox.typed_text import read_typed

_log = logging.getLogger(__name__)

PATIENCE_SECONDS = 2.5
"""After so long without a result the answer is StillRunning."""
LOOK_SECONDS = 2
"""The observer's look at what a session waits for may take so long."""
STATEMENT_CHARACTERS = 250_000

_ENDED = {
    "57P01": "Your session was ended (FATAL: terminating connection due to administrator command).",
    "57P02": "The server crashed, and your session with it.",
    "57P05": "Your session was idle for too long and the server ended it.",
    "25P03": "Your session was idle in a transaction for too long and the server ended it.",
    "25P04": "Your transaction took too long and the server ended your session.",
}
_NEXT = "Your next statement opens a new one; SETs and an open transaction are gone."


@dataclass(slots=True)
class _Running:
    text: str
    since: float
    task: "asyncio.Task[Finished | Failed | Lost]"


class PersonSession:
    """Fulfils sandbox.provider.SqlSession for one person, over what the sandbox gives."""

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
        self._conversation: Conversation | None = None
        self._database: str | None = None
        self._expanded: bool | None = False
        self._timing = False
        self._running: _Running | None = None
        self._closed = False

    async def run(self, text: str) -> Answer:  # noqa: PLR0911 - one a kind of answer
        typed_text = read_typed(text)
        unsendable = _unsendable(typed_text)
        if unsendable is not None:
            return Refused(text=unsendable)
        typed = read_input(typed_text)
        match typed[0]:
            case Forbidden(meta_command=name, text=why):
                return Refused(text=harmless(why), meta_command=name)
            case Nothing():
                return Refused(
                    text="There is no statement in that. Try SELECT version(); or \\? for what works here."
                )
        if self._closed:
            return Lost(sqlstate=None, text="This session is closed: the ride is over.")
        if self._running is not None and not self._running.task.done():
            return await self._busy(self._running)
        start = self._clock()
        task = asyncio.create_task(self._perform(typed, start))
        self._running = _Running(text=typed_text, since=start, task=task)
        done, _ = await asyncio.wait({task}, timeout=self._patience)
        if done:
            return task.result()
        waiting = await self._waiting()
        if task.done():
            return task.result()
        return StillRunning(
            seconds=self._clock() - start,
            waiting_for=waiting.waiting_for,
            blocked_by=waiting.blocked_by,
            finished=asyncio.shield(task),
        )

    async def cancel(self) -> bool:
        """Cancel what runs now; False when nothing did, or the server could not be asked."""
        conversation = self._conversation
        if self._running is None or self._running.task.done() or conversation is None or conversation.lost:
            return False
        try:
            await conversation.cancel()
        except psycopg.Error as error:
            _log.warning("A statement could not be cancelled: %s", error)
            return False
        return True

    async def close(self) -> None:
        """End the connection; a statement that still runs is over, its answer is Lost."""
        self._closed = True
        if self._running is not None and not self._running.task.done():
            await self.cancel()
            self._running.task.cancel()
            await asyncio.wait({self._running.task})
        await self._hang_up()

    async def _busy(self, running: _Running) -> Busy:
        waiting = await self._waiting()
        return Busy(
            running=running.text,
            seconds=self._clock() - running.since,
            waiting_for=waiting.waiting_for,
            blocked_by=waiting.blocked_by,
        )

    async def _waiting(self) -> Waiting:
        nothing = Waiting(waiting_for=None, blocked_by=())
        if self._conversation is None:
            return nothing
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                return await self._backstage.waiting(self._conversation.pid)
        except (TimeoutError, psycopg.Error, SandboxError) as error:
            _log.warning("What a session waits for could not be seen: %s", error)
            return nothing

    async def _perform(self, typed: tuple[Typed, ...], start: float) -> Finished | Failed | Lost:
        """Never raises, except when it is cancelled from outside of `close`."""
        try:
            answer = await self._perform_all(typed, start)
            return self._over() if self._closed else answer
        except asyncio.CancelledError:
            if not self._closed:
                raise
            await self._hang_up()
            return self._over()
        except RowTooLargeError:
            await self._hang_up()
            size = self._limits.row_bytes // (1024 * 1024)
            return Lost(
                sqlstate=None,
                text=f"One row was larger than {size} MB, so your session was ended rather than read it all. "
                f"Ask for less, such as left(column, 1000) or length(column). {_NEXT}",
            )
        except psycopg.OperationalError as error:
            fatal = self._conversation.last_fatal if self._conversation is not None else None
            return await self._lost(error.sqlstate or fatal)
        finally:
            self._backstage.statement_ended()

    def _over(self) -> Lost:
        return Lost(sqlstate=None, text="The session was closed while this ran: the ride is over.")

    async def _perform_all(self, typed: tuple[Typed, ...], start: float) -> Finished | Failed | Lost:
        r"""One after the other (`\x`, then a statement): the last one's answer, with the text of all."""
        *before, last = typed
        texts: list[str] = []
        for one in before:
            answer = await self._perform_one(one, start)
            if not isinstance(answer, Finished):
                return answer
            texts.append(answer.text)
        answer = await self._perform_one(last, start)
        return answer if isinstance(answer, Lost) else replace(answer, text="\n".join([*texts, answer.text]))

    async def _perform_one(  # noqa: PLR0911
        self, typed: Typed, start: float
    ) -> Finished | Failed | Lost:
        if isinstance(typed, MetaCommand) and typed.name in {r"\c", r"\connect"}:
            return await self._connect(typed.argument, start)
        if isinstance(typed, MetaCommand) and not typed.describes and typed.name != r"\conninfo":
            return self._finished((), self._own(typed), start)
        conversation = self._conversation
        if conversation is not None and not await conversation.look():
            lost = await self._lost(conversation.last_fatal)
            return Lost(sqlstate=lost.sqlstate, text=f"{lost.text} This one was not sent: send it again.")
        if conversation is None:
            try:
                conversation = await self._open(self._database)
            except psycopg.Error as error:
                return _unreachable(error)
        if isinstance(typed, Statement):
            return await self._send(conversation, typed, start)
        assert isinstance(typed, MetaCommand)  # noqa: S101 - the rest never gets here
        if typed.name == r"\conninfo":
            return self._finished((), self._conninfo(conversation), start)
        return await self._describe(conversation, typed, start)

    async def _send(
        self, conversation: Conversation, statement: Statement, start: float
    ) -> Finished | Failed | Lost:
        try:
            parts = await conversation.run(statement.sql)
        except UnicodeEncodeError as error:
            character = error.object[error.start : error.end]
            return self._failed(
                (),
                f"Your session's client_encoding has no {character!r}. "
                "RESET client_encoding; brings back UTF8.",
                None,
                start,
            )
        return await self._answer(conversation, parts, start, expanded=statement.expanded)

    async def _answer(
        self, conversation: Conversation, parts: tuple[Part, ...], start: float, *, expanded: bool
    ) -> Finished | Failed | Lost:
        fault = next((part for part in parts if isinstance(part, Fault)), None)
        if conversation.lost:
            return await self._lost(fault.sqlstate if fault else conversation.last_fatal)
        display = Display(
            expanded=True if expanded else self._expanded,
            encoding=conversation.encoding,
            aborted=conversation.transaction == "!",
        )
        text = answer_text(parts, display)
        if fault is not None:
            return self._failed(parts, text, fault.sqlstate, start)
        return self._finished(parts, text, start, encoding=conversation.encoding)

    async def _describe(
        self, conversation: Conversation, command: MetaCommand, start: float
    ) -> Finished | Failed | Lost:
        try:
            answer = await self._backstage.psql.describe(
                conversation, command.name, command.words, expanded=self._expanded
            )
        except SandboxError:
            if conversation.lost:
                return await self._lost(conversation.last_fatal)
            _log.exception("psql did not answer %s", command.name)
            text = (
                f"{command.name} can't be answered just now. Send it again, or ask the catalogs with SELECT."
            )
            return self._failed((), text, None, start)
        if conversation.lost:
            return await self._lost(answer.fault.sqlstate if answer.fault else conversation.last_fatal)
        text = described_text(answer)
        if answer.fault is not None:
            return self._failed((), text, answer.fault.sqlstate, start)
        return self._finished((), text, start)

    def _own(self, command: MetaCommand) -> str:
        match command.name:
            case r"\x":
                return self._switch_expanded(command.argument)
            case r"\timing":
                self._timing = _switched(command.argument, now=self._timing)
                return f"Timing is {'on' if self._timing else 'off'}."
            case _:
                return HELP

    def _switch_expanded(self, argument: str) -> str:
        if argument.lower() == "auto":
            self._expanded = None
            return "Expanded display is used automatically."
        self._expanded = _switched(argument, now=self._expanded is not False)
        return f"Expanded display is {'on' if self._expanded else 'off'}."

    def _conninfo(self, conversation: Conversation) -> str:
        info = conversation.connection.info
        return (
            f'You are connected to database "{info.dbname}" as user "{info.user}", '
            f"server process {conversation.pid}, PostgreSQL {info.parameter_status('server_version')}."
        )

    async def _connect(self, argument: str, start: float) -> Finished | Failed | Lost:
        database = argument[1:-1].replace('""', '"') if argument[:1] == argument[-1:] == '"' else argument
        if "=" in database or "://" in database or (database == argument and len(argument.split()) > 1):
            text = "\\c takes the name of a database here, such as \\c app_db; you stay the same person."
            return self._failed((), text, None, start)
        earlier = self._conversation
        try:
            conversation = await self._open(database if database not in {"", "-"} else self._database)
        except psycopg.Error as error:
            if earlier is None and error.sqlstate is None:
                return _unreachable(error)
            reason = harmless(str(error).strip().rsplit("failed: ", 1)[-1])
            kept = "\nPrevious connection kept" if earlier is not None else ""
            return self._failed((), f"{reason}{kept}", error.sqlstate, start)
        if earlier is not None:
            await earlier.close()
        info = conversation.connection.info
        text = f'You are now connected to database "{info.dbname}" as user "{info.user}".'
        return self._finished((), text, start)

    async def _open(self, database: str | None) -> Conversation:
        connection = await self._backstage.connect(database)
        self._conversation = Conversation(connection, self._limits)
        self._database = connection.info.dbname
        return self._conversation

    async def _lost(self, sqlstate: str | None) -> Lost:
        await self._hang_up()
        kind = _ENDED.get(sqlstate or "", "The server closed your connection.")
        return Lost(sqlstate=sqlstate, text=f"{kind} {_NEXT}")

    async def _hang_up(self) -> None:
        conversation, self._conversation = self._conversation, None
        if conversation is not None:
            await conversation.close()

    def _finished(
        self, parts: tuple[Part, ...], text: str, start: float, *, encoding: str = "utf-8"
    ) -> Finished:
        seconds = self._clock() - start
        return Finished(
            results=tuple(decoded(part, encoding) for part in parts if isinstance(part, Rows)),
            text=self._timed(harmless(text), seconds if parts else None),
            seconds=seconds,
            transaction=self._conversation.transaction if self._conversation else "",
            database=self._database or "",
            notices=tuple(harmless(part.text) for part in parts if isinstance(part, Notice)),
        )

    def _failed(self, parts: tuple[Part, ...], text: str, sqlstate: str | None, start: float) -> Failed:
        seconds = self._clock() - start
        return Failed(
            sqlstate=sqlstate,
            text=self._timed(harmless(text), seconds if parts else None),
            seconds=seconds,
            transaction=self._conversation.transaction if self._conversation else "",
            database=self._database or "",
        )

    def _timed(self, text: str, seconds: float | None) -> str:
        if not self._timing or seconds is None:
            return text
        return f"{text}\nTime: {seconds * 1000:.3f} ms".lstrip("\n")


def _unsendable(text: str) -> str | None:
    if len(text) > STATEMENT_CHARACTERS:
        return f"That is {len(text):,} characters long; at most {STATEMENT_CHARACTERS:,} can be sent."
    if "\0" in text:
        return "There is a NUL character (U+0000) in that, which PostgreSQL can't hold. Send it without."
    if any("\ud800" <= character <= "\udfff" for character in text):
        return "There is half a character (a lone surrogate) in that, perhaps of an emoji. Type it anew."
    return None


def _unreachable(error: psycopg.Error) -> Lost:
    reason = str(error).strip().rsplit("failed: ", 1)[-1]
    return Lost(sqlstate=error.sqlstate, text=harmless(f"No connection to the database: {reason}"))


def _switched(argument: str, *, now: bool) -> bool:
    match argument.lower():
        case "on" | "true" | "1":
            return True
        case "off" | "false" | "0":
            return False
        case _:
            return not now
