r"""What pgbench would say of a script, before it is run: `\commands`, `:variables`, and the SQL between them.

Source: https://www.postgresql.org/docs/current/pgbench.html, "Custom Scripts".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scenarios.loading.nearest import nearest

_TOKENS = re.compile(
    r"""
      (?P<literal> [eE]'(?:[^'\\]|\\.|'')*' | '(?:[^']|'')*' | "(?:[^"]|"")*" | --[^\n]* | /\*.*?\*/
                 | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$ )
    | (?P<command> \\ (?:[^\n\\] | \\\r?\n | \\)* )
    | (?P<variable> (?<![:\w]) : (?P<name>[a-zA-Z_]\w*) )
    """,
    re.VERBOSE | re.DOTALL,
)
_VARIABLE = re.compile(r"(?<![:\w]):([a-zA-Z_]\w*)")
_WORD = re.compile(r"\S+")
_ALWAYS = frozenset({"client_id", "default_seed", "random_seed", "scale"})
"""Variables that every script has."""
_UNITS = {"us": 1, "ms": 1_000, "s": 1_000_000}
"""Microseconds."""
LONGEST_SLEEP = 2**31 - 1
"""Microseconds that pgbench can count: it keeps them in an int."""
_MOST = LONGEST_SLEEP // 1_000_000
_CONDITIONS = ("if", "elif", "else", "endif")
_PIPELINE = ("startpipeline", "syncpipeline", "endpipeline")
_STORE = ("gset", "aset")
COMMANDS = ("set", "sleep", *_CONDITIONS, *_STORE, *_PIPELINE)
r"""All of pgbench's but those that run programs, `\shell` and `\setshell`."""
_ALL = ", ".join(f"'\\{name}'" for name in COMMANDS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Mistake:
    """Something that pgbench stumbles over, by its offset in the script."""

    at: int
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Command:
    at: int
    name: str
    rest: str
    """What follows the name, continued lines joined; as long as it was written."""
    rest_at: int


def plain_sql(script: str) -> str:
    r"""The SQL, every character at its place: `\…` commands blanked, `:variables` as numbers."""

    def blank(found: re.Match[str]) -> str:
        text = found[0]
        if found["command"] is not None:
            # A statement ends where its result is stored.
            stores = _first_word(text[1:]).lower() in _STORE
            blanked = re.sub(r"[^\r\n]", " ", text)
            return ";" + blanked[1:] if stores else blanked
        return "0".rjust(len(text)) if found["variable"] is not None else text

    return _TOKENS.sub(blank, script)


def mistakes(script: str) -> Iterator[Mistake]:
    """All that is wrong with a script's commands and variables, in its order."""
    found = list(_misused(script))
    found += _unbalanced(_commands(script))
    found += _unknown_variables(script)
    yield from sorted(found, key=lambda mistake: mistake.at)


def _commands(script: str) -> list[_Command]:
    commands = []
    for found in _TOKENS.finditer(script):
        if (text := found["command"]) is None:
            continue
        joined = re.sub(r"\\\r?\n", lambda end: " " * len(end[0]), text[1:])
        word = _WORD.search(joined)
        start, end = (word.start(), word.end()) if word else (0, 0)
        at = found.start() + 1
        commands.append(
            _Command(at=at - 1, name=joined[start:end].lower(), rest=joined[end:].rstrip(), rest_at=at + end)
        )
    return commands


def _first_word(text: str) -> str:
    word = _WORD.search(text)
    return word[0] if word else ""


def _misused(script: str) -> Iterator[Mistake]:
    for command in _commands(script):
        if command.name not in COMMANDS:
            near = nearest(command.name, COMMANDS)
            hint = f"did you mean {_shown(near[0])}?" if near else f"it has {_ALL}."
            yield Mistake(
                at=command.at,
                message=f"{_shown(command.name)} is no command of pgbench (psql's don't work here); {hint}",
            )
        elif (message := _wrong_arguments(command.name, command.rest.split())) is not None:
            yield Mistake(at=command.at, message=message)


def _wrong_arguments(name: str, words: list[str]) -> str | None:
    shown = _shown(name)
    if name == "set":
        return _wrong_set(words)
    if name == "sleep":
        return _wrong_sleep(words)
    if name in ("if", "elif"):
        return None if words else f"{shown} needs a condition."
    if name in _STORE:
        return None if len(words) <= 1 else f"{shown} takes one prefix at most."
    return f"{shown} takes nothing after it." if words else None


def _wrong_set(words: list[str]) -> str | None:
    if len(words) < 2:
        return r"'\set' needs a name and an expression, as in '\set customer random(1, 1000)'."
    if not re.fullmatch(r"\w+", words[0]):
        return f"{words[0]!r} can't be a variable's name: letters, digits and underscores."
    return None


def _shown(name: str) -> str:
    return f"'\\{name}'"


def _wrong_sleep(words: list[str]) -> str | None:
    if not 1 <= len(words) <= 2:
        return r"'\sleep' needs a time, as in '\sleep 200 ms'."
    written, unit = words[0], words[-1]
    if len(words) == 1:
        number = re.match(r":\w*|-?\d*", words[0])
        written = number[0] if number else ""
        unit = words[0][len(written) :]
    unit = unit.lower() or "s"
    if unit not in _UNITS:
        return rf"'\sleep' knows no {unit!r}; it takes us, ms or s."
    if written.startswith(":"):
        return None
    if not written.isdecimal():
        return rf"'\sleep' needs a whole number, not {written!r}."
    if int(written) * _UNITS[unit] > LONGEST_SLEEP:
        return rf"'\sleep {written} {unit}' overflows: pgbench can sleep for {_MOST} s at most."
    return None


def _unbalanced(commands: list[_Command]) -> Iterator[Mistake]:
    r"""An `\if` that stays open, and what stands outside of any."""
    opened: list[tuple[int, bool]] = []
    for command in commands:
        match command.name:
            case "if":
                opened.append((command.at, False))
            case "elif" | "else" | "endif" if not opened:
                yield Mistake(at=command.at, message=rf"'\{command.name}' stands outside of an '\if'.")
            case "elif" | "else" if opened[-1][1]:
                yield Mistake(at=command.at, message=rf"'\{command.name}' comes after its '\else'.")
            case "else":
                opened[-1] = (opened[-1][0], True)
            case "endif":
                opened.pop()
    for at, _ in opened:
        yield Mistake(at=at, message=r"this '\if' is never closed; it needs an '\endif'.")


def _unknown_variables(script: str) -> list[Mistake]:
    r"""Names that nothing sets. What `\gset` and `\aset` set are columns, which nobody knows here."""
    commands = _commands(script)
    if any(command.name in _STORE for command in commands):
        return []
    known = {
        command.rest.split()[0] for command in commands if command.name == "set" and command.rest.split()
    }
    used = [(found.start(), found["name"]) for found in _TOKENS.finditer(script) if found["variable"]]
    for command in commands:
        used += [(command.rest_at + found.start(), found[1]) for found in _VARIABLE.finditer(command.rest)]
    return [Mistake(at=at, message=_unknown(name, known)) for at, name in used if name not in known | _ALWAYS]


def _unknown(name: str, known: set[str]) -> str:
    near = nearest(name, sorted(known | _ALWAYS))
    hint = f"did you mean ':{near[0]}'?" if near else rf"set it first, with '\set {name} …'."
    return f"nothing sets the variable ':{name}'; {hint}"
