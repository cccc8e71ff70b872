r"""Where code, literals and comments begin and end in a text of SQL, as PostgreSQL's own scanner sees it.

Enough to tell a backslash or a quote that means something from one inside a string; nothing is validated,
and a literal or comment that is never closed runs to the end. The rules are in PostgreSQL's documentation,
"Lexical Structure", with standard_conforming_strings on.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    CODE = "code"
    STRING = "string"
    """`'…'`, with or without a prefix such as E."""
    IDENTIFIER = "identifier"
    """`"…"`."""
    BODY = "body"
    """`$$…$$` or `$tag$…$tag$`."""
    COMMENT = "comment"
    TYPOGRAPHIC = "typographic"
    """`‘…’` or `“…”`, as a phone's keyboard writes them; only where `split` is asked for it."""
    DASHED = "dashed"
    """A comment that a keyboard's dash begins, to the end of the line; only where `split` is asked for it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lexeme:
    kind: Kind
    text: str
    closed: bool = True
    """False for a literal or comment that the text ends in."""


SINGLE_QUOTES = "‘’‚‛"
DOUBLE_QUOTES = "“”„‟"
SHORT_DASHES = "‐‑‒–"
"""Hyphens, the figure dash and the en dash: a minus, and two of them a comment, as two hyphens are."""
LONG_DASHES = "—―"
"""What a keyboard makes of two hyphens."""

_OPENINGS = r"""
    (?P<escaped>(?<![\w$])[eE]')
  | (?P<string>')
  | (?P<identifier>")
  | (?P<body>(?<![\w$])\$(?:[^\W\d]\w*)?\$)
  | (?P<line>--)
  | (?P<block>/\*)
"""
_PLAIN = re.compile(_OPENINGS, re.VERBOSE)
_TYPED = re.compile(
    rf"""{_OPENINGS}
  | (?P<typographic>[{SINGLE_QUOTES}{DOUBLE_QUOTES}])
  | (?P<dashed>[{LONG_DASHES}] | [-{SHORT_DASHES}]{{2}})
  | (?P<dash>[{SHORT_DASHES}])
    """,
    re.VERBOSE,
)
_STRING = re.compile(r"[^']*+(?:''[^']*+)*+")
_ESCAPED = re.compile(r"[^'\\]*+(?:(?:''|\\.)[^'\\]*+)*+", re.DOTALL)
_IDENTIFIER = re.compile(r'[^"]*+(?:""[^"]*+)*+')
_CLOSING_SINGLE = re.compile(f"['{SINGLE_QUOTES}]")
_CLOSING_DOUBLE = re.compile(f'["{DOUBLE_QUOTES}]')
_BLOCK_EDGE = re.compile(r"/\*|\*/")


def split(text: str, *, typographic: bool = False) -> Iterator[Lexeme]:
    """The text in order, cut where the kind changes; joined again it is the text.

    With `typographic`, a typographic quote in code opens a literal too; the next quote of its sort closes it.
    And a long dash begins a comment, as does a short one where a statement begins: no minus can stand there.
    """
    openings = _TYPED if typographic else _PLAIN
    start = 0
    while (opening := _next(openings, text, start)) is not None:
        if opening.start() > start:
            yield Lexeme(kind=Kind.CODE, text=text[start : opening.start()])
        kind, end, closed = _end(text, opening)
        yield Lexeme(kind=kind, text=text[opening.start() : end], closed=closed)
        start = end
    if start < len(text):
        yield Lexeme(kind=Kind.CODE, text=text[start:])


def _next(openings: re.Pattern[str], text: str, start: int) -> re.Match[str] | None:
    for opening in openings.finditer(text, start):
        if opening.lastgroup != "dash" or _begins_statement(text, opening.start()):
            return opening
    return None


def _begins_statement(text: str, position: int) -> bool:
    before = position - 1
    while before >= 0 and text[before].isspace():
        before -= 1
    return before < 0 or text[before] == ";"


def is_code(text: str, position: int) -> bool:
    """Whether what stands there is no literal, quoted name or comment."""
    start = 0
    for lexeme in split(text):
        if start <= position < start + len(lexeme.text):
            return lexeme.kind is Kind.CODE
        start += len(lexeme.text)
    return False


def _end(text: str, opening: re.Match[str]) -> tuple[Kind, int, bool]:  # noqa: PLR0911 - one a kind
    after = opening.end()
    match opening.lastgroup:
        case "escaped":
            return Kind.STRING, *_quoted(text, _ESCAPED, after)
        case "string":
            return Kind.STRING, *_quoted(text, _STRING, after)
        case "identifier":
            return Kind.IDENTIFIER, *_quoted(text, _IDENTIFIER, after)
        case "body":
            found = text.find(opening.group(), after)
            return (
                (Kind.BODY, len(text), False)
                if found < 0
                else (Kind.BODY, found + len(opening.group()), True)
            )
        case "line" | "dashed" | "dash":
            found = text.find("\n", after)
            kind = Kind.COMMENT if opening.lastgroup == "line" else Kind.DASHED
            return kind, len(text) if found < 0 else found, True
        case "typographic":
            closing = _CLOSING_SINGLE if opening.group() in SINGLE_QUOTES else _CLOSING_DOUBLE
            quote = closing.search(text, after)
            return (
                (Kind.TYPOGRAPHIC, after, False) if quote is None else (Kind.TYPOGRAPHIC, quote.end(), True)
            )
        case _:
            return Kind.COMMENT, *_block_end(text, after)


def _quoted(text: str, inside: re.Pattern[str], after: int) -> tuple[int, bool]:
    match = inside.match(text, after)
    end = after if match is None else match.end()
    return (end + 1, True) if end < len(text) and text[end] in "'\"" else (len(text), False)


def _block_end(text: str, after: int) -> tuple[int, bool]:
    """Block comments nest in PostgreSQL."""
    depth = 1
    for edge in _BLOCK_EDGE.finditer(text, after):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end(), True
    return len(text), False
