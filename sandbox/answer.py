"""What came of something typed into /sql."""

from collections.abc import Awaitable
from dataclasses import dataclass

from scenarios.journal import Backend


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultSet:
    """One statement's result. `cells` are text as psql would show it; None is NULL."""

    columns: tuple[str, ...]
    """Empty for a command without rows."""
    numeric: tuple[bool, ...]
    """Which columns are right-aligned."""
    cells: tuple[tuple[str | None, ...], ...]
    status: str
    """The command tag: `SELECT 5`, `UPDATE 1`."""
    truncated: bool = False
    """There was more than the row or byte cap, left out here; far over it the statement was cancelled."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finished:
    """The statement (or statements) ran. `text` is the answer as psql would print it, tables aligned."""

    results: tuple[ResultSet, ...]
    text: str
    """Harmless in chat: no control characters, no back-tick fences, no mentions."""
    seconds: float
    transaction: str
    """psql's prompt mark: `` (idle), `*` (in a transaction), `!` (in a failed transaction)."""
    database: str
    notices: tuple[str, ...] = ()
    """Also in `text`, where psql would print them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Failed:
    """PostgreSQL refused. `text` is what psql would print, with the LINE and caret."""

    sqlstate: str | None
    text: str
    seconds: float
    transaction: str
    database: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StillRunning:
    """No result yet. `finished` resolves to the final answer, whenever it comes."""

    seconds: float
    waiting_for: str | None
    """As pg_stat_activity says: `Lock/relation`."""
    blocked_by: tuple[Backend, ...]
    finished: Awaitable["Finished | Failed | Lost"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Busy:
    """An earlier statement of this person still runs; this one was not sent."""

    running: str
    seconds: float
    waiting_for: str | None
    blocked_by: tuple[Backend, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """Not sent to PostgreSQL: a forbidden meta-command, empty input. `text` says what to do instead."""

    text: str
    meta_command: str | None = None
    r"""The forbidden meta-command, such as `\!`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lost:
    """The connection ended: the person ended it themselves, or the server is gone. The next one is new."""

    sqlstate: str | None
    text: str


Answer = Finished | Failed | StillRunning | Busy | Refused | Lost
