r"""psql's meta-commands, as far as they can be had in a chat: an allowlist, everything else is refused.

What a person types is taken apart here, before pgspecial sees any of it: pgspecial also knows `\!` (a
shell), `\copy` and `\e` (files). It is given a command of the list and a pattern that has no backslash and
no line end in it, and a table of commands that holds nothing else.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from pgspecial.main import PGSpecial

from sandbox.lexemes import Kind, split

DESCRIBING = (r"\d", r"\dt", r"\di", r"\dn", r"\du", r"\dx", r"\df", r"\sf", r"\l", r"\list")
"""Answered by pgspecial with queries on the system catalogs."""
MOST_SWITCHES = 5
OWN = (r"\c", r"\connect", r"\conninfo", r"\x", r"\timing", r"\?", r"\h")

HELP = r"""What works here:
  SQL, one or more statements, as in psql
  \d [NAME]      tables, or one table's columns and indexes (also \d+)
  \dt \di \dn \du \dx \df [PATTERN]   tables, indexes, schemas, roles, extensions, functions
  \sf FUNCTION   a function's definition
  \l             databases
  \c DATABASE    connect to another database
  \conninfo      where you are connected
  \x [on|off|auto]   one line a value; or end a statement with \gx
  \timing [on|off]   show how long a statement took
  \h COMMAND     SQL syntax, such as \h ALTER TABLE"""

_SHELL = (
    "Nothing typed here reaches a shell. What you need is in the database: try SELECT, or \\? for what works."
)
_FILE = "There are no files here: the answer comes into the channel. Run the statement without it."
_REFUSALS = {
    r"\!": _SHELL,
    r"\copy": "There are no files here: use SELECT, or COPY (SELECT ...) TO STDOUT.",
    r"\e": "There is no editor here: write the statement in your message, over several lines if you like.",
    r"\ef": "There is no editor here: \\sf shows a function, CREATE OR REPLACE FUNCTION changes it.",
    r"\ev": "There is no editor here: CREATE OR REPLACE VIEW changes a view.",
    r"\watch": "Statements run once here: send it again to see what has changed.",
    r"\i": "There are no files here: paste the statements into your message.",
    r"\ir": "There are no files here: paste the statements into your message.",
    r"\o": _FILE,
    r"\w": _FILE,
    r"\s": _FILE,
    r"\g": "It takes no file and no program: the answer comes into the channel. End the statement with ;",
    r"\gexec": "Read what the query gives, then send the statements that you want to run.",
    r"\gset": "There are no variables here: write the value into the statement.",
    r"\set": "There are no variables here: write the value into the statement. (SQL's own SET works.)",
    r"\unset": "There are no variables here. (SQL's own RESET works.)",
    r"\password": "The password belongs to this ride and can't be changed.",
    r"\q": "There is nothing to quit: the session ends with the ride.",
}

_META = re.compile(r"\\(?:[A-Za-z]+|\S|$)")
_LEADING = re.compile(r"(\\(?:[A-Za-z]+|[?!]))(\+?)")
_TRAILING = re.compile(r"\\(gx|g|x)[ \t]*;?\s*\Z")
_SWITCH_LINE = re.compile(r"(\\(?:x|timing)\b[^\n]*)\n(.*)\Z", re.DOTALL)


@dataclass(frozen=True, kw_only=True, slots=True)
class MetaCommand:
    name: str
    verbose: bool = False
    argument: str = ""


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
    everything = (*before, _leading(rest) if rest.startswith("\\") else _statement(rest))
    forbidden = [typed for typed in everything if isinstance(typed, Forbidden)]
    return (forbidden[0],) if forbidden else everything


def _leading(line: str) -> MetaCommand | Forbidden:
    others = _META.findall(line[1:])
    refused = next((name for name in others if name not in DESCRIBING + OWN), None)
    if refused is not None and refused not in {"\\", "\\\\"}:
        return _forbidden(refused)
    command = _LEADING.match(line)
    if command is None:
        return _forbidden(_META.match(line)[0] if _META.match(line) else "\\")  # type: ignore[index]
    name, argument = command[1], line[command.end() :]
    if name not in DESCRIBING + OWN or (argument and not argument[0].isspace() and argument[0] != ";"):
        return _forbidden(name if name not in DESCRIBING + OWN else name + argument.split()[0])
    argument = argument.strip().rstrip(";").strip()
    if any(character in argument for character in "\\;\n\r\0"):
        return Forbidden(
            meta_command=name, text=f"Send {name} alone, as one line: one meta-command at a time."
        )
    return MetaCommand(name=name, verbose=command[2] == "+", argument=argument)


def _statement(text: str) -> Statement | Forbidden | Nothing:
    trailing = _TRAILING.search(text)
    suffix = trailing[1] if trailing is not None and _is_code(text, trailing.start()) else None
    sql = text[: trailing.start()].rstrip() if trailing is not None and suffix is not None else text
    code = [lexeme for lexeme in split(sql) if lexeme.kind is not Kind.COMMENT]
    for lexeme in code:
        meta = _META.search(lexeme.text) if lexeme.kind is Kind.CODE else None
        if meta is not None:
            return _forbidden(meta[0], inside=True)
    if not "".join(lexeme.text for lexeme in code).strip("; \t\n\r\f\v"):
        return Nothing()
    return Statement(sql=sql, expanded=suffix in {"gx", "x"})


def _is_code(text: str, position: int) -> bool:
    start = 0
    for lexeme in split(text):
        if start <= position < start + len(lexeme.text):
            return lexeme.kind is Kind.CODE
        start += len(lexeme.text)
    return False


def _forbidden(name: str, *, inside: bool = False) -> Forbidden:
    if name in _REFUSALS:
        return Forbidden(meta_command=name, text=f"{name} is not available here. {_REFUSALS[name]}")
    if inside and name in DESCRIBING + OWN:
        return Forbidden(meta_command=name, text=f"Send {name} alone, not after a statement.")
    near = difflib.get_close_matches(name, DESCRIBING + OWN, n=1, cutoff=0.5)
    instead = f"Did you mean {near[0]}? " if near else ""
    return Forbidden(meta_command=name, text=f"{name} is not available here. {instead}\\? shows what is.")


class Cursor(Protocol):
    """What pgspecial uses of a DB-API cursor: `connection.info.server_version` and these."""

    def execute(self, query: object, params: object = None) -> object: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Described:
    """A part of pgspecial's answer."""

    title: str | None
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    text: str | None


