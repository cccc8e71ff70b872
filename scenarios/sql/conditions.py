"""What a WHERE clause says about `datname`, and whether it lets every row through.

Three-valued, like SQL: True, False, or None for what can't be known from the text. Everything that is not
a plain comparison of `datname` or of constants is None, so that a statement is only said to hide a database
if it does.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from google.protobuf.message import Message
from postgast import pg_query_pb2 as pb
from postgast import unwrap_node

Verdict = bool | None


class Condition(Protocol):
    def holds(self, database: str, ran_in: str) -> Verdict:
        """Whether it holds for a row with this datname, in a statement that ran in `ran_in`."""
        ...


@dataclass(frozen=True, slots=True)
class Anything:
    """Says nothing that can be known."""

    def holds(self, database: str, ran_in: str) -> Verdict:  # noqa: ARG002
        return None


@dataclass(frozen=True, slots=True)
class Constant:
    value: bool

    def holds(self, database: str, ran_in: str) -> Verdict:  # noqa: ARG002
        return self.value


@dataclass(frozen=True, slots=True)
class Matches:
    """datname is one of the names, or is LIKE one of the patterns; None among them is current_database()."""

    names: tuple[str | None, ...]
    how: str = "="
    """`=`, `like` or `ilike`."""

    def holds(self, database: str, ran_in: str) -> Verdict:
        compare = _COMPARISONS[self.how]
        return any(compare(database, ran_in if name is None else name) for name in self.names)


@dataclass(frozen=True, slots=True)
class Not:
    of: Condition

    def holds(self, database: str, ran_in: str) -> Verdict:
        verdict = self.of.holds(database, ran_in)
        return None if verdict is None else not verdict


@dataclass(frozen=True, slots=True)
class Both:
    parts: tuple[Condition, ...]

    def holds(self, database: str, ran_in: str) -> Verdict:
        verdicts = [part.holds(database, ran_in) for part in self.parts]
        if False in verdicts:
            return False
        return None if None in verdicts else True


@dataclass(frozen=True, slots=True)
class Either:
    parts: tuple[Condition, ...]

    def holds(self, database: str, ran_in: str) -> Verdict:
        verdicts = [part.holds(database, ran_in) for part in self.parts]
        if True in verdicts:
            return True
        return None if None in verdicts else False


def both(*parts: Condition) -> Condition:
    """All of them, flat, each once, and without those that say nothing."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, Both) else (part,))]
    said = tuple(dict.fromkeys(part for part in flat if not isinstance(part, Anything)))
    if not said:
        return Anything()
    return said[0] if len(said) == 1 else Both(said)


def condition_of(node: Message, alias: str | None) -> Condition:
    """What an expression says about the datname of the relation `alias`; unqualified counts for every."""
    node = unwrap_node(node)
    if isinstance(node, pb.BoolExpr):
        return _combination(node, tuple(condition_of(part, alias) for part in node.args))
    if isinstance(node, pb.NullTest) and _is_datname(node.arg, alias):
        # pg_stat_activity has NULL there for background processes alone.
        return Constant(node.nulltesttype == pb.IS_NOT_NULL)
    if isinstance(node, pb.A_Const | pb.TypeCast):
        value = _constant(node)
        return Constant(value) if isinstance(value, bool) else Anything()
    if isinstance(node, pb.A_Expr):
        return _comparison(node, alias)
    return Anything()


def _combination(node: pb.BoolExpr, parts: tuple[Condition, ...]) -> Condition:
    if node.boolop == pb.NOT_EXPR:
        return Not(parts[0])
    return Both(parts) if node.boolop == pb.AND_EXPR else Either(parts)


def lets_all_through(where: Message) -> bool:
    """Whether a WHERE clause is none: `true`, `1 = 1`, `NOT false`."""
    return condition_of(where, None).holds("", "") is True and not _mentions_datname(where)


def _comparison(node: pb.A_Expr, alias: str | None) -> Condition:
    operator = unwrap_node(node.name[-1])
    symbol = operator.sval if isinstance(operator, pb.String) else ""
    left, right = unwrap_node(node.lexpr), unwrap_node(node.rexpr)
    if node.kind == pb.AEXPR_OP and symbol in ("=", "<>"):
        equal = _equality(left, right, alias)
        return equal if symbol == "=" or isinstance(equal, Anything) else Not(equal)
    if not _is_datname(left, alias):
        return Anything()
    names: tuple[str | None, ...] | None = None
    how, negated = "=", False
    if node.kind == pb.AEXPR_IN:
        names, negated = _names(right), symbol == "<>"
    elif node.kind == pb.AEXPR_OP_ANY and symbol == "=":
        names = _names(right)
    elif node.kind == pb.AEXPR_OP_ALL and symbol == "<>":
        names, negated = _names(right), True
    elif node.kind in (pb.AEXPR_LIKE, pb.AEXPR_ILIKE) or symbol in _LIKES:
        name = _name(right)
        names = None if name is None else name
        how, negated = _LIKES.get(symbol, ("", False))
    if names is None or not how:
        return Anything()
    found = Matches(names, how)
    return Not(found) if negated else found


