"""Which relations a statement reads, and the conditions on datname that their rows must pass.

A condition counts for a relation if it stands at the top of WHERE (or of an inner join's ON) of the SELECT
that has the relation in its FROM, or of a SELECT around that one which has it in FROM as a subquery or a CTE.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from postgast import pg_query_pb2 as pb
from postgast import unwrap_node

from scenarios.sql.acts import Read
from scenarios.sql.conditions import both, condition_of

_Named = Mapping[str, tuple[Read, ...]]
"""The reads of each CTE that can be seen from here."""

_MOST = 200
"""Reads of one statement that are told apart; CTEs that each read another twice would double them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Source:
    """One item of a FROM: the alias that it has, and what it reads."""

    alias: str | None
    reads: tuple[Read, ...]

    def under(self, where: Message) -> "_Source":
        condition = condition_of(where, self.alias)
        return replace(
            self,
            reads=tuple(replace(read, condition=both(read.condition, condition)) for read in self.reads),
        )


def relation_name(relation: pb.RangeVar) -> str:
    """The name as rules write it: no `pg_catalog.`, and no `public.` unless that could fake a catalog."""
    name, schema = str(relation.relname), str(relation.schemaname)
    if not schema or schema == "pg_catalog" or (schema == "public" and not name.startswith("pg_")):
        return name
    return f"{schema}.{name}"


def reads_of(statement: Message) -> tuple[Read, ...]:
    """Every read of a statement that runs a query."""
    if isinstance(statement, pb.CopyStmt) and statement.HasField("relation") and not statement.is_from:
        return (Read(relation=relation_name(statement.relation)),)
    return _distinct(_reads(statement, {}))


def _distinct(reads: Iterable[Read]) -> tuple[Read, ...]:
    """Each read once; when there are too many, each relation once and its conditions forgotten."""
    distinct = tuple(dict.fromkeys(reads))
    if len(distinct) <= _MOST:
        return distinct
    return tuple(Read(relation=name) for name in dict.fromkeys(read.relation for read in distinct))[:_MOST]


def _reads(node: Message, named: _Named) -> Iterator[Read]:
    """The reads of any part of a tree. A table's name outside of a FROM is a target, not a read."""
    node = unwrap_node(node)
    if isinstance(node, pb.SelectStmt | pb.UpdateStmt):
        yield from _query(node, named, node.from_clause, node.where_clause)
    elif isinstance(node, pb.DeleteStmt):
        yield from _query(node, named, node.using_clause, node.where_clause)
    elif isinstance(node, pb.MergeStmt):
        yield from _query(node, named, [node.source_relation], node.join_condition)
    elif isinstance(node, pb.InsertStmt):
        yield from _query(node, named, [], None)
    else:
        yield from _inside(node, named, frozenset())


_QUERY_FIELDS = frozenset({"from_clause", "using_clause", "source_relation", "with_clause"})


def _query(node: Message, named: _Named, sources: Sequence[Message], where: Message | None) -> Iterator[Read]:
    """A statement with WITH, a FROM and a WHERE of its own, and the subqueries in its other parts."""
    seen = _with(node, named)
    yield from _modifying(node, seen)
    for item in sources:
        for source in _from(unwrap_node(item), seen):
            yield from (source if where is None else source.under(where)).reads
    yield from _inside(node, seen, _QUERY_FIELDS)


def _inside(node: Message, named: _Named, but: frozenset[str]) -> Iterator[Read]:
    for field, value in node.ListFields():
        if field.type != FieldDescriptor.TYPE_MESSAGE or field.name in but:
            continue
        for child in [value] if isinstance(value, Message) else value:
            yield from _reads(child, named)


def _ctes(node: Message) -> list[pb.CommonTableExpr]:
    return list(map(unwrap_node, node.with_clause.ctes)) if node.HasField("with_clause") else []


def _with(node: Message, named: _Named) -> _Named:
    """The CTEs that can be seen inside a statement.

    A CTE sees those before it and, in WITH RECURSIVE alone, itself: else its own name is the real table's.
    """
    seen = dict(named)
    for cte in _ctes(node):
        inside = {**seen, cte.ctename: ()} if node.with_clause.recursive else seen
        seen[cte.ctename] = _distinct(_reads(cte.ctequery, inside))
    return seen


def _modifying(node: Message, seen: _Named) -> Iterator[Read]:
    """What data-modifying CTEs read: they run whether or not somebody reads them."""
    for cte in _ctes(node):
        if not isinstance(unwrap_node(cte.ctequery), pb.SelectStmt):
            yield from seen[cte.ctename]


def _from(item: Message, named: _Named) -> Iterator[_Source]:
    """The sources of one item of FROM; a join has several, its ON's subqueries among them."""
    if isinstance(item, pb.RangeVar):
        alias = item.alias.aliasname if item.HasField("alias") else item.relname
        if not item.schemaname and item.relname in named:
            yield _Source(alias=alias, reads=named[item.relname])
        else:
            yield _Source(alias=alias, reads=(Read(relation=relation_name(item)),))
    elif isinstance(item, pb.RangeSubselect):
        alias = item.alias.aliasname if item.HasField("alias") else None
        yield _Source(alias=alias, reads=_distinct(_reads(item.subquery, named)))
    elif isinstance(item, pb.JoinExpr):
        filters = item.jointype == pb.JOIN_INNER and item.HasField("quals")
        for side in (item.larg, item.rarg):
            for source in _from(unwrap_node(side), named):
                yield source.under(item.quals) if filters else source
        if item.HasField("quals"):
            yield _Source(alias=None, reads=_distinct(_reads(item.quals, named)))
    else:
        yield _Source(alias=None, reads=_distinct(_inside(item, named, frozenset())))
