r"""Where one statement ends and the next begins, as psql sees it.

psql sends statement by statement, each with its semicolon and what stands before it, so each is a transaction
of its own unless BEGIN says otherwise. It ends one at a semicolon outside of parentheses and of the body of
a SQL-standard function (CREATE FUNCTION … BEGIN ATOMIC …; END). It sends what follows the last semicolon
too, unless that is nothing but spaces and comments. Sources: PostgreSQL's documentation of psql
("Meta-Commands", `\;`) and its "Lexical Structure". PostgreSQL's parser could split too, but not a text with
a mistake in it, which psql sends as well, up to the semicolon.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sandbox.sql_session.sql_lexer import Kind, Lexeme, split

_MARK = re.compile(r"[();]|[^\W\d][\w$]*")
_ROUTINE = re.compile(r"create (?:or replace )?(?:function|procedure)\b")
_HEAD_WORDS = 4
"""CREATE OR REPLACE FUNCTION: by then it is known whether a body may come."""
_BLANK = " \t\r\n\f\v"


def statement_texts(text: str) -> tuple[str, ...]:
    """The statements in order, as they were typed; a text without any is one all the same."""
    found: list[str] = []
    begun = 0
    for end in _ends(text):
        found.append(text[begun:end])
        begun = end
    found.append(text[begun:])
    kept = [piece.strip(_BLANK) for piece in found if _says_something(piece)]
    return tuple(kept) or (text,)


@dataclass(slots=True)
class _Place:
    """How deep in parentheses and bodies the text is, and how its statement began."""

    head: list[str] = field(default_factory=list)
    parentheses: int = 0
    blocks: int = 0

    def word(self, word: str) -> None:
        if len(self.head) < _HEAD_WORDS:
            self.head.append(word)
        if self.parentheses or not _ROUTINE.match(" ".join(self.head)):
            return
        if word == "begin" or (word == "case" and self.blocks):
            self.blocks += 1
        elif word == "end" and self.blocks:
            self.blocks -= 1


def _ends(text: str) -> Iterator[int]:
    """The offsets behind the semicolons that end a statement."""
    place, start = _Place(), 0
    for lexeme in split(text):
        for mark in _MARK.finditer(lexeme.text) if lexeme.kind is Kind.CODE else ():
            match mark[0]:
                case "(":
                    place.parentheses += 1
                case ")":
                    place.parentheses = max(place.parentheses - 1, 0)
                case ";":
                    if not place.parentheses and not place.blocks:
                        yield start + mark.end()
                        place = _Place()
                case word:
                    place.word(word.lower())
        start += len(lexeme.text)


def _says_something(piece: str) -> bool:
    code: list[Lexeme] = [lexeme for lexeme in split(piece) if lexeme.kind is not Kind.COMMENT]
    return bool("".join(lexeme.text for lexeme in code).strip("; \t\n\r\f\v"))
