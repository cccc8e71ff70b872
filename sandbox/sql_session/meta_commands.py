r"""psql's meta-commands, as far as they can be had in a chat: an allowlist, everything else is refused.

What a person types is taken apart here, before psql sees any of it: psql also knows `\!` (a shell), `\copy`
and `\e` (files), and its arguments can do as much. It is given one command of the list, and arguments that
mean only themselves (`psql_arguments`).
"""

import difflib
import re
from dataclasses import dataclass

from sandbox.sql_session.psql_arguments import (
    WHOLE_LINE,
    UnreadableArgumentError,
    split_arguments,
    whole_line,
    without_quoted,
)
from sandbox.sql_session.sql_lexer import Kind, is_code, split

_NAMES = (
    "d dt di dv dm ds dE dn dp ddp dT dD df dfa dfn dfp dft dfw da do du dg drg drds dx dX dl dL dO dy dRp "
    "dRs dd db dc dC dconfig dP dPt dPi dPn dA dAc dAf dAo dAp des det deu dew dF dFd dFp dFt z l list "
    "sf sv h"
)
DESCRIBING = tuple(f"\\{name}" for name in _NAMES.split())
r"""Answered by psql with queries on the system catalogs, and `\h` by its own book."""
# Kinds of relations can be had together (\dtv); S, + and, from psql 18 on, x come after the rest.
_DESCRIBING = re.compile(rf"(?:{'|'.join(map(re.escape, DESCRIBING))}|\\d[Eimstv]+)[S+x]*")
MOST_SWITCHES = 5
OWN = (r"\c", r"\connect", r"\conninfo", r"\x", r"\timing", r"\?")

HELP = r"""What works here:
  SQL, one or more statements, as in psql
  \d [NAME]      tables, or one table's columns, indexes and more (\d+ shows more, \dS the system's too)
  \dt \di \dv \dm \ds [PATTERN]   tables, indexes, views, materialized views, sequences
  \df \dT \dn \dp \du \dx \dRp [PATTERN]   functions, types, schemas, privileges, roles, extensions,
                 publications; and psql's other commands that begin with \d
  \sf FUNCTION, \sv VIEW   a definition
  \l [PATTERN]   databases
  \c DATABASE    connect to another database
  \conninfo      where you are connected
  STATEMENT \watch [SECONDS]   run it repeatedly, for two minutes at most; your next message stops it
  \x [on|off|auto]   one line per value; or end a statement with \gx
  \timing [on|off]   show how long a statement took
  \h COMMAND     SQL syntax, such as \h ALTER TABLE"""

_SHELL = (
    "Nothing typed here reaches a shell. What you need is in the database: try SELECT, or \\? for what works."
)
_FILE = "There are no files here: the answer comes as a message. Run the statement without it."
_LEAVING = (
    "There is nothing to quit: your session ends with the ride. "
    "(ROLLBACK; discards what you have not committed, as quitting psql would.)"
)
_REFUSALS = {
    r"\!": _SHELL,
    r"\copy": "There are no files here: use SELECT, or COPY (SELECT ...) TO STDOUT.",
    r"\e": "There is no editor here: write the statement in your message, over several lines if you like.",
    r"\ef": "There is no editor here: \\sf shows a function, CREATE OR REPLACE FUNCTION changes it.",
    r"\ev": "There is no editor here: CREATE OR REPLACE VIEW changes a view.",
    r"\watch": "It goes at the end of one SQL statement: SELECT ... \\watch 2;",
    r"\i": "There are no files here: paste the statements into your message.",
    r"\ir": "There are no files here: paste the statements into your message.",
    r"\o": _FILE,
    r"\w": _FILE,
    r"\s": _FILE,
    r"\g": "It takes no file and no program: the answer comes as a message. End the statement with ;",
    r"\gexec": "Read the result of the query, then send the statements that you want to run.",
    r"\gset": "There are no variables here: write the value into the statement.",
    r"\set": "There are no variables here: write the value into the statement. (SQL's own SET works.)",
    r"\unset": "There are no variables here. (SQL's own RESET works.)",
    r"\password": "The password belongs to this ride and can't be changed.",
    r"\q": _LEAVING,
}

_META = re.compile(r"\\(?:[A-Za-z][A-Za-z_+]*|\S|$)")
_WORD = re.compile(r"(help|quit|exit)[\s;]*\Z", re.IGNORECASE)
r"""psql takes these without a backslash where a statement could begin."""
_TRAILING = re.compile(r"\\(gx|g|x)[ \t]*;?\s*\Z")
_SWITCH_LINE = re.compile(r"(\\(?:x|timing)\b[^\n]*)\n(.*)\Z", re.DOTALL)


