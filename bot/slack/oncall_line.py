"""What a person types after `oncall`: words in nearly any order, read with patience."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import time
from enum import Enum, auto

from bot.oncall.days import Day, Weekday, read_day
from bot.oncall.rotas import RotaRequest, SwapRequest
from bot.oncall.zones import is_zone
from bot.slack.command_line import GROUP, MENTION, tidy, unescaped
from bot.slack.times_of_day import time_of_day
from storage.team_records import RotaUnit


class Problem(Enum):
    """Why a line can't be read."""

    NO_TEAM = auto()
    NO_PEOPLE = auto()
    NO_TURN = auto()
    TURN = auto()
    DAY = auto()
    END = auto()
    TIME = auto()
    WORD = auto()
    GROUP = auto()
    TWO_PEOPLE = auto()
    NO_END = auto()
    UNREADABLE = auto()


@dataclass(frozen=True, kw_only=True, slots=True)
class Unclear:
    """A line that can't be read, and where it ends to make sense."""

    problem: Problem
    team: str = ""
    words: tuple[str, ...] = ()
    """The words in question, as they were typed."""
    people: tuple[str, ...] = ()
    """The people named so far: for an example with them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShowLine:
    """Who is on call, in one team or (None) in all that matter."""

    team: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class OffLine:
    """No rota any more."""

    team: str


OncallLine = ShowLine | OffLine | RotaRequest | SwapRequest | Unclear

_TOKEN = re.compile(r"<[@!][^>]*>|[^\s,;]+")
_NUMBERS = {"other": 2, "second": 2, "two": 2, "three": 3, "four": 4, "one": 1}
_TURNS: dict[str, tuple[RotaUnit, int]] = {
    "daily": ("day", 1),
    "weekly": ("week", 1),
    "biweekly": ("week", 2),
    "fortnightly": ("week", 2),
    "fortnight": ("week", 2),
}
_UNITS: dict[str, RotaUnit] = {"day": "day", "days": "day", "week": "week", "weeks": "week"}
_OFF = {"off", "none", "remove", "stop", "delete"}
_SWAP = {"swap", "swaps", "exchange"}
_EVERY = {"every", "each"}
_FROM = {"from", "starting", "since", "beginning", "on"}
_FILLERS = {"and", "with", "in", "the", "then", "turns", "next", "shifts", "begin", "start", "for"}
_MOST_DIGITS = 4


def parse_oncall(rest: str) -> OncallLine:
    """Read what follows `oncall`: the forms are the README's.

    `[TEAM]`, `TEAM @a @b … every week from DAY at TIME ZONE`, `TEAM swap @a @b until DAY TIME`, `TEAM off`.
    """
    tokens = _TOKEN.findall(unescaped_outside_mentions(rest))
    if tokens and tokens[0].casefold() in _SWAP | _OFF:
        # The verb first, as people write it too.
        tokens = [*tokens[1:2], tokens[0], *tokens[2:]]
    name, tokens = _named(tokens)
    if not name:
        return Unclear(problem=Problem.NO_TEAM) if tokens else ShowLine(team=None)
    if not tokens:
        return ShowLine(team=name)
    unreadable = tuple(token for token in tokens if token.startswith("@"))
    if unreadable:
        return Unclear(problem=Problem.UNREADABLE, team=name, words=unreadable)
    first = tokens[0].casefold()
    if first in _OFF and len(tokens) == 1:
        return OffLine(team=name)
    swaps = any(token.casefold() in _SWAP for token in tokens)
    reading = _Reading(team=name, tokens=[token for token in tokens if token.casefold() not in _SWAP])
    return reading.swap() if swaps else reading.rota()


def unescaped_outside_mentions(text: str) -> str:
    """The text as it was typed, with mentions as Slack wrote them, each a word of its own."""
    spaced = GROUP.sub(r" <!subteam^\1> ", MENTION.sub(r" <@\1> ", text))
    return unescaped(tidy(spaced))


def _named(tokens: Sequence[str]) -> tuple[str, list[str]]:
    """The team's name, which ends where anything else begins, and the rest."""
    for number, token in enumerate(tokens):
        word = token.casefold()
        if token.startswith(("<", "@")) or word in _SWAP | _OFF | _EVERY | _FROM | set(_TURNS) | {"at"}:
            return " ".join(tokens[:number]), list(tokens[number:])
    return " ".join(tokens), []


