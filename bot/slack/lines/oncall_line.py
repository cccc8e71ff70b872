"""What a person types after `oncall`: words in nearly any order, each of them used or refused."""

from dataclasses import dataclass, field
from datetime import date, time

from bot.drills.windows import Week
from bot.people.oncall.days import Day, DayOfNextWeek, Weekday, read_day
from bot.people.oncall.rotas import RotaRequest
from bot.people.oncall.swaps import SwapRequest
from bot.slack.lines.reading import Reading
from bot.slack.lines.spoken_times import begins_day, take_day, take_time, take_zone
from bot.slack.lines.swap_words import COVER, FROM, SWAP, UNTIL, SwapWords
from bot.slack.lines.unclear import LineKind, Part, Problem
from storage.teams import RotaUnit


@dataclass(frozen=True, kw_only=True, slots=True)
class ShowLine:
    """Who is on call, in one team or (None) in all that matter."""

    team: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class MineLine:
    """When am I on call?"""


@dataclass(frozen=True, kw_only=True, slots=True)
class OffLine:
    """No rota any more."""

    team: str


@dataclass(frozen=True, kw_only=True, slots=True)
class BackLine:
    """Take back a swap or a cover."""

    swap: str
    """Its id."""
    team: str | None = None


OncallLine = ShowLine | MineLine | OffLine | BackLine | RotaRequest | SwapRequest

_NUMBERS = {"other": 2, "second": 2, "two": 2, "three": 3, "four": 4, "one": 1}
_TURNS: dict[str, tuple[RotaUnit, int]] = {
    "daily": ("day", 1),
    "weekly": ("week", 1),
    "biweekly": ("week", 2),
    "fortnightly": ("week", 2),
    "fortnight": ("week", 2),
}
_UNITS: dict[str, RotaUnit] = {"day": "day", "days": "day", "week": "week", "weeks": "week"}
_MINE = {"me", "mine", "my"}
_ME = {"me", "Me", "ME"}
_ALL = {"list", "all", "everybody"}
_OFF = {"off", "none", "remove", "stop", "delete"}
_BACK = {"cancel", "undo", "remove", "delete", "stop"}
_VERBS = _OFF | _BACK | SWAP | COVER
_EVERY = {"every", "each"}
_OF_ROTAS = {"and", "with", "in", "the", "then", "turns", "next", "begin", "start", "for"}
_MOST_DIGITS = 4


def parse_oncall(rest: str, me: str = "") -> OncallLine:
    """Read what follows `oncall`; `me` is who typed it, by id, for `cover me by @sam`.

    Raises UnclearLineError for all that is not wholly understood.

    `[TEAM]`, `me`, `TEAM off`, `[TEAM] cancel ID`, `TEAM @a @b … every week from DAY at TIME ZONE`,
    `TEAM swap @a @b from DAY TIME until DAY TIME`, `TEAM cover @a by @b from … until …`.
    """
    line = Reading.of(LineKind.ONCALL, rest)
    if len(line.tokens) == 1 and line.word() in _MINE | _ALL:
        return MineLine() if line.word() in _MINE else ShowLine(team=None)
    if line.word() in _MINE:
        line.note(Part.COMMAND, line.take())
        line.end()
    by_id = line.word() in _BACK - _OFF and len(line.tokens) == 2
    if by_id or (line.word() in _BACK and line.word(1) in SWAP | COVER):
        return _back(line, None)
    if line.word() in _VERBS and len(line.tokens) > 1:
        # The verb first, as people write it too.
        line.tokens[:2] = [line.tokens[1], line.tokens[0]]
    name = line.name(_name_ends(line))
    if not name:
        if line.tokens:
            raise line.unclear(Problem.NO_TEAM)
        return ShowLine(team=None)
    line.note(Part.TEAM, name)
    return _after_the_name(line, name, me) if line.tokens else ShowLine(team=name)


def _name_ends(line: Reading) -> list[int]:
    """Where the team's name may end: where anything else begins."""
    words = _VERBS | _EVERY | FROM | UNTIL | set(_TURNS) | {"at", "for"}
    return [
        place
        for place, token in enumerate(line.tokens)
        if token.casefold() in words or token.startswith("<") or (place and begins_day(line, place))
    ]


def _after_the_name(line: Reading, team: str, me: str) -> OncallLine:
    words = [token.casefold() for token in line.tokens]
    if words[0] in _BACK and len(words) > 1:
        return _back(line, team)
    if words[0] in _OFF:
        line.note(Part.COMMAND, line.take())
        line.end()
        return OffLine(team=team)
    if me and any(word in COVER | SWAP for word in words):
        line.tokens = [f"<@{me}>" if word in _ME else word for word in line.tokens]
    if any(word in COVER for word in words):
        line.kind = LineKind.COVER
        return SwapWords(line=line, covers=True).request(team)
    if any(word in SWAP for word in words):
        line.kind = LineKind.SWAP
        return SwapWords(line=line, covers=False).request(team)
    line.kind = LineKind.ROTA
    return _RotaWords(line=line).request(team)


