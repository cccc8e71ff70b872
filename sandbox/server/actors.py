"""The application beside the server: each session of an actor is one pgbench process.

One process a session, so that a session that is terminated takes no other with it.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sandbox.embedded.spec import Client
from sandbox.provider import CheckResult
from sandbox.server.account import Account
from sandbox.server.binaries import Binaries
from sandbox.server.groups import CHECK_APPLICATION
from scenarios.model.scenario import Actor, Scenario

LONGEST_SECONDS = 7 * 24 * 3600
"""How long a client would run; the supervisor ends it with the sandbox."""
LATE_MS = 1000
"""Transactions that should have begun this long ago are skipped: after a blockage no backlog is replayed."""
SPARE_SECONDS = 10.0
"""How much longer than it may wait for a lock a check may take."""
STATEMENT_SPARE_MS = 5000


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """Where the actors of one sandbox play."""

    binaries: Binaries
    account: Account
    scripts: Path
    """The folder with the actors' scripts, one a name."""
    socket_folder: Path
    port: int

    def clients(self, scenario: Scenario) -> list[Client]:
        """The pgbench processes that the supervisor is to run."""
        return [
            Client(
                actor=actor.name,
                stage=actor.stage,
                command=self._command(actor, "-T", str(LONGEST_SECONDS), *pace(actor)),
                environment=self._environment(actor, actor.application),
                reconnects=actor.reconnects,
            )
            for actor in scenario.actors
            for _ in range(actor.sessions)
        ]

    async def run_once(self, actor: Actor, lock_timeout: timedelta) -> CheckResult:
        """Run the actor's script once in its role, waiting at most `lock_timeout` for each lock."""
        milliseconds = round(lock_timeout / timedelta(milliseconds=1))
        process = await asyncio.create_subprocess_exec(
            *self._command(actor, "-t", "1"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env={
                **self._environment(actor, CHECK_APPLICATION),
                "PGOPTIONS": (
                    f"-c lock_timeout={milliseconds}ms "
                    f"-c statement_timeout={milliseconds + STATEMENT_SPARE_MS}ms"
                ),
            },
            cwd="/",
            user=self.account.uid if self.account.lent else None,
            group=self.account.gid if self.account.lent else None,
            extra_groups=[] if self.account.lent else None,
        )
        limit = lock_timeout.total_seconds() + SPARE_SECONDS
        try:
            _, said = await asyncio.wait_for(process.communicate(), limit)
        except TimeoutError:
            return no_answer(actor, limit)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return outcome(actor, process.returncode or 0, said.decode(errors="replace"))

    def _command(self, actor: Actor, *options: str) -> list[str]:
        script = self.scripts / f"{actor.name}.sql"
        return [str(self.binaries.pgbench), "-n", "-c", "1", "-f", str(script), *options]

    def _environment(self, actor: Actor, application: str) -> dict[str, str]:
        return {
            "PATH": "/usr/bin:/bin",
            "LC_ALL": "C",
            "PGHOST": str(self.socket_folder),
            "PGPORT": str(self.port),
            "PGUSER": actor.role,
            "PGDATABASE": actor.database,
            "PGAPPNAME": application,
            "PGCONNECT_TIMEOUT": "10",
        }


def pace(actor: Actor) -> tuple[str, ...]:
    """pgbench's options for the actor's rate of transactions."""
    return () if actor.rate is None else ("-R", f"{actor.rate:g}", "-L", str(LATE_MS))


def outcome(actor: Actor, exit_code: int, said: str) -> CheckResult:
    """What a check has come to, by pgbench's exit code and what it said."""
    if exit_code == 0:
        return CheckResult(passed=True, detail=f"{actor.application}'s writes commit again.")
    return CheckResult(passed=False, detail=f"{actor.application} still fails: {_reason(said)}")


def no_answer(actor: Actor, seconds: float) -> CheckResult:
    """A check that has come to nothing in time."""
    return CheckResult(passed=False, detail=f"{actor.application} got no answer in {seconds:.0f} s.")


def _reason(said: str) -> str:
    """What PostgreSQL said, out of what pgbench made of it."""
    for line in said.splitlines():
        _, mark, rest = line.partition("ERROR:")
        if mark:
            return rest.strip()
    lines = said.strip().splitlines()
    return lines[-1] if lines else "pgbench gave no reason"
