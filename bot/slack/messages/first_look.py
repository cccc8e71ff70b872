"""A table that is too long for a message, made narrow: every row that fits, on one line, its long cells cut.

What the message leaves out it says; nothing is put into another order. psql's own text is in the file.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.slack.messages.mrkdwn import counted
from sandbox.answer import ResultSet
from sandbox.sql_session.table_text import harmless, table, width

ROOM = 3_800
"""Characters of a narrowed table."""
CELLS = (80, 60, 48, 40, 32, 24, 20, 16, 12, 10, 8)
"""How wide a cell may be: the first of these at which all rows fit."""
READABLE = 24
"""Cells of a table of few columns are cut no further than this; there rows are left out sooner."""
LINE = 160
"""Characters of a row's cells that are left where there are many columns."""
MOST_ROWS = 60
MOST_COLUMNS = 60
"""To lay out a value takes the event loop's time: some 30 microseconds."""
LINE_END = "↵"
NAMES = 6
"""So many columns that are left out are named."""

_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)?(?:[+-]\d\d(?::\d\d)*)?")


@dataclass(frozen=True, kw_only=True, slots=True)
class FirstLook:
    """The narrowed table, and in words what it does not show."""

    text: str
    left_out: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Column:
    name: str
    numeric: bool
    values: tuple[str, ...]


def first_look(result: ResultSet, total: int, room: int = ROOM) -> FirstLook | None:
    """As much of a result as fits; None where there is no table to narrow. `total` is all its rows."""
    if not 1 < len(result.columns) <= MOST_COLUMNS or not result.cells:
        return None
    columns, left_out = _columns(result)
    if not columns:
        return None
    floor = max(min(CELLS), min(READABLE, LINE // len(columns)))
    rows = min(len(result.cells), MOST_ROWS)
    widest = [max(map(width, column.values[:rows]), default=0) for column in columns]
    lines = {
        cap: sum(max(min(wide, cap), min(CELLS)) + 3 for wide in widest) for cap in CELLS if cap >= floor
    }
    cap = next((cap for cap, line in lines.items() if (rows + 2) * line <= room), min(lines))
    rows = max(min(rows, room // lines[cap] - 2), 1)
    named = sum(
        max(width(column.name), min(wide, cap)) + 3 for column, wide in zip(columns, widest, strict=True)
    )
    text = _drawn(columns, rows, cap, whole_names=(rows + 2) * named <= room)
    if total > rows:
        left_out = (counted(total - rows, "more row"), *left_out)
    if "…" in text or LINE_END in text:
        left_out = (*left_out, "the ends of long values")
    return FirstLook(text=text[:room], left_out=left_out)


def _columns(result: ResultSet) -> tuple[list[_Column], tuple[str, ...]]:
    """The columns that say something, and in words what is left out of all of their values."""
    kept: list[_Column] = []
    empty: list[str] = []
    days: set[str] = set()
    for index, name in enumerate(result.columns):
        values = [_one_line(row[index]) for row in result.cells]
        if not any(values):
            empty.append(name)
            continue
        day, values = _times(values)
        days |= {day} if day else set()
        shown = tuple(value[: 2 * max(CELLS)] for value in values)
        kept.append(_Column(name=_one_line(name), numeric=result.numeric[index], values=shown))
    words = []
    if days:
        words.append(f"the date of times ({', '.join(sorted(days))})")
    if empty:
        words.append(f"{counted(len(empty), 'empty column')} ({_named(empty)})")
    return kept, tuple(words)


def _named(names: Sequence[str]) -> str:
    more = len(names) - NAMES
    return ", ".join(names[:NAMES]) + (f" and {more} more" if more > 0 else "")


def _times(values: Sequence[str]) -> tuple[str | None, list[str]]:
    """Moments of one day as times alone, to the second, and the day; other values as they are."""
    found = [_MOMENT.fullmatch(value) for value in values]
    days = {moment[1] for moment in found if moment}
    if len(days) != 1 or any(value and not moment for value, moment in zip(values, found, strict=True)):
        return None, list(values)
    return days.pop(), [moment[2] if moment else "" for moment in found]


def _one_line(value: str | None) -> str:
    lines = (value or "").split("\n")
    return LINE_END.join(" ".join(line.split()) for line in lines if line.strip())


def _drawn(columns: Sequence[_Column], rows: int, cap: int, *, whole_names: bool = False) -> str:
    """The first rows as psql would draw them, with no cell wider than `cap`, nor a header than its cells."""
    names, cells = [], []
    for column in columns:
        values = [_cut(value, cap) for value in column.values[:rows]]
        widest = max(map(width, values), default=0)
        names.append(column.name if whole_names else _cut(column.name, max(widest, min(CELLS))))
        cells.append(values)
    text = table(names, [column.numeric for column in columns], list(zip(*cells, strict=True)), "")
    return harmless(text.rstrip("\n"))


def _cut(value: str, cap: int) -> str:
    if width(value) <= cap:
        return value
    cut = value[: cap - 1]
    while cut and width(cut) > cap - 1:
        cut = cut[:-1]
    return f"{cut}…"
