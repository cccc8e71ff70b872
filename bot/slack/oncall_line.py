"""What a person types after `oncall`: words in nearly any order, each of them used or refused."""

from dataclasses import dataclass, field
from datetime import date, time

from bot.drills.windows import Week
from bot.oncall.days import Day, DayOfNextWeek, Length, Weekday, read_day
from bot.oncall.rotas import RotaRequest
from bot.oncall.swaps import SwapRequest
from bot.slack.command_line import GROUP, MENTION
from bot.slack.reading import Reading, is_room
from bot.slack.spoken_times import begins_day, take_day, take_length, take_time, take_zone
from bot.slack.unclear import LineKind, Part, Problem
from storage.team_records import RotaUnit


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
_SWAP = {"swap", "swaps", "exchange"}
_COVER = {"cover", "covers", "covered"}
_VERBS = _OFF | _BACK | _SWAP | _COVER
_EVERY = {"every", "each"}
_FROM = {"from", "starting", "since", "beginning", "on"}
_UNTIL = {"until", "till", "to", "through"}
_OF_ROTAS = {"and", "with", "in", "the", "then", "turns", "next", "begin", "start", "for"}
_OF_SWAPS = {"and", "with", "the", "their", "shifts", "shift", "in", "then"}
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
    if by_id or (line.word() in _BACK and line.word(1) in _SWAP | _COVER):
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
    words = _VERBS | _EVERY | _FROM | _UNTIL | set(_TURNS) | {"at", "for"}
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
    if me and any(word in _COVER | _SWAP for word in words):
        line.tokens = [f"<@{me}>" if word in _ME else word for word in line.tokens]
    if any(word in _COVER for word in words):
        line.kind = LineKind.COVER
        return _SwapWords(line=line, covers=True).request(team)
    if any(word in _SWAP for word in words):
        line.kind = LineKind.SWAP
        return _SwapWords(line=line, covers=False).request(team)
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


def _person(line: Reading) -> str | None:
    """The person that comes, taken. Raises UnclearLineError for what stands in a person's place."""
    token = line.tokens[0]
    if (mention := MENTION.fullmatch(token)) is not None:
        line.take()
        return mention[1]
    if GROUP.fullmatch(token) or is_room(token) or token.startswith("@"):
        line.refuse(token)
    return None


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
        if (person := _person(line)) is not None:
            self.people.append(person)
            line.parts[Part.PEOPLE] = f"{line.parts.get(Part.PEOPLE, '')} {before[0]}".strip()
        elif line.took(_EVERY):
            self._every(before)
        elif line.took(_FROM):
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
        if line.word() in {"at"} | _FROM:
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


@dataclass(kw_only=True, slots=True)
class _SwapWords:
    """The words of a swap or a cover, while they are read."""

    line: Reading
    covers: bool
    people: list[str] = field(default_factory=list)
    by: list[str] = field(default_factory=list)
    """Who covers: named after `by`, or before `covers`."""
    first: tuple[Day | None, time | None] = (None, None)
    last: tuple[Day | None, time | None] = (None, None)
    length: Length | None = None
    between: bool = False
    """Whether the next `and` says where it ends."""

    def request(self, team: str) -> SwapRequest:
        """All of the swap."""
        line = self.line
        while line.tokens:
            self._next()
        one, other = self._both()
        if self.last == (None, None) and self.length is None:
            raise line.unclear(Problem.NO_END)
        return SwapRequest(
            team=team,
            kind="cover" if self.covers else "swap",
            one=one,
            other=other,
            first_day=self.first[0],
            first_at=self.first[1],
            day=self.last[0],
            at=self.last[1],
            length=self.length,
        )

    def _both(self) -> tuple[str, str]:
        if not self.covers:
            if len(self.people) != 2:
                raise self.line.unclear(Problem.TWO_PEOPLE)
            return self.people[0], self.people[1]
        if len(self.people) != 1 or len(self.by) != 1:
            raise self.line.unclear(Problem.WHO_COVERS)
        return self.people[0], self.by[0]

    def _next(self) -> None:
        line = self.line
        before = tuple(line.tokens)
        if (person := _person(line)) is not None:
            self.people.append(person)
            line.parts[Part.PEOPLE] = f"{line.parts.get(Part.PEOPLE, '')} {before[0]}".strip()
        elif line.word() in _COVER | _SWAP:
            self._verb()
        elif self.covers and line.took({"by"}):
            self._by()
        elif line.took(_UNTIL | {"-"} | ({"and"} if self.between else set())):
            self.between = False
            self.last = self._moment(Part.END, Problem.END)
        elif line.word() in _FROM | {"between"}:
            self.between = line.take().casefold() == "between"
            self.first = self._moment(Part.BEGINNING, Problem.DAY)
        elif line.word() == "for" and not line.word(1).startswith("<@"):
            line.take()
            self._length()
        elif not line.took(_OF_SWAPS | {"for"}):
            if not begins_day(line, 0):
                line.refuse(line.tokens[0])
            # "Friday to Monday"
            self.first = self._moment(Part.BEGINNING, Problem.DAY)

    def _verb(self) -> None:
        line = self.line
        line.note(Part.COMMAND, line.take())
        if self.covers and self.people:
            # "@sam covers @dana"
            self.by, self.people = self.people, []

    def _by(self) -> None:
        line = self.line
        before = tuple(line.tokens)
        person = _person(line) if line.tokens else None
        if person is None or self.by:
            raise line.unclear(Problem.WHO_COVERS)
        self.by.append(person)
        line.parts[Part.PEOPLE] = f"{line.parts.get(Part.PEOPLE, '')} by {before[0]}".strip()

    def _length(self) -> None:
        line = self.line
        before = tuple(line.tokens)
        length = take_length(line)
        if Part.END in line.parts:
            raise line.unclear(Problem.TWICE, line.typed_since(before))
        line.note(Part.LENGTH, line.typed_since(before))
        self.length = length

    def _moment(self, part: Part, problem: Problem) -> tuple[Day | None, time | None]:
        """A day, a time, or both in any order."""
        line = self.line
        before = tuple(line.tokens)
        day: Day | None = None
        at: time | None = None
        while line.tokens:
            if at is None and (found := take_time(line)) is not None:
                at = found
            elif day is None and begins_day(line, 0) and line.word(1) != "week" and line.word() != "week":
                read = take_day(line)
                day = None if isinstance(read, Week) else read
            elif line.word() in {"at", "on"} and len(line.tokens) > 1 and (at is None or day is None):
                line.take()
            else:
                break
        if day is None and at is None:
            raise line.unclear(problem if line.tokens else Problem.NO_END, *line.tokens[:1])
        typed = line.typed_since(before)
        if part is Part.END and Part.LENGTH in line.parts:
            raise line.unclear(Problem.TWICE, typed)
        line.note(part, typed)
        return day, at
