"""A data directory made on this machine: initdb, a server under construction, and the recipe on it."""

import asyncio
import functools
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg

from sandbox.embedded.child import become_child
from sandbox.embedded.folders import make_socket_folder, remove
from sandbox.errors import SandboxError
from sandbox.provider import Progress
from sandbox.server.account import Account
from sandbox.server.binaries import Binaries
from sandbox.server.cluster import (
    BUILD_PORT,
    BUILD_RULES,
    LOOPBACK_PEOPLE,
    access_rules,
    answers,
    fill,
    settings,
)
from sandbox.server.groups import OBSERVER
from scenarios.model.scenario import Scenario

STARTUP_SECONDS = 60.0


async def build_cluster(
    scenario: Scenario, binaries: Binaries, account: Account, data: Path, progress: Progress
) -> str:
    """Make the data directory `data` (its parent must be writable for the account); gives the signals' key.

    Raises SandboxError with what PostgreSQL said.
    """
    progress("Making a database cluster (initdb)")
    await _initdb(binaries, account, data)
    _write(data / "postgresql.conf", settings(binaries.major), account)
    _write(data / "pg_hba.conf", BUILD_RULES, account)
    async with _server(binaries, account, data) as socket:
        key = await fill(scenario, socket, progress)
    _write(data / "pg_hba.conf", access_rules(scenario, LOOPBACK_PEOPLE), account)
    return key


async def _initdb(binaries: Binaries, account: Account, data: Path) -> None:
    maker = account.named()
    await asyncio.to_thread(_make_private, data, maker)
    process = await asyncio.create_subprocess_exec(
        binaries.initdb,
        *("-D", str(data), "-U", OBSERVER, "-A", "trust", "-E", "UTF8", "--locale=C"),
        *("--wal-segsize=1", "--no-sync", "--no-instructions"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
        cwd="/",
        user=maker.uid if maker.lent else None,
        group=maker.gid if maker.lent else None,
        extra_groups=[] if maker.lent else None,
        preexec_fn=maker.naming(),
    )
    try:
        said, _ = await process.communicate()
    finally:
        if process.returncode is None:  # we were cancelled
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise SandboxError(f"initdb failed in {data}:\n{said.decode(errors='replace').strip()}")
    account.give_all(data)


def _make_private(folder: Path, owner: Account) -> None:
    folder.mkdir(mode=0o700)
    owner.give(folder)


def _write(path: Path, text: str, account: Account) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    account.give(path)


@asynccontextmanager
async def _server(binaries: Binaries, account: Account, data: Path) -> AsyncIterator[Path]:
    """The server under construction, reached by a private socket only."""
    socket = make_socket_folder(account)
    try:
        process = await asyncio.create_subprocess_exec(
            binaries.postgres,
            *("-D", str(data), "-k", str(socket), "-p", str(BUILD_PORT), "-c", "listen_addresses="),
            *("-c", "logging_collector=off", "-c", "log_destination=stderr"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            cwd="/",
            user=account.uid if account.lent else None,
            group=account.gid if account.lent else None,
            extra_groups=[] if account.lent else None,
            start_new_session=True,  # a Ctrl-C at the terminal is ours to pass on
            preexec_fn=functools.partial(become_child, os.getpid(), signal.SIGQUIT),
        )
        said = asyncio.create_task(_drain(process))
        try:
            await _ready(socket, process, said)
            yield socket
            process.terminate()  # SIGTERM: a shutdown that waits for our own connections, all closed by now
            await process.wait()
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGQUIT)  # at once: what is half built is thrown away
                await process.wait()
            await said
    finally:
        remove(socket)


async def _drain(process: asyncio.subprocess.Process) -> str:
    """The last of what the server said."""
    assert process.stdout is not None  # noqa: S101
    said = b""
    while chunk := await process.stdout.read(4096):
        said = (said + chunk)[-4000:]
    return said.decode(errors="replace").strip()


async def _ready(socket: Path, process: asyncio.subprocess.Process, said: asyncio.Task[str]) -> None:
    deadline = asyncio.get_running_loop().time() + STARTUP_SECONDS
    while True:
        try:
            await answers(socket)
        except psycopg.OperationalError as error:
            if process.returncode is not None:
                raise SandboxError(f"PostgreSQL did not start:\n{await said}") from error
            if asyncio.get_running_loop().time() > deadline:
                raise SandboxError(
                    f"PostgreSQL did not answer in {STARTUP_SECONDS:.0f} s: {error}"
                ) from error
            await asyncio.sleep(0.01)
        else:
            return
