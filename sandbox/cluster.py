"""The recipe of a data directory: initdb, settings, roles, databases, lockdown, the scenario's data.

Tried against escapes and resource bombs by the tests; what the pieces are for is said in the files.
"""

import asyncio
import functools
import hashlib
import json
import os
import secrets
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path

import psycopg
from psycopg import AsyncConnection, sql
from psycopg.rows import TupleRow

from sandbox import queries
from sandbox.account import Account
from sandbox.binaries import Binaries
from sandbox.child import become_child
from sandbox.errors import SandboxError
from sandbox.folders import make_socket_folder, remove
from sandbox.groups import OBSERVER, actors_of
from sandbox.provider import Progress
from scenarios.model import Database, Scenario

FILES = ("sandbox.conf", "roles.sql", "lockdown.sql", "signals.sql", "cluster.py")
BUILD_PORT = 5432
"""Only the socket's name: a server under construction listens on no address."""
STARTUP_SECONDS = 60.0
OPTIONS = "-c search_path=pg_catalog -c pg_stat_statements.track=none"


def recipe_digest() -> str:
    """Changes when the recipe does, so that templates made by an older one are not used."""
    digest = hashlib.sha256()
    for name in FILES:
        digest.update(files("sandbox").joinpath(name).read_bytes())
    return digest.hexdigest()


def scenario_digest(scenario: Scenario) -> str:
    """Changes when what the template holds does: the databases' setup and the actors' roles."""
    digest = hashlib.sha256(scenario.version.encode())
    digest.update(json.dumps([actor.model_dump(mode="json") for actor in scenario.actors]).encode())
    digest.update(f"{scenario.waiters} {scenario.blocker} {scenario.groups!r}".encode())
    for database in scenario.databases:
        digest.update(f"{database.name}\0".encode())
        digest.update((Path(scenario.folder) / database.setup).read_bytes())
    return digest.hexdigest()


async def build_cluster(
    scenario: Scenario, binaries: Binaries, account: Account, data: Path, progress: Progress
) -> str:
    """Make the data directory `data` (its parent must be writable for the account); gives the signals' key.

    Raises SandboxError with what PostgreSQL said.
    """
    progress("Making a database cluster (initdb)")
    await _initdb(binaries, account, data)
    _write(data / "postgresql.conf", _settings(binaries), account)
    _write(data / "pg_hba.conf", "local all observer trust\n", account)
    key = secrets.token_hex(16)
    async with _server(binaries, account, data) as socket:
        progress("Setting up roles and lockdown")
        await _set_up(scenario, socket, key)
        for database in scenario.databases:
            progress(f"Loading {database.name}")
            await _load(scenario, database, socket)
    _write(data / "pg_hba.conf", access_rules(scenario), account)
    return key


def access_rules(scenario: Scenario) -> str:
    """pg_hba.conf: actors by the private socket into their databases, those who ride by TCP; nobody else."""
    actors = sorted({(actor.database, actor.role) for actor in scenario.actors})
    return "\n".join(
        [
            "# The socket's folder is private to the account that the server runs as.",
            f"local postgres {OBSERVER} trust",
            *(f'local "{database}" "{role}" trust' for database, role in actors),
            "host all +ride_people 127.0.0.1/32 scram-sha-256",
            "",
        ]
    )


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


def _settings(binaries: Binaries) -> str:
    text = files("sandbox").joinpath("sandbox.conf").read_text(encoding="utf-8")
    # From 18 on, reads go through worker processes unless told otherwise; a sandbox has no use for them.
    return text + ("io_method = sync\n" if binaries.major >= 18 else "")


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
            connection = await _connect(socket, "postgres")
        except psycopg.OperationalError as error:
            if process.returncode is not None:
                raise SandboxError(f"PostgreSQL did not start:\n{await said}") from error
            if asyncio.get_running_loop().time() > deadline:
                raise SandboxError(
                    f"PostgreSQL did not answer in {STARTUP_SECONDS:.0f} s: {error}"
                ) from error
            await asyncio.sleep(0.01)
        else:
            await connection.close()
            return


async def _connect(socket: Path, database: str) -> AsyncConnection[TupleRow]:
    return await AsyncConnection.connect(
        host=str(socket),
        port=BUILD_PORT,
        user=OBSERVER,
        dbname=database,
        autocommit=True,
        options=OPTIONS,
        prepare_threshold=None,
    )


async def _set_up(scenario: Scenario, socket: Path, key: str) -> None:
    signals = sql.SQL(queries.script("signals")).format(key=sql.Literal(key))
    async with await _connect(socket, "postgres") as connection:
        await connection.execute(queries.script("roles"))
    for template in ("template1", "postgres"):
        async with await _connect(socket, template) as connection:
            await connection.execute(queries.script("lockdown"))
            await connection.execute(signals)
    async with await _connect(socket, "postgres") as connection:
        await _make_actor_roles(scenario, connection)
        for database in scenario.databases:
            await _make_database(scenario, database, connection)


async def _make_actor_roles(scenario: Scenario, connection: AsyncConnection[TupleRow]) -> None:
    for role in sorted({actor.role for actor in scenario.actors}):
        name = sql.Identifier(role)
        await connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(name))
        if any(actor.role == role and actor.owns_tables for actor in scenario.actors):
            # A migration must be allowed to change what it migrates.
            await connection.execute(sql.SQL("GRANT app_owner TO {}").format(name))
    for role in sorted({actor.role for actor in actors_of(scenario, scenario.waiters)}):
        name = sql.Identifier(role)
        # A wait for a lock is logged once it is as long as the deadlock timeout, a statement that took longer
        # than the other after it has committed: together they tell that a queued write drained.
        for setting, value in (("deadlock_timeout", "100ms"), ("log_min_duration_statement", "50ms")):
            await connection.execute(
                sql.SQL("ALTER ROLE {} SET {} = {}").format(name, sql.Identifier(setting), sql.Literal(value))
            )


async def _make_database(
    scenario: Scenario, database: Database, connection: AsyncConnection[TupleRow]
) -> None:
    name = sql.Identifier(database.name)
    roles = sorted({actor.role for actor in scenario.actors if actor.database == database.name})
    allowed = sql.SQL(", ").join(sql.Identifier(role) for role in ("ride_people", *roles))
    await connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
    await connection.execute(sql.SQL("REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC").format(name))
    await connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, allowed))


async def _load(scenario: Scenario, database: Database, socket: Path) -> None:
    """Run the scenario's setup as the tables' owner, in one transaction."""
    path = Path(scenario.folder) / database.setup
    text = path.read_text(encoding="utf-8")
    async with await _connect(socket, database.name) as connection:
        await connection.execute("SET SESSION AUTHORIZATION app_owner")
        await connection.execute("SET search_path = public")
        try:
            await connection.execute(text.encode())
        except psycopg.Error as error:
            position = int(error.diag.statement_position or 1)
            line = text.count("\n", 0, position - 1) + 1
            said = error.diag.message_primary or str(error)
            raise SandboxError(f"{path}:{line}: {said}") from error
    async with await _connect(socket, database.name) as connection:
        await connection.execute("VACUUM (ANALYZE)")
