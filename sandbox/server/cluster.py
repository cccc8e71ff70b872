"""The recipe of a data directory: settings, access rules, roles, databases, lockdown, the scenario's data.

Tried against escapes and resource bombs by the tests; what the pieces are for is said in the files.
"""

import hashlib
import json
import secrets
from importlib.resources import files
from pathlib import Path

import psycopg
from psycopg import AsyncConnection, sql
from psycopg.rows import TupleRow

from sandbox.errors import SandboxError
from sandbox.provider import Progress
from sandbox.server import queries
from sandbox.server.groups import OBSERVER, actors_of
from scenarios.model.scenario import Database, Scenario

FILES = tuple(
    f"server/{name}" for name in ("sandbox.conf", "roles.sql", "lockdown.sql", "signals.sql", "cluster.py")
)
LOOPBACK_PEOPLE = "host all +ride_people 127.0.0.1/32 scram-sha-256"
"""Those who ride come by TCP."""
SOCKET_PEOPLE = "local all +ride_people scram-sha-256"
"""Those who ride come by the socket, as everybody: the server has no network."""
NETWORK_RULES = """\
host postgres observer all scram-sha-256
host all +ride_people all scram-sha-256
"""
"""Where the server has a network, and nobody else is on it, we come by TCP, too."""
BUILD_RULES = "local all observer trust\n"
"""While the cluster is made, only we are let in."""
BUILD_PORT = 5432
"""Only the socket's name: a server under construction listens on no address."""
OPTIONS = "-c search_path=pg_catalog -c pg_stat_statements.track=none"


def recipe_digest(*also: str) -> str:
    """Changes when the recipe does, or another file here: what an older one made is not used then."""
    digest = hashlib.sha256()
    for name in (*FILES, *also):
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


async def answers(socket: Path) -> None:
    """Returns when the server under construction lets us in. Raises psycopg.OperationalError."""
    await (await _connect(socket, "postgres")).close()


async def fill(scenario: Scenario, socket: Path, progress: Progress) -> str:
    """Set up an empty cluster, whose server listens in the folder `socket`; gives the signals' key.

    Raises SandboxError with file and line of a mistake in the scenario's data.
    """
    key = secrets.token_hex(16)
    progress("Setting up roles and lockdown")
    await _set_up(scenario, socket, key)
    for database in scenario.databases:
        progress(f"Loading {database.name}")
        await _load(scenario, database, socket)
    return key


async def run_script(name: str, socket: Path) -> None:
    """Run one more .sql file of this room in the database postgres, as the observer."""
    async with await _connect(socket, "postgres") as connection:
        await connection.execute(queries.script(name))


def access_rules(scenario: Scenario, people: str) -> str:
    """pg_hba.conf: actors by the private socket into their databases, those who ride by the rule `people`."""
    actors = sorted({(actor.database, actor.role) for actor in scenario.actors})
    return "\n".join(
        [
            "# The socket's folder is private to the account that the server runs as.",
            f"local postgres {OBSERVER} trust",
            *(f'local "{database}" "{role}" trust' for database, role in actors),
            people,
            "",
        ]
    )


def settings(major: int) -> str:
    """postgresql.conf for this major version."""
    text = files(__package__).joinpath("sandbox.conf").read_text(encoding="utf-8")
    # From 18 on, reads go through worker processes unless told otherwise; a sandbox has no use for them.
    return text + ("io_method = sync\n" if major >= 18 else "")


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
