r"""`STATEMENT \watch [SECONDS]`, as psql has it: the same statement again and again, within bounds.

psql's own words for it are understood (documentation, psql, `\watch`): a number of seconds, `i=SECONDS`,
`c=TIMES` and `m=ROWS`, the fewest rows with which it goes on.
"""

import re
from dataclasses import dataclass

from sandbox.sql_session.sql_lexer import is_code
from sandbox.sql_session.typed_text import read_typed

SECONDS = 2.0
"""Between two runs, as in psql; never less, for every run edits a message."""
MOST_SECONDS = 60.0
"""Between two runs."""
MOST_TIMES = 30
ALTOGETHER = 120.0
"""Seconds that it may go on."""
_WATCH = re.compile(r"\\watch(?=[\s;]|\Z)([^\\'\"\n]*)\Z")
_WORD = re.compile(r"(?:(i|interval|c|count|m|min_rows)=)?(\d+(?:\.\d+)?)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Watch:
    """What is to be run again and again."""

    sql: str
    seconds: float = SECONDS
    """From one answer to the next run."""
    times: int = MOST_TIMES
    least_rows: int = 0
    """It ends with an answer of fewer rows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class UnreadableWatch:
    """It can't be done so; the text says what to type."""

    text: str


def read_watch(text: str) -> Watch | UnreadableWatch | None:
    r"""What was typed, as it came from the chat, if it ends with `\watch`; None for everything else."""
    typed = read_typed(text)
    found = _WATCH.search(typed)
    if found is None or not is_code(typed, found.start()):
        return None
    sql = typed[: found.start()].rstrip()
    if not sql.strip("; \t\n"):
        return UnreadableWatch(
            text="\\watch goes at the end of a statement: SELECT state FROM pg_stat_activity \\watch 2"
        )
    if sql.startswith("\\"):
        return UnreadableWatch(
            text="\\watch repeats SQL statements only: send a meta-command again to see more."
        )
    return _read(sql, found[1].replace(";", " ").split())


def _read(sql: str, words: list[str]) -> Watch | UnreadableWatch:
    given: dict[str, float] = {}
    for word in words:
        value = _WORD.fullmatch(word)
        name = "i" if value is None or value[1] is None else value[1][0].lower()
        if value is None or name in given:
            text = (
                f"\\watch takes a number of seconds, c=TIMES and m=ROWS: \\watch 2 c=10. It can't take {word}"
            )
            return UnreadableWatch(text=text)
        given[name] = float(value[2])
    return Watch(
        sql=sql,
        seconds=min(max(given.get("i", SECONDS), SECONDS), MOST_SECONDS),
        times=max(min(int(given.get("c", MOST_TIMES)), MOST_TIMES), 1),
        least_rows=int(given.get("m", 0)),
    )
