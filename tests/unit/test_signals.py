"""What SQL does, read from its syntax tree: a table of texts and what they must be seen to do."""

import time

import pytest

from scenarios.sql.acts import Act
from scenarios.sql.signals import acts_of

NOTHING: dict[str, object] = {}


def summary(text: str, prepared: str | None = None, *, ran_in: str = "app_db") -> dict[str, object]:
    """The acts of a text merged into the words that are true of them; `shows` is about app_db."""
    acts = acts_of(text, prepared)
    found: dict[str, object] = {
        "reads": {read.relation for act in acts for read in act.reads},
        "hides": {
            read.relation for act in acts for read in act.reads if not read.shows("app_db", ran_in=ran_in)
        },
        "reindexes": any(act.reindexes for act in acts),
    }
    for word in ("calls", "creates", "drops", "alters", "truncates", "writes", "writes_all_rows", "runs"):
        found[word] = set().union(*(getattr(act, word) for act in acts))
    return {word: value for word, value in found.items() if value}


READS = [
    ("SELECT * FROM pg_stat_activity", {"pg_stat_activity"}),
    ("select * from PG_STAT_ACTIVITY", {"pg_stat_activity"}),
    ("TABLE pg_stat_activity", {"pg_stat_activity"}),
    ("SELECT * FROM pg_catalog.pg_stat_activity", {"pg_stat_activity"}),
    ("SELECT 1 FROM public.orders", {"orders"}),
    ("SELECT 1 FROM other.orders", {"other.orders"}),
    ("SELECT 1 FROM public.pg_stat_activity", {"public.pg_stat_activity"}),
    ('SELECT 1 FROM "PG_STAT_ACTIVITY"', {"PG_STAT_ACTIVITY"}),
    ("SELECT (SELECT count(*) FROM pg_locks)", {"pg_locks"}),
    ("SELECT 1 WHERE EXISTS (SELECT 1 FROM pg_locks l WHERE l.pid = 1)", {"pg_locks"}),
    ("SELECT * FROM a JOIN b ON a.x = b.x LEFT JOIN c USING (x), d", {"a", "b", "c", "d"}),
    ("SELECT * FROM a JOIN b ON a.x = (SELECT max(x) FROM c)", {"a", "b", "c"}),
    ("SELECT * FROM (SELECT * FROM (SELECT * FROM pg_locks) x) y", {"pg_locks"}),
    ("SELECT 1 FROM a UNION SELECT 2 FROM b EXCEPT SELECT 3 FROM c", {"a", "b", "c"}),
    ("WITH w AS (SELECT * FROM pg_locks) SELECT * FROM w", {"pg_locks"}),
    ("WITH pg_stat_activity AS (SELECT 1) SELECT * FROM pg_stat_activity", set()),
    ("WITH a AS (SELECT * FROM a) SELECT * FROM a", {"a"}),
    ("WITH a AS (SELECT 1), b AS (SELECT * FROM a) SELECT * FROM b", set()),
    ("WITH RECURSIVE r AS (SELECT pid FROM pg_locks UNION SELECT pid FROM r) SELECT * FROM r", {"pg_locks"}),
    ("SELECT * FROM a, LATERAL (SELECT * FROM b WHERE b.x = a.x) l", {"a", "b"}),
    ("SELECT * FROM a ORDER BY (SELECT max(x) FROM b)", {"a", "b"}),
    ("SELECT x FROM a GROUP BY x HAVING count(*) > (SELECT 1 FROM b)", {"a", "b"}),
    ("VALUES ((SELECT 1 FROM a))", {"a"}),
    ("SELECT * FROM a FOR UPDATE OF a", {"a"}),
    ("DECLARE c CURSOR FOR SELECT * FROM pg_stat_activity", {"pg_stat_activity"}),
    ("FETCH 10 FROM c", set()),
    ("COPY pg_stat_activity TO STDOUT", {"pg_stat_activity"}),
    ("COPY (SELECT * FROM pg_locks) TO STDOUT", {"pg_locks"}),
    ("EXPLAIN SELECT * FROM pg_stat_activity", set()),
    ("EXPLAIN (ANALYZE false) SELECT * FROM pg_stat_activity", set()),
    ("EXPLAIN (ANALYZE off, VERBOSE) SELECT * FROM pg_stat_activity", set()),
    ("EXPLAIN (ANALYZE 0) SELECT * FROM pg_stat_activity", set()),
    ("EXPLAIN ANALYZE SELECT * FROM pg_stat_activity", {"pg_stat_activity"}),
    ("EXPLAIN (ANALYZE) SELECT * FROM pg_stat_activity", {"pg_stat_activity"}),
    ("EXPLAIN (ANALYZE true, BUFFERS) SELECT * FROM pg_stat_activity", {"pg_stat_activity"}),
    ("EXPLAIN (ANALYZE 'on') SELECT * FROM pg_stat_activity", {"pg_stat_activity"}),
    ("EXPLAIN (ANALYZE 1) SELECT * FROM pg_stat_activity", {"pg_stat_activity"}),
    ("PREPARE p AS SELECT * FROM pg_stat_activity", set()),
    ("DO $$ BEGIN PERFORM * FROM pg_stat_activity; END $$", set()),
    ("CREATE VIEW v AS SELECT * FROM pg_stat_activity", set()),
    (
        "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM pg_stat_activity'",
        set(),
    ),
    (
        "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql "
        "BEGIN ATOMIC SELECT count(*) FROM pg_stat_activity; END",
        set(),
    ),
    ("CREATE MATERIALIZED VIEW v AS SELECT * FROM pg_locks WITH NO DATA", set()),
    ("BEGIN; SELECT * FROM pg_stat_activity; ROLLBACK", {"pg_stat_activity"}),
    ("SELECT 1; ; SELECT * FROM pg_locks;", {"pg_locks"}),
    ("/* pg_locks */ SELECT 'pg_stat_activity' -- FROM pg_locks", set()),
    ("INSERT INTO notes SELECT * FROM pg_locks", {"pg_locks"}),
    ("UPDATE orders o SET total = 1 FROM customers c WHERE c.id = o.customer_id", {"customers"}),
    ("DELETE FROM orders USING customers c WHERE c.id = customer_id", {"customers"}),
    ("MERGE INTO orders o USING customers c ON c.id = o.id WHEN MATCHED THEN DELETE", {"customers"}),
    ("WITH d AS (DELETE FROM a RETURNING (SELECT 1 FROM b)) SELECT 1", {"b"}),
    ("LOCK TABLE orders", set()),
    ("TRUNCATE orders", set()),
    ("VACUUM orders", set()),
    ("SELECT * FROM pg_stat_activity WHERE", set()),
    ("", set()),
    ("\\d orders", set()),
]


