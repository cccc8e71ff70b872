"""What a person has SET in a session, told from their statements and what PostgreSQL said of them.

The server isn't asked: each question would stand in its log as if the person had asked it, and a session
that waits can't answer one. So what a function sets (set_config) isn't seen.
"""

from collections.abc import Sequence

import postgast
from postgast import pg_query_pb2 as pb

from sandbox.conversation import Part, Rows

LONGEST = 10_000
"""Characters of a statement that is looked at: a SET is short."""


class Settings:
    """The statements that have set what holds in a session now, by the setting's name."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}
        self._before: dict[str, str] | None = None
        """What held before the transaction that is open."""

    @property
    def texts(self) -> tuple[str, ...]:
        """The statements, without their semicolons."""
        return tuple(text.rstrip(" \t\n;") for text in self._kept.values())

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
                self._kept[found.name] = text
            case pb.VAR_SET_MULTI if found.name == "SESSION CHARACTERISTICS":
                self._kept[found.name] = text
            case pb.VAR_RESET_ALL:
                self._kept = {}
            case _:
                self._kept.pop(found.name, None)


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
