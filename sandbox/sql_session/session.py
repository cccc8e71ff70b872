"""One session of a person: a kept connection, what runs on it, and what comes of it as an Answer."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from sandbox.answer import Failed, Finished, Lost, ResultSet, Second
from sandbox.errors import SandboxError
from sandbox.server.connection import Backstage, Waiting
from sandbox.sql_session.answer_text import Display, answer_text, decoded, described_text
from sandbox.sql_session.batch import lost_after, one_by_one, together
from sandbox.sql_session.conversation import Conversation, Fault, Limits, Notice, Part, Rows, RowTooLargeError
from sandbox.sql_session.meta_commands import HELP, MetaCommand, Statement, Typed
from sandbox.sql_session.session_settings import Settings
from sandbox.sql_session.table_text import harmless

_log = logging.getLogger(__name__)

LOOK_SECONDS = 2
"""The observer's look at what a session waits for may take so long."""

_ENDED = {
    "57P01": "Your session was ended (FATAL: terminating connection due to administrator command).",
    "57P02": "The server crashed, and your session with it.",
    "57P05": "Your session was idle for too long and the server ended it.",
    "25P03": "Your session was idle in a transaction for too long and the server ended it.",
    "25P04": "Your transaction took too long and the server ended your session.",
}
_NEXT = "Your next statement opens a new one; SETs and an open transaction are gone."


@dataclass(slots=True)
class Switches:
    r"""What `\x` and `\timing` say, for all of a person's sessions."""

    expanded: bool | None = False
    timing: bool = False


@dataclass(frozen=True, slots=True)
class Running:
    """What was sent, and when, by the session's clock."""

    text: str
    since: float
    task: "asyncio.Task[Finished | Failed | Lost]"


