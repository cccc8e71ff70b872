"""What a person has SET in a session, told from their statements and what PostgreSQL said of them.

The server isn't asked: each question would stand in its log as if the person had asked it, and a session
that waits can't answer one. So what a function sets (set_config) isn't seen.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import postgast
from postgast import pg_query_pb2 as pb

from sandbox.sql_session.conversation import Part, Rows

LONGEST = 10_000
"""Characters of a statement that is looked at: a SET is short."""


_ESCAPED = re.compile(r"([\\\s])")
_BEHIND = r"\\\1"
_LISTS = frozenset(
    {"search_path", "temp_tablespaces", "local_preload_libraries", "session_preload_libraries"}
)
"""Settings whose values are lists of quoted names (GUC_LIST_QUOTE in PostgreSQL's source)."""
_NOT_BY_OPTIONS = frozenset({"client_encoding", "application_name", "session_authorization"})
"""Given by the connection itself, or by a statement alone."""


@dataclass(frozen=True, slots=True)
class _Setting:
    text: str
    value: str | None
    """As `options` takes it; None: it can't."""


class Settings:
    """The statements that have set what holds in a session now, by the setting's name."""

    def __init__(self) -> None:
        self._kept: dict[str, _Setting] = {}
        self._before: dict[str, _Setting] | None = None
        """What held before the transaction that is open."""

    @property
    def texts(self) -> tuple[str, ...]:
        """The statements, without their semicolons."""
        return tuple(kept.text for kept in self._kept.values())

    @property
    def own(self) -> tuple[str, ...]:
        """Those of the statements that `options` can't say."""
        return tuple(kept.text for kept in self._kept.values() if kept.value is None)

    @property
    def options(self) -> str:
        """libpq's `options` of a new session in which the same holds, without a statement in the log.

        Source: PostgreSQL's documentation, "Connection Control Functions", `options`.
        """
        held = {name: kept.value for name, kept in self._kept.items() if kept.value is not None}
        return " ".join(f"-c {name}={_ESCAPED.sub(_BEHIND, value)}" for name, value in held.items())

    def note(self, text: str, parts: Sequence[Part], transaction: str) -> None:
        """One statement has ended, with these parts and psql's prompt mark after it."""
        if transaction and self._before is None:
            self._before = dict(self._kept)
        tag = next((part.status for part in reversed(parts) if isinstance(part, Rows)), "")
        match tag:
            case "SET" | "RESET":
                self._set(text)
            case "DISCARD ALL":
                self._kept = {}
            case "ROLLBACK" if not transaction and self._before is not None:
                self._kept = self._before
        if not transaction:
            self._before = None

    def _set(self, text: str) -> None:
        found = _variable(text)
        if found is None or found.is_local:
            return
        match found.kind:
            case pb.VAR_SET_VALUE | pb.VAR_SET_CURRENT:
                self._kept.pop(found.name, None)
                self._kept[found.name] = _Setting(_bare(text), _value(found))
            case pb.VAR_SET_MULTI if found.name == "SESSION CHARACTERISTICS":
                self._kept[found.name] = _Setting(_bare(text), None)
            case pb.VAR_RESET_ALL:
                self._kept = {}
            case _:
                self._kept.pop(found.name, None)


def _bare(text: str) -> str:
    return text.rstrip(" \t\r\n;")


def _value(found: pb.VariableSetStmt) -> str | None:
    if found.kind != pb.VAR_SET_VALUE or found.name.lower() in _NOT_BY_OPTIONS:
        return None
    values = [_constant(node) for node in found.args]
    known = [value for value in values if value is not None]
    if not known or len(known) != len(values):
        return None
    if found.name.lower() in _LISTS:
        known = ['"' + value.replace('"', '""') + '"' for value in known]
    return ", ".join(known)


def _constant(node: pb.Node) -> str | None:
    constant = node.a_const
    match constant.WhichOneof("val"):
        case "sval":
            return str(constant.sval.sval)
        case "ival":
            return str(constant.ival.ival)
        case "fval":
            return str(constant.fval.fval)
        case _:
            return None


def _variable(text: str) -> pb.VariableSetStmt | None:
    if len(text) > LONGEST:
        return None
    try:
        statements = postgast.parse(text).stmts
    except postgast.PgQueryError:
        return None
    if len(statements) != 1 or not statements[0].stmt.HasField("variable_set_stmt"):
        return None
    found: pb.VariableSetStmt = statements[0].stmt.variable_set_stmt
    return found
