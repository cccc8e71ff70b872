"""SQL text to PostgreSQL's own syntax trees, safe for whatever a learner can type.

libpg_query recurses on the C stack without a limit when it writes a tree out (`1+1+…` two hundred thousand
times ends the process), so the depth that a text can have is bounded before it is parsed. Its scanner looks
through the whole run of operator characters after each `/*` (100 kB of `/*/*…` take half a minute), so those
are bounded too.
"""

import re
from dataclasses import dataclass

import postgast
from google.protobuf.message import DecodeError, Message
from postgast import pg_query_pb2 as pb

LONGEST = 1_000_000
"""Characters; a longer text is not read."""
_MOST_TOKENS = 100_000
_DEEPEST = 2_000
_LONGEST_RUN = 500
_OPERATOR_RUN = re.compile(r"[~!@#^&|`?+\-*/%<>=]+")

_OPENING = frozenset(map(ord, "(["))
_CLOSING = frozenset(map(ord, ")]"))
_COMMA, _SEMICOLON = ord(","), ord(";")
_SET_OPERATIONS = frozenset({pb.UNION, pb.INTERSECT, pb.EXCEPT})


def parse_statements(text: str) -> list[Message]:
    """The statements of a text, as syntax trees; none when PostgreSQL could not parse it. Never raises.

    A statement nested deeper than protobuf reads (about 45 operators or 20 subqueries) is left out; its
    neighbours in the text are not.
    """
    text = text.partition("\0")[0]
    try:
        if len(text) > LONGEST or not _is_quick(text) or not _is_shallow(text):
            return []
        try:
            return _statements(text)
        except DecodeError:
            return [statement for part in _parts(text) for statement in _one(part)]
    except (postgast.PgQueryError, DecodeError, UnicodeError):
        return []


def _one(text: str) -> list[Message]:
    try:
        return _statements(text)
    except DecodeError:
        return []


def _statements(text: str) -> list[Message]:
    return [postgast.unwrap_node(raw.stmt) for raw in postgast.parse(text).stmts]


def _parts(text: str) -> list[str]:
    return [str(part) for part in postgast.split(text)]


def _is_quick(text: str) -> bool:
    return all(len(run[0]) <= _LONGEST_RUN for run in _OPERATOR_RUN.finditer(text))


def _is_shallow(text: str) -> bool:
    """Whether no expression can be nested deeper than is safe.

    A bound from above: every token since the last comma or semicolon at its level of parentheses may nest one
    level deeper, and so may those of the levels around it. UNION and its like nest across commas.
    """
    tokens = postgast.scan(text).tokens
    if len(tokens) > _MOST_TOKENS:
        return False
    levels = [_Level()]
    around = 0  # what the levels around the innermost one add up to
    for token in tokens:
        level, kind = levels[-1], token.token
        if kind in _OPENING:
            around += level.depth
            levels.append(_Level())
        elif kind in _CLOSING and len(levels) > 1:
            levels.pop()
            around -= levels[-1].depth
        elif kind == _COMMA:
            level.run = 0
        elif kind == _SEMICOLON:
            levels, around = [_Level()], 0
        elif kind in _SET_OPERATIONS:
            level.set_operations += 1
        levels[-1].run += 1
        if around + levels[-1].depth > _DEEPEST:
            return False
    return True


@dataclass(slots=True)
class _Level:
    """One level of parentheses while reading a text."""

    run: int = 0
    set_operations: int = 0

    @property
    def depth(self) -> int:
        return self.run + self.set_operations