class Session:
    """One session of a person: a kept connection, made when first needed, and what runs on it."""

    def __init__(
        self,
        backstage: Backstage,
        switches: Switches,
        *,
        limits: Limits,
        clock: Callable[[], float],
        like: "Session | None" = None,
    ) -> None:
        """`like` is given for a second session: the first, whose database and settings it takes over."""
        self._backstage = backstage
        self._switches = switches
        self._limits = limits
        self._clock = clock
        self._conversation: Conversation | None = None
        self._database = like.database if like is not None else None
        self._like = like.settings if like is not None else None
        self._unlike = self._like.own if self._like is not None else ()
        self._settings = Settings()
        self._running: Running | None = None
        self._cancelled = False
        self._closed = False

    @property
    def database(self) -> str | None:
        """Where it is connected, or was last; None before the first connection."""
        return self._database

    @property
    def settings(self) -> Settings:
        """What the person has set here."""
        return self._settings

    @property
    def second(self) -> Second | None:
        """Set for a second session."""
        if self._like is None:
            return None
        return Second(pid=self._conversation.pid if self._conversation else None, unlike=self._unlike)

    @property
    def running(self) -> Running | None:
        """What runs now."""
        running = self._running
        return running if running is not None and not running.task.done() else None

    @property
    def in_transaction(self) -> bool:
        """A transaction is open, or was when what runs now was sent."""
        if self._conversation is None or self._conversation.lost:
            return False
        return self._conversation.in_transaction

    def start(self, text: str, typed: tuple[Typed, ...]) -> Running:
        """Begin what was typed; nothing else may run here."""
        since = self._clock()
        self._cancelled = False
        task = asyncio.create_task(self._perform(typed, since))
        self._running = Running(text=text, since=since, task=task)
        return self._running

    def seconds(self, running: Running) -> float:
        """For how long it has run."""
        return self._clock() - running.since

    async def cancel(self) -> bool:
        """Cancel what runs now; False when nothing did, or the server could not be asked."""
        conversation = self._conversation
        if self.running is None or conversation is None or conversation.lost:
            return False
        self._cancelled = True
        try:
            await conversation.cancel()
        except psycopg.Error as error:
            _log.warning("A statement could not be cancelled: %s", error)
            return False
        return True

    async def close(self) -> None:
        """End the connection; a statement that still runs is over, its answer is Lost."""
        self._closed = True
        running = self.running
        if running is not None:
            await self.cancel()
            running.task.cancel()
            await asyncio.wait({running.task})
        await self._hang_up()

    async def waiting(self) -> Waiting:
        """What it waits for now, as far as that can be seen."""
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
            answer = await self._perform_all(one_by_one(typed), start)
            if self._closed:
                return self._over()
            # What needs no connection, such as \x, is in no session.
            ran = isinstance(answer, Lost) or self._conversation is not None
            return replace(answer, second=self.second) if ran else answer
        except asyncio.CancelledError:
            if not self._closed:
                raise
            await self._hang_up()
            return self._over()
        finally:
            self._backstage.statement_ended()

    def _over(self) -> Lost:
        return Lost(sqlstate=None, text="The session was closed while this ran: the ride is over.")

    async def _perform_all(self, typed: tuple[Typed, ...], start: float) -> Finished | Failed | Lost:
        """One after the other, also after an error, as psql does; a lost session or a Cancel ends it."""
        answers: list[Finished | Failed] = []
        statements = sum(isinstance(one, Statement) for one in typed)
        for number, one in enumerate(typed):
            answer = await self._perform_or_lose(one, goes_on=number > 0)
            unsent = len(typed) - number - 1
            if isinstance(answer, Lost):
                return lost_after(answers, answer, unsent=unsent)
            answers.append(answer)
            if self._cancelled:
                break
        return together(answers, self._clock() - start, statements=statements, unsent=unsent)

    async def _perform_or_lose(self, typed: Typed, *, goes_on: bool) -> Finished | Failed | Lost:
        try:
            return await self._perform_one(typed, self._clock(), goes_on=goes_on)
        except RowTooLargeError:
            await self._hang_up()
            size = self._limits.row_bytes // (1024 * 1024)
            return Lost(
                sqlstate=None,
                text=f"One row was larger than {size} MB, too large to read, so your session was ended. "
                f"Ask for less, such as left(column, 1000) or length(column). {_NEXT}",
            )
        except psycopg.OperationalError as error:
            fatal = self._conversation.last_fatal if self._conversation is not None else None
            return await self._lost(error.sqlstate or fatal)

    async def _perform_one(  # noqa: PLR0911
        self, typed: Typed, start: float, *, goes_on: bool
    ) -> Finished | Failed | Lost:
        if isinstance(typed, MetaCommand) and typed.name in {r"\c", r"\connect"}:
            return await self._connect(typed.argument, start)
        if isinstance(typed, MetaCommand) and not typed.describes and typed.name != r"\conninfo":
            return self._finished((), self._own(typed), start)
        conversation = self._conversation
        if conversation is not None and not await conversation.look():
            lost = await self._lost(conversation.last_fatal)
            return Lost(
                sqlstate=lost.sqlstate, text=f"{lost.text} This statement was not sent: send it again."
            )
        if conversation is None:
            try:
                conversation = await self._open(self._database)
            except psycopg.Error as error:
                return _unreachable(error)
        if isinstance(typed, Statement):
            return await self._send(conversation, typed, start, goes_on=goes_on)
        assert isinstance(typed, MetaCommand)  # noqa: S101 - the rest never gets here
        if typed.name == r"\conninfo":
            return self._finished((), self._conninfo(conversation), start)
        return await self._describe(conversation, typed, start)

    async def _send(
        self, conversation: Conversation, statement: Statement, start: float, *, goes_on: bool
    ) -> Finished | Failed | Lost:
        try:
            parts = await conversation.run(statement.sql, goes_on=goes_on)
        except UnicodeEncodeError as error:
            character = error.object[error.start : error.end]
            encoding = conversation.client_encoding
            text = (
                f"{character!r} can't be sent in your session's client_encoding, {encoding}. "
                "RESET client_encoding; brings back UTF8."
            )
            return self._failed((), text, None, start)
        self._settings.note(statement.sql, parts, conversation.transaction)
        return await self._answer(conversation, parts, start, expanded=statement.expanded)

    async def _answer(
        self, conversation: Conversation, parts: tuple[Part, ...], start: float, *, expanded: bool
    ) -> Finished | Failed | Lost:
        fault = next((part for part in parts if isinstance(part, Fault)), None)
        if conversation.lost:
            return await self._lost(fault.sqlstate if fault else conversation.last_fatal)
        if conversation.encoding == "ascii" and _beyond_ascii(parts):
            unread = f"Not all of this can be read in client_encoding {conversation.client_encoding}"
            parts = (*parts, Notice(text=f"({unread}: RESET client_encoding; brings back UTF8.)"))
        display = Display(
            expanded=True if expanded else self._switches.expanded,
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
                conversation, command.name, command.words, expanded=self._switches.expanded
            )
        except SandboxError:
            if conversation.lost:
                return await self._lost(conversation.last_fatal)
            _log.exception("psql did not answer %s", command.name)
            text = (
                f"{command.name} can't be answered right now. Send it again, or ask the catalogs with SELECT."
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
                self._switches.timing = _switched(command.argument, now=self._switches.timing)
                return f"Timing is {'on' if self._switches.timing else 'off'}."
            case _:
                return HELP

    def _switch_expanded(self, argument: str) -> str:
        if argument.lower() == "auto":
            self._switches.expanded = None
            return "Expanded display is used automatically."
        self._switches.expanded = _switched(argument, now=self._switches.expanded is not False)
        return f"Expanded display is {'on' if self._switches.expanded else 'off'}."

    def _conninfo(self, conversation: Conversation) -> str:
        version = conversation.connection.pgconn.parameter_status(b"server_version") or b""
        return (
            f'You are connected to database "{conversation.database}" as user "{conversation.user}", '
            f"server process {conversation.pid}, PostgreSQL {version.decode('ascii', 'replace')}."
        )

    async def _connect(self, argument: str, start: float) -> Finished | Failed | Lost:
        database = argument[1:-1].replace('""', '"') if argument[:1] == argument[-1:] == '"' else argument
        if "=" in database or "://" in database or (database == argument and len(argument.split()) > 1):
            text = "Here, \\c takes only the name of a database, such as \\c app_db; you stay the same user."
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
        text = f'You are now connected to database "{conversation.database}" as user "{conversation.user}".'
        return self._finished((), text, start)

    async def _open(self, database: str | None) -> Conversation:
        connection = await self._connected(database)
        self._conversation = Conversation(connection, self._limits)
        self._settings = Settings()
        self._database = self._conversation.database
        return self._conversation

    async def _connected(self, database: str | None) -> AsyncConnection[TupleRow]:
        if self._like is None or not self._like.options:
            return await self._backstage.connect(database)
        try:
            return await self._backstage.connect(database, self._like.options)
        except psycopg.OperationalError:
            # A value that holds no more, such as a role that is gone: without them, and told so.
            connection = await self._backstage.connect(database)
            self._unlike = self._like.texts
            return connection

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
            results=_results(parts, encoding),
            text=self._timed(harmless(text), seconds if parts else None),
            seconds=seconds,
            transaction=self._conversation.transaction if self._conversation else "",
            database=self._database or "",
            notices=tuple(harmless(part.text) for part in parts if isinstance(part, Notice)),
        )

    def _failed(self, parts: tuple[Part, ...], text: str, sqlstate: str | None, start: float) -> Failed:
        seconds = self._clock() - start
        encoding = self._conversation.encoding if self._conversation else "utf-8"
        faults = tuple(harmless(part.text) for part in parts if isinstance(part, Fault))
        return Failed(
            sqlstate=sqlstate,
            text=self._timed(harmless(text), seconds if parts else None),
            seconds=seconds,
            transaction=self._conversation.transaction if self._conversation else "",
            database=self._database or "",
            errors=faults or (harmless(text),),
            results=_results(parts, encoding),
        )

    def _timed(self, text: str, seconds: float | None) -> str:
        if not self._switches.timing or seconds is None:
            return text
        return f"{text}\nTime: {seconds * 1000:.3f} ms".lstrip("\n")


def _results(parts: tuple[Part, ...], encoding: str) -> tuple[ResultSet, ...]:
    return tuple(decoded(part, encoding) for part in parts if isinstance(part, Rows))


def _beyond_ascii(parts: tuple[Part, ...]) -> bool:
    kept = (value for part in parts if isinstance(part, Rows) for row in part.kept for value in row)
    return any(value is not None and not value.isascii() for value in kept)


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
