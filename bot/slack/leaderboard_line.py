"""What a person types after `leaderboard`: `[team] [SCENARIO] [since DATE|this month|…]`, in any order."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.slack.command_line import tidy
from bot.standings.boards import BoardRequest
from bot.standings.period import Calendar, Unit, Wanted, Which
from bot.standings.ranking import Contenders


@dataclass(frozen=True, kw_only=True, slots=True)
class UnclearTime:
    """A time that can't be read."""

    word: str
    """As it was typed; empty where nothing follows `since`."""


_CONTENDERS = {
    "team": Contenders.TEAMS,
    "teams": Contenders.TEAMS,
    "people": Contenders.PEOPLE,
    "person": Contenders.PEOPLE,
    "persons": Contenders.PEOPLE,
    "everybody": Contenders.PEOPLE,
}
_SINCE = {"since", "from", "after"}
_WHICH = {"this": Which.THIS, "last": Which.LAST, "previous": Which.LAST}
_UNITS: dict[str, Unit] = {"week": "week", "month": "month", "year": "year"}
_FILLERS = {"of", "for", "in", "on", "the", "all", "time"}
EARLIEST_YEAR = 1970
"""There were no rides before; and the first day of all has no moment east of Greenwich."""
_PARTIAL = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")


def parse_leaderboard(rest: str) -> BoardRequest | UnclearTime:
    """Read a line. What is none of its words names a scenario."""
    words = tidy(rest).casefold().replace(",", " ").split()
    contenders, span = Contenders.PEOPLE, None
    named: list[str] = []
    while words:
        word = words.pop(0)
        if word in _CONTENDERS:
            contenders = _CONTENDERS[word]
        elif word in _SINCE:
            span, used = _since(words)
            if span is None:
                return UnclearTime(word=" ".join(words[:1]))
            words = words[used:]
        elif word in _WHICH and words and words[0] in _UNITS:
            span = Calendar(which=_WHICH[word], unit=_UNITS[words.pop(0)])
        elif (day := read_date(word)) is not None:
            span = day
        elif word not in _FILLERS:
            named.append(word)
    slug = re.sub(r"[-_]+", "-", "-".join(named)).strip("-.")
    return BoardRequest(contenders=contenders, scenario=slug or None, period=span)


def _since(words: Sequence[str]) -> tuple[Wanted | None, int]:
    """What follows `since`, and how many words it takes."""
    if not words:
        return None, 0
    if words[0] in _WHICH and len(words) > 1 and words[1] in _UNITS:
        return Calendar(which=_WHICH[words[0]], unit=_UNITS[words[1]], onwards=True), 2
    return read_date(words[0]), 1


def read_date(word: str) -> date | None:
    """`2026-11-30`, `2026-11` or `2026`: its first day; None for anything else."""
    match = _PARTIAL.fullmatch(word)
    if match is None:
        return None
    if int(match[1]) < EARLIEST_YEAR:
        return None
    try:
        return date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return None
