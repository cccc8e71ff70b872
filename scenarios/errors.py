"""Errors of the scenarios room."""

from collections.abc import Sequence
from dataclasses import dataclass


class ScenarioError(Exception):
    """Something about a scenario is wrong."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One mistake in a scenario's file, at a place an editor can open. Lines and columns count from 1."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class ScenarioFileError(ScenarioError):
    """A scenario's files have mistakes; nothing of it was used. `problems` has them all, in file order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (p.file, p.line, p.column)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UnknownProofError(ScenarioError):
    """A scenario has no proof of this name. `nearest` has the names that look most like it, `known` all."""

    def __init__(self, name: str, *, scenario: str, known: Sequence[str], nearest: Sequence[str]) -> None:
        self.name = name
        self.known = tuple(known)
        self.nearest = tuple(nearest)
        hint = (
            f"did you mean {' or '.join(nearest)}?"
            if nearest
            else f"there are: {', '.join(known) or 'none'}."
        )
        super().__init__(f"{scenario} has no proof {name!r}; {hint}")


class UnknownScenarioError(ScenarioError):
    """There is no scenario of this name. `nearest` has the names that look most like it, `known` all."""

    def __init__(self, slug: str, *, known: Sequence[str], nearest: Sequence[str]) -> None:
        self.slug = slug
        self.known = tuple(known)
        self.nearest = tuple(nearest)
        hint = (
            f"did you mean {' or '.join(nearest)}?"
            if nearest
            else f"there are: {', '.join(known) or 'none'}."
        )
        super().__init__(f"There is no scenario {slug!r}; {hint}")