@dataclass(frozen=True, kw_only=True, slots=True)
class MetaCommand:
    name: str
    """With what goes on in the same word: `\\dt`, `\\dtS+`."""
    argument: str = ""
    """The rest of the line."""
    words: tuple[str, ...] = ()
    """Of a describing command, the argument's words as psql would understand them."""

    @property
    def describes(self) -> bool:
        """psql answers it."""
        return is_describing(self.name)


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    sql: str
    expanded: bool = False
    r"""It ended with `\gx`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Forbidden:
    meta_command: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Nothing:
    """Only spaces, semicolons or comments."""


Typed = MetaCommand | Statement | Forbidden | Nothing


def read_input(text: str) -> tuple[Typed, ...]:
    r"""What is to be done, in order: one thing, or lines of `\x` or `\timing` and then a statement.

    A meta-command that is not allowed, wherever it stands outside of literals and comments, makes it one
    Forbidden and nothing else.
    """
    before: list[Typed] = []
    rest = text.strip()
    while len(before) < MOST_SWITCHES and (line := _SWITCH_LINE.match(rest)) and line[2].strip():
        before.append(_leading(line[1].strip()))
        rest = line[2].strip()
    everything = (*before, _last(rest))
    forbidden = [typed for typed in everything if isinstance(typed, Forbidden)]
    return (forbidden[0],) if forbidden else everything


def _last(rest: str) -> Typed:
    word = _WORD.match(rest)
    if word is not None:
        return _leaving(word[1])
    return _leading(rest) if rest.startswith("\\") else _statement(rest)


def is_describing(name: str) -> bool:
    r"""Whether psql may answer this command, such as `\dtS+`."""
    return _DESCRIBING.fullmatch(name) is not None


def _leading(line: str) -> MetaCommand | Forbidden:
    word = _META.match(line)
    name = "\\" if word is None else word[0]
    rest = line[len(name) :]
    describes = is_describing(name)
    # What a describing command has in quotes is a name.
    others = _META.findall(without_quoted(rest) if describes and not WHOLE_LINE.fullmatch(name) else rest)
    refused = next((other for other in others if not _is_known(other)), None)
    if refused is not None and refused not in {"\\", "\\\\"}:
        return _forbidden(refused)
    if not _is_known(name):
        return _forbidden(name)
    if rest and not rest[0].isspace() and rest[0] != ";":
        return _forbidden(name + rest.split()[0])
    argument = rest.rstrip("; \t\n\r\f\v").strip()
    if not describes and any(character in argument for character in "\\;\n\r\0"):
        return Forbidden(
            meta_command=name, text=f"Send {name} alone, as one line: one meta-command at a time."
        )
    return _describing(name, argument) if describes else MetaCommand(name=name, argument=argument)


def _describing(name: str, argument: str) -> MetaCommand | Forbidden:
    try:
        words = (whole_line(argument),) if WHOLE_LINE.fullmatch(name) else split_arguments(argument)
    except UnreadableArgumentError as error:
        return Forbidden(meta_command=name, text=f"{name} was not run. {error}")
    return MetaCommand(name=name, argument=argument, words=words)


def _is_known(name: str) -> bool:
    return name in OWN or is_describing(name)


def _leaving(word: str) -> MetaCommand | Forbidden:
    if word.lower() == "help":
        return MetaCommand(name=r"\?")
    return Forbidden(meta_command=r"\q", text=_LEAVING)


def _statement(text: str) -> Statement | Forbidden | Nothing:
    trailing = _TRAILING.search(text)
    suffix = trailing[1] if trailing is not None and is_code(text, trailing.start()) else None
    sql = text[: trailing.start()].rstrip() if trailing is not None and suffix is not None else text
    code = [lexeme for lexeme in split(sql) if lexeme.kind is not Kind.COMMENT]
    for lexeme in code:
        meta = _META.search(lexeme.text) if lexeme.kind is Kind.CODE else None
        if meta is not None:
            return _forbidden(meta[0], inside=True)
    if not "".join(lexeme.text for lexeme in code).strip("; \t\n\r\f\v"):
        return Nothing()
    return Statement(sql=sql, expanded=suffix in {"gx", "x"})


def _forbidden(name: str, *, inside: bool = False) -> Forbidden:
    if name in _REFUSALS:
        return Forbidden(meta_command=name, text=f"{name} is not available here. {_REFUSALS[name]}")
    if inside and _is_known(name):
        return Forbidden(meta_command=name, text=f"Send {name} alone, not after a statement.")
    near = difflib.get_close_matches(name, DESCRIBING + OWN, n=1, cutoff=0.5)
    instead = f"Did you mean {near[0]}? " if near else ""
    return Forbidden(meta_command=name, text=f"{name} is not available here. {instead}\\? shows what is.")
