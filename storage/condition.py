"""How a database is before Ride uses it: its server, its tables, who leads, and what is in the way."""

from dataclasses import dataclass

from sqlalchemy import Connection, Engine, column, table, text, update
from sqlalchemy.engine import Row

from storage import schema
from storage.connecting import LEADER_KEY, OLDEST_SERVER
from storage.tables import Base

_FORBIDDEN = """
    SELECT relname FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relname = ANY (:tables)
      AND NOT (has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')
               AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE'))
    ORDER BY relname
"""
_LEADER = """
    SELECT a.pid, a.usename, coalesce(host(a.client_addr), 'the same machine') AS host
    FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND l.classid::bigint = :high AND l.objid::bigint = :low
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """How a database is."""

    name: str
    """As messages call it, without a password."""
    server: str
    tables: schema.Version
    leader: str | None
    """Who runs the rides there now, if anybody."""
    problems: tuple[str, ...]
    """What keeps Ride from working with it, each with what to do."""


def look(engine: Engine, name: str) -> Condition:
    """Look at a database and change nothing. Raises DatabaseTooNewError and the driver's errors."""
    tables = schema.read_version(engine, name)
    problems = []
    if not tables.is_current:
        state = f"Its tables are at {tables.found}" if tables.found else "It has no tables of Ride's yet"
        problems.append(f"{state}. Run `ride db upgrade`.")
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            server = f"SQLite {connection.scalar(text('SELECT sqlite_version()'))}"
            leader = None
        else:
            server = f"PostgreSQL {connection.scalar(text('SHOW server_version'))}"
            leader = _leader(connection)
            problems += _hindrances(connection)
        if tables.found is not None and not problems:
            _write(connection)
    return Condition(name=name, server=server, tables=tables, leader=leader, problems=tuple(problems))


def _leader(connection: Connection) -> str | None:
    halves = {"high": LEADER_KEY >> 32, "low": LEADER_KEY & 0xFFFFFFFF}
    found: Row[tuple[int, str, str]] | None = connection.execute(text(_LEADER), halves).first()
    return None if found is None else f"a Ride on {found.host} (session {found.pid}, user {found.usename})"


def _hindrances(connection: Connection) -> list[str]:
    problems = []
    if int(connection.scalar(text("SHOW server_version_num")) or 0) < OLDEST_SERVER * 10_000:
        problems.append(f"Ride needs PostgreSQL {OLDEST_SERVER} or later for its own database.")
    if connection.scalar(text("SELECT pg_is_in_recovery()")):
        problems.append("It is a read-only replica. Point RIDE_DATABASE_URL at the primary.")
    tables = {"tables": list(Base.metadata.tables)}
    if forbidden := list(connection.scalars(text(_FORBIDDEN), tables)):
        problems.append(
            f"Its user is not allowed to read and write {', '.join(forbidden)}. Make it the owner of the "
            "tables, or grant it SELECT, INSERT, UPDATE and DELETE on them."
        )
    return problems


def _write(connection: Connection) -> None:
    """Write, and take it back. Raises the driver's error where that is refused."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))
    version = table(schema.VERSION_TABLE, column("version_num"))
    connection.execute(update(version).values(version_num=version.c.version_num))
    connection.rollback()