@pytest.mark.parametrize(("text", "reads"), READS)
def test_reads(text: str, reads: set[str]) -> None:
    assert summary(text).get("reads", set()) == reads


FILTERS = [
    ("", True),
    ("datname = 'app_db'", True),
    ("datname = 'analytics_db'", False),
    ("'analytics_db' = datname", False),
    ("a.datname = 'analytics_db'", False),
    ("pg_stat_database.datname = 'analytics_db'", True),
    ("datname::text = 'analytics_db'::name", False),
    ("datname <> 'app_db'", False),
    ("datname != 'analytics_db'", True),
    ("NOT datname = 'app_db'", False),
    ("datname IN ('app_db', 'analytics_db')", True),
    ("datname IN ('analytics_db', 'postgres')", False),
    ("datname NOT IN ('app_db')", False),
    ("datname = ANY (ARRAY['analytics_db'])", False),
    ("datname <> ALL (ARRAY['app_db'])", False),
    ("datname LIKE 'app%'", True),
    ("datname LIKE 'analytics%'", False),
    ("datname NOT LIKE 'app%'", False),
    ("datname NOT LIKE 'app\\_d_'", False),
    ("datname ILIKE 'APP%'", True),
    ("datname ILIKE 'ANA%'", False),
    ("datname = current_database()", True),
    ("datname = pg_catalog.current_database()", True),
    ("datname <> current_database()", False),
    ("datname = current_catalog", True),
    ("datname IS NULL", False),
    ("datname IS NOT NULL", True),
    ("state = 'active' AND datname = 'analytics_db' AND pid > 1", False),
    ("state = 'active' AND (pid > 1 AND datname = 'analytics_db')", False),
    ("state = 'active' OR datname = 'analytics_db'", True),
    ("datname = 'analytics_db' OR datname = 'postgres'", False),
    ("datname = $1", True),
    ("datname = lower('ANALYTICS_DB')", True),
    ("false", False),
]


