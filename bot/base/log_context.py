"""What the work at hand is about, for the log: a workspace, a ride.

Each task has its own: said at its beginning, it holds for the task and all that it starts.
"""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """Ids, for whoever looks for all that was logged about one ride or workspace."""

    workspace: str | None = None
    ride: str | None = None


_NOTHING = Subject()
_subject: ContextVar[Subject | None] = ContextVar("subject", default=None)


def is_about(*, workspace: str | None = None, ride: str | None = None) -> None:
    """What this task does from now on is about this; without either, about nothing in particular."""
    _subject.set(Subject(workspace=workspace or None, ride=ride))


def subject() -> Subject:
    """What the work of this task is about."""
    return _subject.get() or _NOTHING