def describe(command: MetaCommand, cursor: Cursor) -> tuple[Described, ...]:
    """Run a command of DESCRIBING, with as many queries as it takes; raises what the cursor raises."""
    special = PGSpecial()
    special.commands = {name: special.commands[name] for name in DESCRIBING}
    if command.name not in special.commands:
        raise ValueError(command.name)
    handler: Callable[..., Iterable[tuple[object, object, Sequence[str] | None, object]] | None]
    handler = special.commands[command.name].handler
    # pgspecial 2.2.1 fails with a KeyError on \dx+ with a pattern.
    verbose = command.verbose and not (command.name == r"\dx" and command.argument)
    answers = handler(cur=cursor, pattern=command.argument, verbose=verbose) or ()
    return tuple(
        Described(
            title=title.strip() if isinstance(title, str) else None,
            columns=tuple(headers or ()),
            rows=tuple(tuple(row) for row in rows) if isinstance(rows, Iterable) else (),
            text=status if isinstance(status, str) else None,
        )
        for title, rows, headers, status in answers
    )


def sql_syntax(command: str) -> str:
    r"""What `\h COMMAND` says, from pgspecial's table of PostgreSQL's commands."""
    ((_, _, _, text),) = PGSpecial().show_command_help(command)
    return str(text).strip()