@pytest.mark.parametrize(("condition", "shows"), FILTERS)
def test_conditions_on_datname(condition: str, shows: bool) -> None:
    where = f" WHERE {condition}" if condition else ""
    assert ("hides" not in summary(f"SELECT * FROM pg_stat_activity a{where}")) is shows


def test_current_database_is_the_one_the_statement_ran_in() -> None:
    text = "SELECT * FROM pg_stat_activity WHERE datname = current_database()"
    assert "hides" not in summary(text, ran_in="app_db")
    assert summary(text, ran_in="analytics_db")["hides"] == {"pg_stat_activity"}


@pytest.mark.parametrize(
    ("text", "shows"),
    [
        ("SELECT * FROM (SELECT * FROM pg_stat_activity) s WHERE s.datname = 'analytics_db'", False),
        ("SELECT * FROM (SELECT * FROM pg_stat_activity WHERE datname = 'x') s", False),
        ("WITH s AS (SELECT * FROM pg_stat_activity) SELECT * FROM s WHERE datname = 'x'", False),
        ("WITH s AS (SELECT * FROM pg_stat_activity) SELECT * FROM s", True),
        ("SELECT * FROM pg_stat_activity a JOIN t ON a.datname = 'x'", False),
        ("SELECT * FROM pg_stat_activity a LEFT JOIN t ON a.datname = 'x'", True),
        ("SELECT * FROM pg_stat_activity a JOIN pg_database d ON d.oid = a.datid AND d.datname = 'x'", True),
        ("SELECT * FROM pg_stat_activity WHERE datname = 'x' UNION ALL SELECT * FROM pg_stat_activity", True),
    ],
)
def test_conditions_further_out_and_further_in(text: str, shows: bool) -> None:
    reads = [read for act in acts_of(text) for read in act.reads if read.relation == "pg_stat_activity"]
    assert any(read.shows("app_db", ran_in="app_db") for read in reads) is shows


