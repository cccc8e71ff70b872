r"""Results as text, the way psql prints them, and text that is harmless in a chat.

Values are aligned with tabulate and wcwidth, numbers to the right, NULL empty, `+` where a value goes on in
the next line. Characters that psql escapes are escaped in the same way (`\r`, `\x1B`). Mentions and
back-tick fences are taken apart with U+2060, a character without a width, so that they look the same and do
nothing.
"""

import re
from collections.abc import Sequence

import tabulate
from wcwidth import wcswidth

CELL_CHARACTERS = 1000
"""Of a longer value, so many are shown."""

_JOINER = "\u2060"
_MENTION = re.compile(r"<(?=[!@#]\w|https?:|mailto:)|@(?=(?:channel|here|everyone)\b)")
_FENCE = re.compile("`{3,}")
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
)
_ROW = tabulate.DataRow("", "|", "")
_PSQL = tabulate.TableFormat(
    lineabove=None,
    linebelowheader=None,
    linebetweenrows=None,
    linebelow=None,
    headerrow=_ROW,
    datarow=_ROW,
    padding=1,
    with_header_hide=None,
)


def harmless(text: str) -> str:
    """The text without mentions, back-tick fences and characters that act on a terminal or a page."""
    text = _CONTROL.sub(_escaped, text)
    text = _MENTION.sub(lambda found: found[0] + _JOINER, text)
    return _FENCE.sub(lambda found: _JOINER.join(found[0]), text)


def table(
    columns: Sequence[str], numeric: Sequence[bool], cells: Sequence[Sequence[str | None]], footer: str
) -> str:
    """An aligned table with its footer, such as `(5 rows)`."""
    if not columns:
        return f"--\n{footer}"
    lines: list[list[str]] = []
    for row in cells:
        split = [_shown(value).split("\n") for value in row]
        height = max(len(parts) for parts in split)
        for number in range(height):
            lines.append([_part(parts, number) for parts in split])
    widths = [
        max(width(text) for text in (_shown(name), *(line[index] for line in lines)))
        for index, name in enumerate(columns)
    ]
    headers = [
        _centred(_shown(name).replace("\n", " "), size) for name, size in zip(columns, widths, strict=True)
    ]
    # The header goes in as a row: tabulate would pad a real one by two more columns than psql does.
    text = tabulate.tabulate(
        [headers, *lines],
        tablefmt=_PSQL,
        disable_numparse=True,
        colalign=["right" if right else "left" for right in numeric],
        preserve_whitespace=True,
    )
    header, *body = [line.rstrip() for line in text.split("\n")]
    rule = "+".join("-" * (size + 2) for size in widths)
    return "\n".join([header, rule, *body, footer])


def expanded(columns: Sequence[str], cells: Sequence[Sequence[str | None]], footer: str) -> str:
    r"""One line a value, as after `\x`."""
    if not cells:
        return footer
    names = [_shown(name).replace("\n", " ") for name in columns]
    left = max((width(name) for name in names), default=0)
    lines: list[str] = []
    for number, row in enumerate(cells, start=1):
        values = [_shown(value).split("\n") for value in row]
        right = max((width(part) for parts in values for part in parts), default=0)
        title = f"-[ RECORD {number} ]"
        rule = "-" * (left + 1) + "+" + "-" * (right + 1)
        lines.append(title + rule[len(title) :])
        for name, parts in zip(names, values, strict=True):
            for index, part in enumerate(parts):
                label = name if index == 0 else ""
                more = "+" if index + 1 < len(parts) else ""
                lines.append(f"{label}{' ' * (left - width(label))} | {part}{more}")
    return "\n".join([*lines, footer]).rstrip("\n")


def width(text: str) -> int:
    """Columns the text takes in a fixed-width font."""
    measured: int = wcswidth(text)
    return measured if measured >= 0 else len(text)


def _shown(value: str | None) -> str:
    if value is None:
        return ""
    if len(value) > CELL_CHARACTERS:
        value = f"{value[:CELL_CHARACTERS]}… ({len(value):,} characters)"
    return _CONTROL.sub(_escaped, value.expandtabs(8))


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    if character == "\r":
        return "\\r"
    code = ord(character)
    return f"\\x{code:02X}" if code < 0x80 else f"\\u{code:04X}"


def _part(parts: list[str], number: int) -> str:
    if number >= len(parts):
        return ""
    return parts[number] + ("+" if number + 1 < len(parts) else "")


def _centred(name: str, size: int) -> str:
    spare = max(size - width(name), 0)
    return " " * (spare // 2) + name + " " * (spare - spare // 2)
