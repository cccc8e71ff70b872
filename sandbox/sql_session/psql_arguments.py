r"""What a person typed after a describing command, taken apart as psql would, and written so that it is safe.

psql's own reading of a meta-command's line can start programs (`` `id` ``), put in the values of variables
(`:HOME`) and begin a second command at a backslash (PostgreSQL's documentation, psql, "Meta-Commands"). So
none of what was typed is ever read by psql that way: it is taken apart here, and each argument is handed on
in single quotes, between which psql knows nothing but '' and the backslash.
"""

import re

WHOLE_LINE = re.compile(r"\\(?:sf|sv|h)\+?")
"""Of these psql takes the rest of the line as it is."""
NO_SHELL = "Nothing typed here reaches a shell: write what you are looking for without back-ticks."
MOST_ARGUMENTS = 120
r"""A function has at most 100 arguments, and `\df` takes their types."""
_PIECE = re.compile(
    r"""
    (?P<space>\s+)
  | '(?P<single>(?:[^']|\'\')*)'
  | (?P<double>"[^"]*")
  | (?P<open>['"])
  | (?P<plain>[^\s'"]+)
    """,
    re.VERBOSE,
)
_QUOTED = re.compile(r"""'(?:[^']|'')*'|"[^"]*\"""")


class UnreadableArgumentError(ValueError):
    """Something that psql would act upon, or could not read. The text says what to do."""


def split_arguments(typed: str) -> tuple[str, ...]:
    r"""The arguments as psql would understand them: '…' without its quotes, "…" with them.

    Raises UnreadableArgumentError for a line end; for a back-tick, backslash or semicolon outside of quotes,
    for a backslash in '…', a quote that is never closed, and far too many.
    """
    check_line(typed)
    arguments: list[str] = []
    apart = True
    for piece in _PIECE.finditer(typed):
        if piece["space"] is not None:
            apart = True
            continue
        value = _value(piece)
        if apart:
            arguments.append(value)
        else:
            arguments[-1] += value
        apart = False
    if len(arguments) > MOST_ARGUMENTS:
        raise UnreadableArgumentError(f"That is more than {MOST_ARGUMENTS} words.")
    return tuple(arguments)


def whole_line(typed: str) -> str:
    r"""The rest of the line of `\sf`, `\sv` and `\h`, which psql takes as it is.

    Raises UnreadableArgumentError for a line end, a back-tick and a backslash.
    """
    check_line(typed)
    if "`" in typed:
        raise UnreadableArgumentError(NO_SHELL)
    if "\\" in typed:
        raise UnreadableArgumentError("Write it without a backslash.")
    return typed


def check_line(typed: str) -> None:
    """Raises UnreadableArgumentError for what ends psql's line or its string."""
    if any(character in typed for character in "\n\r\0"):
        raise UnreadableArgumentError("Send it alone, as one line: one meta-command at a time.")


def without_quoted(typed: str) -> str:
    """The text without what is in quotes, and without them."""
    return _QUOTED.sub(" ", typed)


def quoted(argument: str) -> str:
    """One argument for psql's command line, whatever is in it but a line end."""
    return "'" + argument.replace("\\", "\\\\").replace("'", "''") + "'"


def _value(piece: re.Match[str]) -> str:
    text = piece[0]
    if piece["open"] is not None:
        raise UnreadableArgumentError(
            f"The quote {text} is opened and never closed: close it, or leave it out."
        )
    if piece["double"] is not None:
        return text
    if "\\" in text:
        raise UnreadableArgumentError('A backslash is only allowed in a double-quoted name, such as "a\\b".')
    if piece["single"] is not None:
        return piece["single"].replace("''", "'")
    if "`" in text:
        raise UnreadableArgumentError(NO_SHELL)
    if ";" in text:
        raise UnreadableArgumentError("Send it alone, as one line: one meta-command at a time.")
    return text
