"""What a person types after `leaderboard`: `[team] [SCENARIO] [since DATE|this month|…]`, in any order."""

import re
from datetime import date

from bot.slack.lines.reading import Reading
from bot.slack.lines.unclear import LineKind, Part, Problem
from bot.standings.boards import BoardRequest
from bot.standings.period import Calendar, Unit, Wanted, Which
from bot.standings.ranking import Contenders

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


def parse_leaderboard(rest: str) -> BoardRequest:
    """Read a line. What is none of its words names a scenario. Raises UnclearLineError."""
    line = Reading.of(LineKind.LEADERBOARD, rest)
    contenders: Contenders | None = None
    span: Wanted | None = None
    named: list[str] = []
    broken = False
    while line.tokens:
        before = tuple(line.tokens)
        word = line.word()
        if word in _CONTENDERS:
            line.note(Part.WHOSE, line.take())
            contenders = _CONTENDERS[word]
        elif (found := _period(line)) is not None:
            line.note(Part.PERIOD, line.typed_since(before))
            span = found
        elif word not in _FILLERS:
            if line.problem_with(line.tokens[0]) is not Problem.WORD or broken:
                line.refuse(line.tokens[0])
            named.append(line.take())
            line.parts[Part.SCENARIO] = " ".join(named)
            continue
        else:
            line.take()
        broken = bool(named)
    slug = re.sub(r"[-_]+", "-", "-".join(named)).strip("-.").casefold()
    return BoardRequest(contenders=contenders or Contenders.PEOPLE, scenario=slug or None, period=span)


def _period(line: Reading) -> Wanted | None:
    """The time that comes, taken: `since DATE`, `this month`, `2026-11`. Raises UnclearLineError."""
    onwards = line.took(_SINCE)
    if line.word() in _WHICH and line.word(1) in _UNITS:
        which, unit = line.take().casefold(), line.take().casefold()
        return Calendar(which=_WHICH[which], unit=_UNITS[unit], onwards=onwards)
    day = read_date(line.word())
    if day is not None:
        line.take()
    elif onwards:
        raise line.unclear(Problem.DAY, *line.tokens[:1])
    return day


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
