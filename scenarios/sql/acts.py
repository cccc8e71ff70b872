"""What a statement does, in the words of the rules."""

from collections.abc import Collection
from dataclasses import dataclass, field

from scenarios.sql.conditions import Anything, Condition

KINDS = frozenset(
    {
        "aggregate",
        "collation",
        "column",
        "constraint",
        "conversion",
        "database",
        "default privileges",
        "domain",
        "event trigger",
        "extension",
        "foreign data",
        "function",
        "grants",
        "index",
        "language",
        "materialized view",
        "operator",
        "owned",
        "policy",
        "publication",
        "role",
        "rule",
        "schema",
        "sequence",
        "server",
        "statistics",
        "subscription",
        "table",
        "tablespace",
        "temp table",
        "text search",
        "trigger",
        "type",
        "view",
        "other",
    }
)
"""The kinds of objects that rules can name; a name may follow: `table orders`."""

OUTSIDE = frozenset({"database", "role", "tablespace", "temp table", "subscription"})
"""Kinds that are not in a database, or gone with the session: `alters: "*"` passes over them."""

SERVER_FILE_FUNCTIONS = frozenset(
    {
        "lo_export",
        "lo_import",
        "pg_file_read",
        "pg_file_rename",
        "pg_file_unlink",
        "pg_file_write",
        "pg_ls_archive_statusdir",
        "pg_ls_dir",
        "pg_ls_logdir",
        "pg_ls_logicalmapdir",
        "pg_ls_logicalsnapdir",
        "pg_ls_replslotdir",
        "pg_ls_summariesdir",
        "pg_ls_tmpdir",
        "pg_ls_waldir",
        "pg_read_binary_file",
        "pg_read_file",
        "pg_stat_file",
    }
)
"""Functions on the server's files: PostgreSQL's manual, "Generic File Access Functions"; adminpack's."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Read:
    """A relation that a statement reads, and the conditions on datname that its rows must pass."""

    relation: str
    condition: Condition = field(default_factory=Anything)

    def shows(self, database: str, *, ran_in: str) -> bool:
        """Whether rows about `database` can come through, for a statement that ran in `ran_in`."""
        return self.condition.holds(database, ran_in) is not False


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """One statement's doings. Names are as PostgreSQL folds them, without `pg_catalog.` and `public.`."""

    reads: tuple[Read, ...] = ()
    calls: frozenset[str] = field(default_factory=frozenset)
    creates: frozenset[str] = field(default_factory=frozenset)
    """Kinds."""
    drops: frozenset[str] = field(default_factory=frozenset)
    """Kinds, and kinds with the name: `table`, `table orders`."""
    alters: frozenset[str] = field(default_factory=frozenset)
    """The same for any DDL: creates and drops are in here too."""
    reindexes: bool = False
    truncates: frozenset[str] = field(default_factory=frozenset)
    writes: frozenset[str] = field(default_factory=frozenset)
    writes_all_rows: frozenset[str] = field(default_factory=frozenset)
    runs: frozenset[str] = field(default_factory=frozenset)

    def reads_any(self, names: Collection[str], *, shows: str | None, ran_in: str) -> bool:
        """Whether it reads one of these relations, rows about the database `shows` (None: any) included."""
        return any(
            read.relation in names and (shows is None or read.shows(shows, ran_in=ran_in))
            for read in self.reads
        )

    def alters_any(self, names: Collection[str]) -> bool:
        """Whether it is DDL on one of these kinds or objects; `*` for anything that lives in a database."""
        if "*" in names and any(_kind(name) not in OUTSIDE for name in self.alters):
            return True
        return not self.alters.isdisjoint(names)


def _kind(name: str) -> str:
    if name in KINDS:
        return name
    return next((kind for kind in sorted(KINDS, key=len, reverse=True) if name.startswith(kind + " ")), name)
