"""A scorecard on the terminal, and as JSON."""

import json
import sys
from collections.abc import Mapping
from typing import TypedDict

from rich.console import Console
from rich.table import Table

from scenarios.judging.scorecard import Dimension, Scorecard


class ScoreJson(TypedDict):
    detect: int
    fix: int
    trap: int
    total: int


class LineJson(TypedDict):
    dimension: str
    points: int
    of: int
    why: str


class SecondsJson(TypedDict):
    to_live: float | None
    to_acknowledge: float | None
    to_detect: float | None
    to_fix: float | None


class CardJson(TypedDict):
    """The shape of `--json`. `seconds` are ride seconds, `to_live` real ones: the clock starts there."""

    ride: str
    scenario: str
    outcome: str
    score: ScoreJson
    lines: list[LineJson]
    seconds: SecondsJson


def card_as_json(card: Scorecard) -> CardJson:
    """The card as plain values."""
    return {
        "ride": card.ride,
        "scenario": card.scenario,
        "outcome": card.outcome.value,
        "score": {
            "detect": card.points(Dimension.DETECT),
            "fix": card.points(Dimension.FIX),
            "trap": card.points(Dimension.TRAP),
            "total": card.total,
        },
        "lines": [
            {"dimension": line.dimension.value, "points": line.points, "of": line.of, "why": line.why}
            for line in card.lines
        ],
        "seconds": {
            "to_live": _rounded(card.times.to_live),
            "to_acknowledge": _rounded(card.times.to_acknowledge),
            "to_detect": _rounded(card.times.to_detect),
            "to_fix": _rounded(card.times.to_fix),
        },
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)


def print_json(value: Mapping[str, object]) -> None:
    """One object on a line of its own, in ASCII: any terminal and any program can read it."""
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def print_card(console: Console, card: Scorecard) -> None:
    """The card as a table."""
    table = Table(title=f"{card.scenario} · ride {card.ride} · {card.outcome.value} · {card.total} of 100")
    table.add_column("")
    table.add_column("points", justify="right")
    table.add_column("why", overflow="fold")
    for line in card.lines:
        points = f"{line.points} of {line.of}" if line.of else str(line.points)
        table.add_row(line.dimension.value.title(), points, line.why)
    console.print(table)