_LIKES = {
    "~~": ("like", False),
    "!~~": ("like", True),
    "~~*": ("ilike", False),
    "!~~*": ("ilike", True),
}


def _equality(left: Message, right: Message, alias: str | None) -> Condition:
    for column, other in ((left, right), (right, left)):
        if _is_datname(column, alias):
            name = _name(other)
            return Anything() if name is None else Matches(name)
    if _column(left) is not None and _column(left) == _column(right):
        return Constant(True)
    first, second = _constant(left), _constant(right)
    if first is not None and second is not None and type(first) is type(second):
        return Constant(first == second)
    return Anything()


def _column(node: Message) -> tuple[str, ...] | None:
    """A column's name with its qualifiers; None for anything else."""
    node = _bare(node)
    if not isinstance(node, pb.ColumnRef):
        return None
    parts = tuple(part.sval for part in map(unwrap_node, node.fields) if isinstance(part, pb.String))
    return parts if parts and len(parts) == len(node.fields) else None


def _is_datname(node: Message, alias: str | None) -> bool:
    name = _column(node)
    if name is None or name[-1] != "datname":
        return False
    return len(name) == 1 or alias is None or name[-2] == alias


def _mentions_datname(node: Message) -> bool:
    node = unwrap_node(node)
    if isinstance(node, pb.BoolExpr):
        return any(_mentions_datname(part) for part in node.args)
    if isinstance(node, pb.NullTest):
        return True
    if isinstance(node, pb.A_Expr):
        return _is_datname(node.lexpr, None) or _is_datname(node.rexpr, None)
    return False


def _bare(node: Message) -> Message:
    """Without the casts around it: datname::text is datname."""
    node = unwrap_node(node)
    while isinstance(node, pb.TypeCast):
        node = unwrap_node(node.arg)
    return node


def _names(node: Message) -> tuple[str | None, ...] | None:
    node = _bare(node)
    items = (
        node.items
        if isinstance(node, pb.List)
        else node.elements
        if isinstance(node, pb.A_ArrayExpr)
        else None
    )
    if items is None:
        return None
    names: list[str | None] = []
    for item in items:
        name = _name(item)
        if name is None:
            return None
        names.extend(name)
    return tuple(names)


def _name(node: Message) -> tuple[str | None] | None:
    """A text constant in a tuple; (None,) for current_database(); None for anything else."""
    node = _bare(node)
    if isinstance(node, pb.A_Const) and node.WhichOneof("val") == "sval":
        return (node.sval.sval,)
    if isinstance(node, pb.FuncCall):
        last = unwrap_node(node.funcname[-1])
        if isinstance(last, pb.String) and last.sval == "current_database" and not node.args:
            return (None,)
    if isinstance(node, pb.SQLValueFunction) and node.op == pb.SVFOP_CURRENT_CATALOG:
        return (None,)
    return None


def _constant(node: Message) -> bool | str | int | None:
    node = _bare(node)
    if not isinstance(node, pb.A_Const):
        return None
    which = node.WhichOneof("val")
    if which == "boolval":
        return bool(node.boolval.boolval)
    if which == "ival":
        return int(node.ival.ival)
    if which == "fval":
        return str(node.fval.fval)
    return str(node.sval.sval) if which == "sval" else None


def _like(value: str, pattern: str, flags: int = 0) -> bool:
    """LIKE: % any text, _ one character, a backslash makes the next one plain."""
    parts: list[str] = []
    characters = iter(pattern)
    for character in characters:
        if character == "%":
            parts.append(".*")
        elif character == "_":
            parts.append(".")
        else:
            parts.append(re.escape(next(characters, "\\") if character == "\\" else character))
    return re.fullmatch("".join(parts), value, flags | re.DOTALL) is not None


_COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "=": str.__eq__,
    "like": _like,
    "ilike": lambda value, pattern: _like(value, pattern, re.IGNORECASE),
}