DOES: list[tuple[str, dict[str, object]]] = [
    ("SELECT pg_blocking_pids(1)", {"calls": {"pg_blocking_pids"}}),
    ("SELECT pg_catalog.pg_blocking_pids(1)", {"calls": {"pg_blocking_pids"}}),
    ("SELECT public.pg_blocking_pids(1)", {"calls": {"public.pg_blocking_pids"}}),
    ("SELECT 1 WHERE pg_reload_conf()", {"calls": {"pg_reload_conf"}}),
    ("CALL tidy_up(pg_backend_pid())", {"calls": {"tidy_up", "pg_backend_pid"}}),
    ("EXPLAIN SELECT pg_reload_conf()", NOTHING),
    ("PREPARE p AS SELECT pg_reload_conf()", NOTHING),
    ("CREATE VIEW v AS SELECT pg_reload_conf()", {"creates": {"view"}, "alters": {"view"}}),
    ("SELECT pg_read_file('x')", {"calls": {"pg_read_file"}, "runs": {"server file"}}),
    ("SELECT * FROM pg_ls_dir('.')", {"calls": {"pg_ls_dir"}, "runs": {"server file"}}),
    ("SELECT lo_import('/etc/passwd')", {"calls": {"lo_import"}, "runs": {"server file"}}),
    ("COPY orders TO '/tmp/x'", {"reads": {"orders"}, "runs": {"server file"}}),
    ("COPY orders FROM '/tmp/x'", {"writes": {"orders"}, "runs": {"server file"}}),
    ("COPY orders FROM PROGRAM 'id'", {"writes": {"orders"}, "runs": {"copy program"}}),
    ("COPY (SELECT 1) TO PROGRAM 'id'", {"runs": {"copy program"}}),
    ("COPY orders FROM STDIN", {"writes": {"orders"}}),
    ("ALTER SYSTEM SET work_mem = '1MB'", {"runs": {"alter system"}}),
    ("ALTER SYSTEM RESET ALL", {"runs": {"alter system"}}),
    ("SET work_mem = '1MB'", NOTHING),
    ("BEGIN; COMMIT", NOTHING),
    ("INSERT INTO orders VALUES (1)", {"writes": {"orders"}}),
    ("INSERT INTO other.orders DEFAULT VALUES", {"writes": {"other.orders"}}),
    ("UPDATE orders SET a = 1 WHERE id = 1", {"writes": {"orders"}}),
    ("UPDATE orders SET a = 1", {"writes": {"orders"}, "writes_all_rows": {"orders"}}),
    ("DELETE FROM orders WHERE id > 5", {"writes": {"orders"}}),
    ("DELETE FROM public.orders", {"writes": {"orders"}, "writes_all_rows": {"orders"}}),
    ("DELETE FROM orders WHERE true", {"writes": {"orders"}, "writes_all_rows": {"orders"}}),
    ("DELETE FROM orders WHERE 1 = 1", {"writes": {"orders"}, "writes_all_rows": {"orders"}}),
    (
        "DELETE FROM orders WHERE 'a' = 'a' AND NOT false",
        {"writes": {"orders"}, "writes_all_rows": {"orders"}},
    ),
    ("DELETE FROM orders WHERE id = id", {"writes": {"orders"}, "writes_all_rows": {"orders"}}),
    ("DELETE FROM orders WHERE id = 1 OR true", {"writes": {"orders"}, "writes_all_rows": {"orders"}}),
    ("DELETE FROM orders WHERE false", {"writes": {"orders"}}),
    ("DELETE FROM orders WHERE datname = current_catalog", {"writes": {"orders"}}),
    ("EXPLAIN DELETE FROM orders", NOTHING),
    ("EXPLAIN ANALYZE DELETE FROM orders", {"writes": {"orders"}, "writes_all_rows": {"orders"}}),
    (
        "WITH gone AS (DELETE FROM orders RETURNING *) SELECT count(*) FROM gone",
        {"calls": {"count"}, "writes": {"orders"}, "writes_all_rows": {"orders"}},
    ),
    ("TRUNCATE orders, customers", {"truncates": {"orders", "customers"}, "writes": {"orders", "customers"}}),
    ("CREATE INDEX ON orders (id)", {"creates": {"index"}, "alters": {"index"}}),
    ("CREATE UNIQUE INDEX CONCURRENTLY i ON orders (id)", {"creates": {"index"}, "alters": {"index"}}),
    (
        "ALTER TABLE orders ADD UNIQUE (id)",
        {"creates": {"index"}, "alters": {"index", "table", "table orders"}},
    ),
    ("ALTER TABLE orders ADD CHECK (id > 0)", {"alters": {"table", "table orders"}}),
    ("ALTER TABLE orders ADD PRIMARY KEY USING INDEX i", {"alters": {"table", "table orders"}}),
    ("DROP INDEX CONCURRENTLY i", {"drops": {"index", "index i"}, "alters": {"index", "index i"}}),
    (
        "DROP TABLE IF EXISTS public.orders CASCADE",
        {"drops": {"table", "table orders"}, "alters": {"table", "table orders"}},
    ),
    (
        "DROP SCHEMA public CASCADE",
        {"drops": {"schema", "schema public"}, "alters": {"schema", "schema public"}},
    ),
    (
        "DROP DATABASE app_db",
        {"drops": {"database", "database app_db"}, "alters": {"database", "database app_db"}},
    ),
    ("DROP OWNED BY app_owner", {"drops": {"owned"}, "alters": {"owned"}}),
    ("REINDEX TABLE orders", {"reindexes": True, "alters": {"index"}}),
    ("REINDEX (VERBOSE) INDEX CONCURRENTLY i", {"reindexes": True, "alters": {"index"}}),
    ("ALTER INDEX i RENAME TO j", {"alters": {"index", "index i"}}),
    ("ALTER TABLE orders RENAME COLUMN a TO b", {"alters": {"table", "table orders"}}),
    ("ALTER TABLE orders SET SCHEMA other", {"alters": {"table", "table orders"}}),
    ("ALTER DATABASE analytics_db SET work_mem = '1MB'", {"alters": {"database", "database analytics_db"}}),
    ("ALTER ROLE dana SET work_mem = '1MB'", {"alters": {"role"}}),
    ("CREATE TABLE t (id int)", {"creates": {"table"}, "alters": {"table"}}),
    ("CREATE TEMP TABLE t (id int)", {"creates": {"temp table"}, "alters": {"temp table"}}),
    ("CREATE TABLE t AS SELECT * FROM a", {"reads": {"a"}, "creates": {"table"}, "alters": {"table"}}),
    ("SELECT * INTO t FROM a", {"reads": {"a"}, "creates": {"table"}, "alters": {"table"}}),
    (
        "CREATE SCHEMA s CREATE TABLE t (id int)",
        {"creates": {"schema", "table"}, "alters": {"schema", "table"}},
    ),
    ("GRANT SELECT ON orders TO dana", {"alters": {"grants"}}),
    ("COMMENT ON TABLE orders IS 'x'", {"alters": {"other"}}),
    ("CREATE RULE r AS ON INSERT TO a DO ALSO DELETE FROM b", {"creates": {"rule"}, "alters": {"rule"}}),
    ("REFRESH MATERIALIZED VIEW v", {"writes": {"v"}}),
]