@dataclass(kw_only=True, slots=True)
class _Reading:
    """A line while it is read, a word after the other."""

    team: str
    tokens: list[str]
    people: list[str] = field(default_factory=list)
    turn: tuple[RotaUnit, int] | None = None
    day: Day | None = None
    at: time | None = None
    zone: str | None = None

    def rota(self) -> RotaRequest | Unclear:
        """A rota."""
        while self.tokens:
            if (unclear := self._next()) is not None:
                return unclear
        if not self.people:
            return self._unclear(Problem.NO_PEOPLE)
        if self.turn is None:
            return self._unclear(Problem.NO_TURN)
        unit, every = self.turn
        return RotaRequest(
            team=self.team,
            people=tuple(self.people),
            unit=unit,
            every=every,
            day=self.day,
            at=self.at,
            zone=self.zone,
        )

    def swap(self) -> SwapRequest | Unclear:
        """A swap, which has two people and an end."""
        ends = False
        while self.tokens:
            if self.tokens[0].casefold() in {"until", "till", "to", "through"}:
                self.tokens.pop(0)
                ends = True
                if self.tokens and read_day(self.tokens[0]) is None and read_time(self.tokens[0]) is None:
                    return self._unclear(Problem.END, self.tokens[0])
            elif (unclear := self._next()) is not None:
                return unclear
        if len(self.people) != 2:
            return self._unclear(Problem.TWO_PEOPLE)
        if not ends or (self.day is None and self.at is None):
            return self._unclear(Problem.NO_END)
        if self.zone is not None or self.turn is not None:
            return self._unclear(Problem.WORD, self.zone or "every")
        one, other = self.people
        return SwapRequest(team=self.team, one=one, other=other, day=self.day, at=self.at)

    def _next(self) -> Unclear | None:
        """Take the next word in, with those that belong to it."""
        if (at := self._time_ahead()) is not None:
            self.at = at
            return None
        token = self.tokens.pop(0)
        word = token.casefold()
        if (mention := MENTION.fullmatch(token)) is not None:
            self.people.append(mention[1])
            return None
        if GROUP.fullmatch(token):
            return self._unclear(Problem.GROUP)
        keywords = dict.fromkeys(_EVERY, self._every) | dict.fromkeys(_FROM, self._from) | {"at": self._at}
        return keywords[word]() if word in keywords else self._by_itself(token)

    def _by_itself(self, token: str) -> Unclear | None:
        """A word that says all by itself."""
        word = token.casefold()
        if word in _TURNS:
            self.turn = _TURNS[word]
        elif (day := read_day(word)) is not None:
            self.day = day
        elif self.zone is None and is_zone(word):
            self.zone = token
        elif self.zone is not None and "/" in self.zone and word not in _FILLERS:
            # "America/New York"
            self.zone += f" {token}"
        elif word not in _FILLERS:
            return self._unclear(Problem.WORD, token)
        return None

    def _from(self) -> Unclear | None:
        """What follows must be a day; or another keyword, as in "starting at 10:00"."""
        following = self.tokens[0] if self.tokens else ""
        if following.casefold() in {"at", "next"} | _FROM or read_day(following) is not None:
            return None
        # "from now on"
        return self._unclear(Problem.DAY, following) if following or self.day is None else None

    def _at(self) -> Unclear | None:
        """What follows must be a time."""
        self.at = self._time_ahead()
        return self._unclear(Problem.TIME, *self.tokens[:1]) if self.at is None else None

    def _time_ahead(self) -> time | None:
        """The time of day that comes next, taken; `am` and `pm` may stand by themselves after it."""
        for words in (2, 1):
            taken = self.tokens[:words]
            if len(taken) == words and (at := read_time("".join(taken))) is not None:
                del self.tokens[:words]
                return at
        return None

    def _every(self) -> Unclear | None:
        number, said = 1, list[str]()
        while self.tokens:
            token = self.tokens.pop(0)
            said.append(token)
            word = token.casefold()
            if word.isascii() and word.isdigit() and len(word) <= _MOST_DIGITS and int(word) > 0:
                number = int(word)
            elif word in _NUMBERS:
                number = _NUMBERS[word]
            elif word in _UNITS:
                self.turn = (_UNITS[word], number)
                return None
            elif word in {"fortnight", "fortnights"}:
                self.turn = ("week", 2 * number)
                return None
            elif isinstance(weekday := read_day(word), Weekday):
                self.turn, self.day = ("week", number), weekday
                return None
            else:
                break
        return self._unclear(Problem.TURN, *said)

    def _unclear(self, problem: Problem, *words: str) -> Unclear:
        return Unclear(problem=problem, team=self.team, words=words, people=tuple(self.people))


def read_time(word: str) -> time | None:
    """As `time_of_day`, but no bare number, no seconds and no 24:00: a handover is on a minute of its day."""
    at = None if word.isdigit() or word.startswith("24") else time_of_day(word)
    return None if at is None or at.second else at
