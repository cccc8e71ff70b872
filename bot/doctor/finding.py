"""What the doctor finds."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """How bad it is."""

    FINE = "fine"
    WARNING = "warning"
    """It works, and something should be done."""
    WRONG = "wrong"
    """It doesn't work."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One line."""

    about: str
    """A word or two: `Slack`, `Database`."""
    grade: Grade
    text: str
    todo: str | None = None
    """What to do next, for what isn't fine."""


Look = Callable[[], Awaitable[Sequence[Finding]]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One part that is looked at, by itself: another that is broken doesn't hinder it."""

    about: str
    look: Look


def fine(about: str, text: str) -> Finding:
    return Finding(about=about, grade=Grade.FINE, text=text)


def warning(about: str, text: str, todo: str) -> Finding:
    return Finding(about=about, grade=Grade.WARNING, text=text, todo=todo)


def wrong(about: str, text: str, todo: str) -> Finding:
    return Finding(about=about, grade=Grade.WRONG, text=text, todo=todo)
