"""The texts of a scenario with figures measured in the sandbox: `{writers_waiting}`, `{oldest_wait}`, …

A number can carry its noun in singular and plural: `{writers_waiting:session|sessions}` becomes "1 session"
or "4 sessions". Nothing else of str.format is understood: no attributes, no indexes, no other formats. Braces
are written doubled, `{{` and `}}`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from string import Formatter

from scenarios.journal.events import Measurement
from scenarios.loading.nearest import nearest
from scenarios.model.durations import in_words

COUNTED = frozenset({"writers_waiting", "writes_now", "writes_before"})
PLACEHOLDERS = (*sorted(COUNTED), "elapsed", "oldest_wait")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Piece:
    literal: str
    name: str | None = None
    singular: str | None = None
    plural: str | None = None


def template_problems(text: str) -> list[str]:
    """What is wrong with a text's placeholders, a sentence each; empty when it can be filled."""
    try:
        for _ in _pieces(text):
            pass
    except ValueError as error:
        return [str(error)]
    return []


def fill(text: str, *, measured: Measurement, elapsed: timedelta) -> str:
    """The text with its placeholders filled. Raises ValueError for what `template_problems` finds.

    `elapsed` is ride time since 0:00; waits are real, as measured.
    """
    numbers = {
        "writers_waiting": float(measured.writers_waiting),
        "writes_now": measured.writes_per_second,
        "writes_before": measured.writes_per_second_before,
    }
    words = {
        "oldest_wait": in_words(measured.oldest_wait_seconds),
        "elapsed": in_words(elapsed.total_seconds()),
    }
    parts: list[str] = []
    for piece in _pieces(text):
        parts.append(piece.literal)
        if piece.name in words:
            parts.append(words[piece.name])
        elif piece.name is not None:
            parts.append(_counted(numbers[piece.name], piece))
    return "".join(parts)


def _counted(value: float, piece: _Piece) -> str:
    shown = _number(value)
    if piece.singular is None:
        return shown
    return f"{shown} {piece.singular if shown == '1' else piece.plural}"


def _number(value: float) -> str:
    """Whole numbers from 10 on, one decimal below if there is one."""
    rounded = round(value, 0 if value >= 10 else 1)
    return f"{rounded:.0f}" if rounded == int(rounded) else f"{rounded:.1f}"


def _pieces(text: str) -> Iterator[_Piece]:
    try:
        fields = list(Formatter().parse(text))
    except ValueError as error:
        raise ValueError(
            f"a brace is open or closed alone ({error}); write {{{{ and }}}} for plain braces"
        ) from None
    for literal, name, form, conversion in fields:
        if name is None:
            yield _Piece(literal=literal)
            continue
        if name not in PLACEHOLDERS:
            near = nearest(name, PLACEHOLDERS)
            hint = f"did you mean {{{near[0]}}}?" if near else f"known: {', '.join(PLACEHOLDERS)}"
            raise ValueError(f"{{{name}}} is no placeholder; {hint}")
        if conversion:
            raise ValueError(f"{{{name}!{conversion}}} has a conversion; only {{{name}}} is understood")
        if not form:
            yield _Piece(literal=literal, name=name)
            continue
        singular, bar, plural = form.partition("|")
        if name not in COUNTED or not bar or not singular or not plural or "{" in form:
            raise ValueError(
                f"{{{name}:{form}}} is not understood; a number may carry its noun, "
                "such as {writers_waiting:session|sessions}"
            )
        yield _Piece(literal=literal, name=name, singular=singular, plural=plural)