@pytest.mark.parametrize(("text", "does"), DOES)
def test_does(text: str, does: dict[str, object]) -> None:
    assert summary(text) == does


@pytest.mark.parametrize(
    "prepared",
    ["SELECT pg_blocking_pids(pid) FROM pg_locks", "PREPARE p AS SELECT pg_blocking_pids(pid) FROM pg_locks"],
)
@pytest.mark.parametrize("text", ["EXECUTE p", "EXPLAIN ANALYZE EXECUTE p"])
def test_execute_does_what_was_prepared(text: str, prepared: str) -> None:
    assert summary(text, prepared) == {"reads": {"pg_locks"}, "calls": {"pg_blocking_pids"}}


def test_execute_without_the_prepared_text_does_nothing_that_is_known() -> None:
    assert summary("EXECUTE p") == NOTHING
    assert summary("EXPLAIN EXECUTE p", "SELECT pg_reload_conf()") == NOTHING


def test_an_execute_that_prepares_itself_ends() -> None:
    assert acts_of("EXECUTE p", "EXECUTE p") == ()


def test_acts_are_one_a_statement() -> None:
    assert [act.calls for act in acts_of("SELECT f(); SELECT g()")] == [{"f"}, {"g"}]


def test_alters_anything_passes_over_what_is_in_no_database() -> None:
    assert not _only("ALTER ROLE dana SET work_mem = '1MB'").alters_any(["*"])
    assert not _only("CREATE TEMP TABLE t (id int)").alters_any(["*"])
    assert _only("ALTER TABLE orders ADD x int").alters_any(["*"])
    assert _only("ALTER TABLE orders ADD x int").alters_any(["table orders"])
    assert not _only("ALTER TABLE orders ADD x int").alters_any(["table customers", "index"])


def _only(text: str) -> Act:
    (act,) = acts_of(text)
    return act


MANY = 200_000
NASTY = [
    "SELECT " + "+".join("1" * MANY),
    "SELECT " + "(" * MANY + "1" + ")" * MANY,
    "SELECT " + "NOT " * MANY + "true",
    " UNION ".join(["SELECT 1, 2, 3"] * 50_000),
    "SELECT " + "(SELECT " * 3_000 + "1" + ")" * 3_000,
    "SELECT 1 FROM " + " JOIN ".join(["a"] + ["a ON true"] * 30_000),
    "SELECT " + "CASE WHEN true THEN " * 10_000,
    "[" * MANY,
    ")" * MANY + ";" * MANY,
    "SELECT '" + "x" * 2_000_000 + "'",
    "INSERT INTO t VALUES " + ",".join(["(1, 'abc')"] * 90_000),
    "SELECT \ud800",
    "SELECT 'é\0' FROM pg_locks",
    "\0",
    "\x01\x02\xff",
    "$$",
    "/*" * 50_000,
    "/*" * 20_000 + "*/" * 20_000,
    ("/*" * 200 + "\n") * 2_000,
    ("/*" * 200 + "*/" * 40) * 2_000,
    "$a$ " * 50_000,
    "U&'a' " * 50_000,
    "SELECT 1 @" + "-" * 400_000 + "1",
    "WITH "
    + ", ".join(f"c{n} AS (SELECT * FROM c{n - 1} a, c{n - 1} b)" for n in range(1, 60))
    + " SELECT 1 FROM c59",
    "WITH c0 AS (SELECT * FROM pg_stat_activity), "
    + ", ".join(f"c{n} AS (SELECT * FROM c{n - 1} WHERE datname <> 'd{n}')" for n in range(1, 500))
    + " SELECT * FROM c499",
]


@pytest.mark.parametrize("text", NASTY, ids=lambda text: repr(text[:25]))
def test_nothing_that_can_be_typed_hurts(text: str) -> None:
    began = time.perf_counter()
    acts_of(text)
    assert time.perf_counter() - began < 5


def test_a_statement_that_is_too_deep_hides_no_other() -> None:
    deep = "SELECT " + "+".join("1" * 200)
    assert summary(f"{deep}; SELECT * FROM pg_locks; {deep}")["reads"] == {"pg_locks"}