def _back(line: Reading, team: str | None) -> BackLine:
    line.kind = LineKind.BACK
    line.note(Part.COMMAND, line.take())
    while line.took({"swap", "cover", "the"}):
        pass
    if not line.tokens:
        raise line.unclear(Problem.NO_ID)
    if line.tokens[0].startswith(("@", "<")):
        line.refuse(line.tokens[0])
    swap = line.take().strip("#")
    line.note(Part.ID, swap)
    line.end()
    return BackLine(swap=swap, team=team)


@dataclass(kw_only=True, slots=True)
class _RotaWords:
    """The words of a rota, while they are read."""

    line: Reading
    people: list[str] = field(default_factory=list)
    turn: tuple[RotaUnit, int] | None = None
    weekday: Weekday | None = None
    day: Day | None = None
    at: time | None = None
    zone: str | None = None

    def request(self, team: str) -> RotaRequest:
        """All of the rota."""
        line = self.line
        while line.tokens:
            self._next()
        if not self.people:
            raise line.unclear(Problem.NO_PEOPLE)
        if self.turn is None:
            raise line.unclear(Problem.NO_TURN)
        unit, every = self.turn
        return RotaRequest(
            team=team,
            people=tuple(self.people),
            unit=unit,
            every=every,
            day=self.day or self.weekday,
            at=self.at,
            zone=self.zone,
        )

    def _next(self) -> None:
        """Take the next word in, with those that belong to it."""
        line = self.line
        before = tuple(line.tokens)
        if (person := line.person()) is not None:
            self.people.append(person)
            line.parts[Part.PEOPLE] = f"{line.parts.get(Part.PEOPLE, '')} {before[0]}".strip()
        elif line.took(_EVERY):
            self._every(before)
        elif line.took(FROM):
            self._from()
        elif line.took({"at"}):
            at = take_time(line)
            if at is None:
                raise line.unclear(Problem.TIME, *line.tokens[:1])
            self._time(at, before)
        elif (at := take_time(line)) is not None:
            self._time(at, before)
        elif line.word() in _TURNS:
            self._turn(_TURNS[line.take().casefold()], before)
        elif (day := take_day(line)) is not None:
            self._day(day, before)
        elif (zone := take_zone(line)) is not None:
            line.note(Part.ZONE, zone)
            self.zone = zone
        elif not line.took(_OF_ROTAS):
            line.refuse(line.tokens[0])

    def _turn(self, turn: tuple[RotaUnit, int], before: tuple[str, ...]) -> None:
        self.line.note(Part.TURN, self.line.typed_since(before))
        self.turn = turn

    def _time(self, at: time, before: tuple[str, ...]) -> None:
        self.line.note(Part.TIME, self.line.typed_since(before))
        self.at = at

    def _day(self, day: Day | Week, before: tuple[str, ...]) -> None:
        line, typed = self.line, self.line.typed_since(before)
        if isinstance(day, Week):
            line.refuse(typed)
        if self.weekday is not None and not _is_a(self.weekday, day):
            # "every Monday and Thursday"
            raise line.unclear(Problem.TWICE, typed)
        if isinstance(self.day, Weekday) and self.weekday is None and _is_a(self.day, day):
            # "every week on Monday from 2026-12-07"
            self.weekday = self.day
            del line.parts[Part.DAY]
        line.note(Part.DAY, typed)
        self.day = day

    def _from(self) -> None:
        """What follows must be a day; or another keyword, as in "starting at 10:00"."""
        line = self.line
        before = tuple(line.tokens)
        if line.word() in {"at"} | FROM:
            return
        if line.word() == "now" and line.word(1) == "on":
            del line.tokens[1]
        day = take_day(line)
        if day is not None:
            self._day(day, before)
        elif line.tokens or self.day is None:
            raise line.unclear(Problem.DAY, *line.tokens[:1])

    def _every(self, before: tuple[str, ...]) -> None:
        line, number = self.line, 1
        while line.tokens:
            word = line.take().casefold()
            if word.isascii() and word.isdigit() and len(word) <= _MOST_DIGITS and int(word) > 0:
                number = int(word)
            elif word in _NUMBERS:
                number = _NUMBERS[word]
            elif word in _UNITS:
                self._turn((_UNITS[word], number), before)
                return
            elif word in {"fortnight", "fortnights"}:
                self._turn(("week", 2 * number), before)
                return
            elif isinstance(weekday := read_day(word), Weekday):
                self._turn(("week", number), before)
                if self.day is not None and not _is_a(weekday, self.day):
                    raise line.unclear(Problem.TWICE, word)
                self.weekday = weekday
                return
            else:
                break
        raise line.unclear(Problem.TURN, line.typed_since(before[1:]))


def _is_a(weekday: Weekday, day: Day | Week) -> bool:
    """Whether a day is such a weekday by its very name."""
    if isinstance(day, date):
        return day.weekday() == weekday.number
    return isinstance(day, Weekday | DayOfNextWeek) and day.number == weekday.number
