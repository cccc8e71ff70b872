"""Steers what runs in a container through the server in it: no other way in is needed, wherever it runs.

The observer is a superuser, and so has the server write the files that the entry script reads, and run its
programs (PostgreSQL's documentation, "COPY": a superuser or a member of pg_write_server_files and
pg_execute_server_program can; those who ride are neither).
"""

import asyncio
import math
import shlex
import time
from datetime import timedelta
from secrets import token_hex

import psycopg
from psycopg import sql

from sandbox.containers import container
from sandbox.errors import SandboxGoneError
from sandbox.provider import CheckResult
from sandbox.server.actors import SPARE_SECONDS, STATEMENT_SPARE_MS, no_answer, outcome
from sandbox.server.groups import CHECK_APPLICATION
from sandbox.server.housing import StageName
from sandbox.server.observer import Observer
from scenarios.model.scenario import Actor

ANSWER_SECONDS = 2.0
KILLED = 137
"""The exit code of what `timeout -s KILL` has ended."""
READ_FILE = sql.SQL("SELECT pg_catalog.pg_read_file({})")
RUN = sql.SQL("COPY (SELECT 1 WHERE false) TO PROGRAM {}")
"""No row is written to it: where a program ends before it reads one, the server fails with a broken pipe."""


class Steering:
    """What the housings in containers have in common."""

    def __init__(self, sandbox: str, observer: Observer) -> None:
        self._sandbox = sandbox
        self._observer = observer

    async def begin(self, stage: StageName) -> None:
        """Have the entry script start a stage. Raises SandboxGoneError."""
        await self._observer.write_file(str(container.stage_file(stage)), "go")

    async def renew(self, lease: timedelta) -> None:
        """The container ends by itself this long from now. Raises SandboxGoneError."""
        await self._observer.write_file(str(container.DEADLINE), str(deadline(lease)))

    async def run_once(self, actor: Actor, lock_timeout: timedelta) -> CheckResult:
        """Run the actor's script once, beside the server. Raises SandboxGoneError."""
        milliseconds = round(lock_timeout / timedelta(milliseconds=1))
        limit = lock_timeout.total_seconds() + SPARE_SECONDS
        file = str(container.HOME / f"check.{token_hex(8)}")
        command = shlex.join(
            [
                *("/bin/sh", str(container.IMAGE / "check.sh"), file, str(math.ceil(limit))),
                *(str(milliseconds), str(milliseconds + STATEMENT_SPARE_MS)),
                *(actor.name, actor.database, actor.role, CHECK_APPLICATION),
            ]
        )
        try:
            async with asyncio.timeout(limit + ANSWER_SECONDS):
                said = await self._run(command, file)
        except TimeoutError:
            return no_answer(actor, limit)
        except psycopg.OperationalError as error:
            raise SandboxGoneError(f"The sandbox {self._sandbox} does not answer: {error}") from error
        words, _, code = said.rstrip().rpartition("exit ")
        return no_answer(actor, limit) if int(code) == KILLED else outcome(actor, int(code), words)

    async def _run(self, command: str, file: str) -> str:
        """Run a program that writes a file; gives the file's text, and removes it."""
        async with await self._observer.connect() as connection:
            await connection.execute(RUN.format(sql.Literal(command)))
            row = await (await connection.execute(READ_FILE.format(sql.Literal(file)))).fetchone()
            remove = sql.Literal(shlex.join(["rm", "-f", file]))
            await connection.execute(RUN.format(remove))
        return "" if row is None else str(row[0])


def deadline(lease: timedelta) -> int:
    """The Unix time this long from now, in whole seconds: no earlier."""
    return math.ceil(time.time() + lease.total_seconds())
