"""What a learner's SQL does, read from PostgreSQL's own syntax tree.

Function and DO bodies are opaque here: what they do to sessions is in the sandbox's log. A view's or
function's definition runs nothing, and neither does PREPARE; EXECUTE does what was prepared. Plain EXPLAIN is
no act, EXPLAIN ANALYZE is the statement itself.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from google.protobuf.message import Message
from postgast import pg_query_pb2 as pb
from postgast import unwrap_node, walk

from scenarios.sql.acts import SERVER_FILE_FUNCTIONS, Act
from scenarios.sql.conditions import lets_all_through
from scenarios.sql.definitions import definition_of
from scenarios.sql.reads import reads_of, relation_name
from scenarios.sql.syntax import parse_statements

_QUERIES = (
    pb.SelectStmt,
    pb.InsertStmt,
    pb.UpdateStmt,
    pb.DeleteStmt,
    pb.MergeStmt,
    pb.CopyStmt,
    pb.DeclareCursorStmt,
    pb.CreateTableAsStmt,
    pb.CallStmt,
)
"""Statements that run a query or a function when they run."""


_LONGEST_KEPT = 10_000
"""Characters of a text whose acts are kept: a journal is read again and again while a ride is live."""


def acts_of(text: str, prepared: str | None = None) -> tuple[Act, ...]:
    """What each statement of a text does, in order; nothing for text PostgreSQL can't parse. Never raises.

    `prepared` is the statement that an EXECUTE runs: either the statement or the whole PREPARE.
    """
    read = _kept_acts if len(text) + len(prepared or "") <= _LONGEST_KEPT else _read_acts
    return read(text, prepared)


# Every rule goes through the whole journal: with fewer kept than it has texts, each rule would parse them all
# again. What is kept is small, for most statements do the same as another.
@lru_cache(maxsize=100_000)
def _kept_acts(text: str, prepared: str | None) -> tuple[Act, ...]:
    return _shared(_read_acts(text, prepared))


@lru_cache(maxsize=4096)
def _shared(acts: tuple[Act, ...]) -> tuple[Act, ...]:
    """One copy of what is equal."""
    return acts


def _read_acts(text: str, prepared: str | None) -> tuple[Act, ...]:
    return tuple(
        act for statement in parse_statements(text) for act in _acts(statement, prepared, follow=True)
    )


def _acts(statement: Message, prepared: str | None, *, follow: bool) -> Iterator[Act]:
    """The act of a statement; several for CREATE SCHEMA with parts and for prepared statements."""
    if isinstance(statement, pb.ExplainStmt):
        if _analyzes(statement):
            yield from _acts(unwrap_node(statement.query), prepared, follow=follow)
    elif isinstance(statement, pb.ExecuteStmt):
        if arguments := _calls(*statement.params):
            yield Act(calls=arguments)
        if follow and prepared:
            for inner in parse_statements(prepared):
                query = unwrap_node(inner.query) if isinstance(inner, pb.PrepareStmt) else inner
                yield from _acts(query, None, follow=False)
    elif isinstance(statement, pb.PrepareStmt):
        return
    else:
        yield _act(statement)
        if isinstance(statement, pb.CreateSchemaStmt):
            for element in statement.schema_elts:
                yield from _acts(unwrap_node(element), prepared, follow=follow)
        elif isinstance(statement, pb.CreateTableAsStmt) and isinstance(
            unwrap_node(statement.query), pb.ExecuteStmt
        ):
            yield from _acts(unwrap_node(statement.query), prepared, follow=follow)


def _analyzes(explain: pb.ExplainStmt) -> bool:
    """Whether EXPLAIN has ANALYZE, and not ANALYZE false; the last one counts, as in PostgreSQL."""
    analyzes = False
    for option in map(unwrap_node, explain.options):
        if isinstance(option, pb.DefElem) and option.defname == "analyze":
            analyzes = not option.HasField("arg") or _is_on(unwrap_node(option.arg))
    return analyzes


def _is_on(argument: Message) -> bool:
    """A boolean option, as defGetBoolean reads it."""
    if isinstance(argument, pb.Integer):
        return bool(argument.ival)
    if isinstance(argument, pb.Boolean):
        return bool(argument.boolval)
    return isinstance(argument, pb.String) and argument.sval.lower() in ("true", "on")


def _act(statement: Message) -> Act:
    definition = definition_of(statement)
    truncates = _truncates(statement)
    act = Act(
        creates=definition.creates,
        drops=definition.drops,
        alters=definition.alters,
        reindexes=isinstance(statement, pb.ReindexStmt),
        truncates=truncates,
        writes=truncates | _refreshes(statement),
        runs=frozenset({"alter system"}) if isinstance(statement, pb.AlterSystemStmt) else frozenset(),
    )
    if not isinstance(statement, _QUERIES) or _defers(statement):
        return act
    calls = _calls(statement)
    runs = {run for copy in _nodes(statement, pb.CopyStmt) for run in _copy_runs(copy)}
    if calls & SERVER_FILE_FUNCTIONS:
        runs.add("server file")
    return replace(
        act,
        reads=reads_of(statement),
        calls=calls,
        writes=_writes(statement),
        writes_all_rows=frozenset(
            relation_name(node.relation)
            for node in _nodes(statement, pb.UpdateStmt, pb.DeleteStmt)
            if not node.HasField("where_clause") or lets_all_through(node.where_clause)
        ),
        runs=frozenset(runs),
    )


def _nodes(statement: Message, *kinds: type[Message]) -> Iterator[Message]:
    """The statement and whatever is in it, of these kinds."""
    return (node for _, node in walk(statement) if isinstance(node, kinds))


def _calls(*parts: Message) -> frozenset[str]:
    return frozenset(_function_name(call) for part in parts for call in _nodes(part, pb.FuncCall))


def _writes(statement: Message) -> frozenset[str]:
    modifying = _nodes(statement, pb.InsertStmt, pb.MergeStmt, pb.UpdateStmt, pb.DeleteStmt)
    written = {relation_name(node.relation) for node in modifying}
    if isinstance(statement, pb.CopyStmt) and statement.is_from:
        written.add(relation_name(statement.relation))
    return frozenset(written)


def _truncates(statement: Message) -> frozenset[str]:
    if not isinstance(statement, pb.TruncateStmt):
        return frozenset()
    return frozenset(relation_name(target) for target in map(unwrap_node, statement.relations))


def _refreshes(statement: Message) -> frozenset[str]:
    if not isinstance(statement, pb.RefreshMatViewStmt):
        return frozenset()
    return frozenset({relation_name(statement.relation)})


def _defers(statement: Message) -> bool:
    """CREATE TABLE … AS … WITH NO DATA and a materialized view's like: the query does not run."""
    return isinstance(statement, pb.CreateTableAsStmt) and bool(statement.into.skip_data)


def _function_name(call: pb.FuncCall) -> str:
    parts = [part.sval for part in map(unwrap_node, call.funcname) if isinstance(part, pb.String)]
    return ".".join(parts[1:] if len(parts) > 1 and parts[0] == "pg_catalog" else parts)


def _copy_runs(copy: pb.CopyStmt) -> Iterator[str]:
    if copy.is_program:
        yield "copy program"
    elif copy.filename:
        yield "server file"
