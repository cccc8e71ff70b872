"""What came of something typed into /sql."""

from collections.abc import Awaitable
from dataclasses import dataclass
from enum import Enum

from scenarios.journal.events import Backend


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
class Second:
    """It ran in the person's second session, for a statement of theirs waits in the first."""

    pid: int | None
    """Its server process; None where it has none (any more)."""
    unlike: tuple[str, ...] = ()
    """What they SET in the first session and does not hold here: the statements."""


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
    second: Second | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Failed:
    """PostgreSQL refused. `text` is what psql would print, with the LINE and caret.

    Of several statements at least one failed; `text` has what came of all, in order.
    """

    sqlstate: str | None
    """The first error's."""
    text: str
    seconds: float
    transaction: str
    database: str
    errors: tuple[str, ...] = ()
    """What went wrong, without what came before and after it; also in `text`."""
    failed: int = 1
    """So many statements failed …"""
    statements: int = 1
    """… of so many that were sent."""
    results: tuple[ResultSet, ...] = ()
    """What the others brought."""
    second: Second | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StillRunning:
    """No result yet. `finished` resolves to the final answer, whenever it comes."""

    seconds: float
    waiting_for: str | None
    """As pg_stat_activity says: `Lock/relation`."""
    blocked_by: tuple[Backend, ...]
    finished: Awaitable["Finished | Failed | Lost"]
    second: Second | None = None

    @property
    def session(self) -> int:
        """Which of the person's sessions it runs in, for who wants to cancel it: 1 or 2."""
        return 1 if self.second is None else 2


class Reason(Enum):
    """Why a statement had no session to run in while another one runs."""

    TRANSACTION = "transaction"
    """The other one runs in an open transaction, which a second session would know nothing of."""
    TWO = "two"
    """There are two sessions at most, and something runs in both."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Busy:
    """An earlier statement of this person still runs; this one was not sent."""

    running: str
    """The statement in the way; of two, the older one."""
    seconds: float
    waiting_for: str | None
    blocked_by: tuple[Backend, ...]
    reason: Reason = Reason.TWO
    session: int = 1
    """Which of the person's sessions `running` runs in: 1 or 2."""


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
    second: Second | None = None


Answer = Finished | Failed | StillRunning | Busy | Refused | Lost
