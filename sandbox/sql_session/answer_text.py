"""What a statement brought, as one text, in the order in which psql would print it."""

import codecs
import re
from dataclasses import dataclass

from sandbox.answer import ResultSet
from sandbox.sql_session.conversation import Copied, Fault, Notice, Part, Rows
from sandbox.sql_session.psql import PsqlAnswer
from sandbox.sql_session.table_text import CELL_CHARACTERS, expanded, table, width

ROWS_SHOWN = 200
LINES_SHOWN = 1000
VALUES_SHOWN = 10_000
CHARACTERS_SHOWN = 500_000
"""A table is cut where it would pass one of these: laying it out takes the event loop's time (measured: 27
microseconds a value), and padding multiplies one wide value by all the rows."""
DESCRIBED_LINES = 5000
_NARROWER = "Name what you are looking for, or use a pattern such as ord*."
_COUNTED = re.compile(r"\(\d+ rows?\)")
WIDE_COLUMNS = 120
r"""A table wider than this is expanded under `\x auto`."""

# int8, int2, int4, oid, xid, cid, float4, float8, money, numeric, xid8: right-aligned in psql
# (column_type_alignment in PostgreSQL's src/fe_utils/print.c).
_NUMERIC = frozenset({20, 21, 23, 26, 28, 29, 700, 701, 790, 1700, 5069})


@dataclass(frozen=True, kw_only=True, slots=True)
class Display:
    expanded: bool | None
    r"""None is `\x auto`."""
    encoding: str
    aborted: bool
    """The transaction has failed."""


def decoded(rows: Rows, encoding: str) -> ResultSet:
    """The result as the engine sees it."""
    return ResultSet(
        columns=rows.columns,
        numeric=tuple(oid in _NUMERIC for oid in rows.types),
        cells=tuple(tuple(_text(value, encoding, cut=rows.shortened) for value in row) for row in rows.kept),
        status=rows.status,
        truncated=rows.cancelled or rows.shortened or rows.count > len(rows.kept),
    )


def answer_text(parts: tuple[Part, ...], display: Display) -> str:
    """Not yet harmless: what PostgreSQL says goes in as it is. As in psql an empty line follows a table."""
    blocks: list[str] = []
    for part in parts:
        match part:
            case Rows():
                blocks.append(_rows_text(part, display))
            case Copied():
                blocks.append(_copied_text(part, display))
            case Notice(text=text) | Fault(text=text):
                blocks.append(text)
    return "\n".join(blocks)


def described_text(answer: PsqlAnswer) -> str:
    """What psql printed, without the blanks at the ends of its lines; of very much, the beginning."""
    lines = [line.rstrip() for line in answer.text.split("\n")]
    shown = size = 0
    for line in lines[:DESCRIBED_LINES]:
        size += len(line) + 1
        if size > CHARACTERS_SHOWN:
            break
        shown += 1
    text = "\n".join(lines[: max(shown, 1)])[:CHARACTERS_SHOWN]
    if shown < len(lines):
        count = next((line for line in reversed(lines) if _COUNTED.fullmatch(line)), "")
        text += (
            f"\n{count}\n(Only the first {max(shown, 1):,} of {len(lines):,} lines are shown. {_NARROWER})"
        )
    if answer.left_out:
        text += f"\n(There was more, but it was not read. {_NARROWER})"
    return text


def _rows_text(rows: Rows, display: Display) -> str:
    if not rows.columns and not rows.count and not rows.status.startswith("SELECT"):
        return rows.status
    result = decoded(rows, display.encoding)
    shown = result.cells[: _fitting(result.cells)]
    footer = _footer(rows, display, len(shown))
    text = _laid_out(result.columns, result.numeric, shown, footer, display.expanded)
    # psql names the command where it did more than read.
    tag = (
        "" if rows.status.startswith(("SELECT", "EXPLAIN", "SHOW", "FETCH", "VALUES")) else f"\n{rows.status}"
    )
    return f"{text}{tag}\n"


def _laid_out(
    columns: tuple[str, ...],
    numeric: tuple[bool, ...],
    shown: tuple[tuple[str | None, ...], ...],
    footer: str,
    expand: bool | None,
) -> str:
    # psql counts no rows there, but what is left out has to be said.
    remark = "" if shown and len(footer.split()) == 2 else footer
    if expand and columns:
        return expanded(columns, shown, remark)
    text = table(columns, numeric, shown, footer)
    if expand is None and columns and max(width(line) for line in text.split("\n")) > WIDE_COLUMNS:
        return expanded(columns, shown, remark)
    return text


def _fitting(cells: tuple[tuple[str | None, ...], ...]) -> int:
    """How many rows are shown, at least one."""
    lines = 0
    widths = [0] * (len(cells[0]) if cells else 0)
    for number, row in enumerate(cells[:ROWS_SHOWN], start=1):
        values = [(value or "")[:CELL_CHARACTERS] for value in row]
        lines += max((value.count("\n") + 1 for value in values), default=1)
        widths = [max(pair) for pair in zip(widths, map(len, values), strict=True)]
        too_much = (
            lines > LINES_SHOWN or lines * len(row) > VALUES_SHOWN or lines * sum(widths) > CHARACTERS_SHOWN
        )
        if too_much:
            return max(number - 1, 1)
    return min(len(cells), ROWS_SHOWN)


def _footer(rows: Rows, display: Display, shown: int) -> str:
    if rows.cancelled:
        aborted = " The transaction is now aborted: ROLLBACK ends it." if display.aborted else ""
        return (
            f"(more than {rows.count:,} rows: the first {shown} are shown, then the statement was cancelled. "
            f"Add a WHERE or a LIMIT.{aborted})"
        )
    return _count(rows.count, shown)


def _count(count: int, shown: int) -> str:
    if count > shown == 0:
        return f"({count} row{'' if count == 1 else 's'}, not shown: the output before was too long)"
    if count > shown:
        return f"({count} rows; the first {shown} {'is' if shown == 1 else 'are'} shown)"
    return "(1 row)" if count == 1 else f"({count} rows)"


def _copied_text(copied: Copied, display: Display) -> str:
    text = copied.data.decode(display.encoding, "replace").rstrip("\n")
    if copied.cancelled:
        return f"{text}\n(there was far more; the statement was cancelled)"
    return text if copied.complete else f"{text}\n(there was more; only the beginning is shown)"


def _text(value: bytes | None, encoding: str, *, cut: bool) -> str | None:
    """What is no text in the encoding becomes U+FFFD; a value that was cut may end inside a character."""
    if value is None:
        return None
    try:
        return value.decode(encoding)
    except UnicodeDecodeError:
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        text = decoder.decode(value, final=not cut)
        return text + "…" if cut and decoder.getstate()[0] else text
