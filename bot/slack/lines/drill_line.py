"""What a person types after `drill`: each word is used or refused."""

import re
from dataclasses import dataclass, field

from bot.drills.scenarios import is_level
from bot.drills.views import DrillRequest
from bot.drills.windows import Days, Hours
from bot.people.oncall.days import DaysAhead
from bot.slack.lines.reading import Reading
from bot.slack.lines.spoken_times import BETWEEN, begins_day, hours_ahead, take_day, take_hours, take_zone
from bot.slack.lines.unclear import LineKind, Part, Problem


@dataclass(frozen=True, kw_only=True, slots=True)
class ListDrills:
    """The drills, please."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CancelDrill:
    """No drill of this id, please."""

    drill: str


DrillLine = DrillRequest | ListDrills | CancelDrill

LIST = {"list", "ls", "show"}
CANCEL = {"cancel", "remove", "delete", "stop", "abort", "rm"}
_FILLERS = {
    "on",
    "in",
    "a",
    "an",
    "the",
    "at",
    "with",
    "of",
    "and",
    "for",
    "scenario",
    "level",
    "any",
    "some",
}


def parse_drill(rest: str) -> DrillLine:
    """Read `TEAM between 09:00 and 17:00 this week [SCENARIO or LEVEL] [ZONE]`, `list` or `cancel ID`.

    Nothing at all asks for the list. Raises UnclearLineError for all that is not wholly understood.
    """
    line = Reading.of(LineKind.DRILL, rest)
    if not line.tokens or (line.word() in LIST and not _has_hours(line)):
        line.kind = LineKind.LIST
        line.took(LIST)
        line.end()
        return ListDrills()
    if line.word() in CANCEL and not _has_hours(line):
        return CancelDrill(drill=take_id(line, {"drill", "the"}))
    team = line.name(_name_ends(line))
    if not team:
        raise line.unclear(Problem.NO_TEAM)
    line.note(Part.TEAM, team)
    return _DrillWords(line=line).request(team)


def take_id(line: Reading, fillers: set[str]) -> str:
    """The id after a verb, and nothing else. Raises UnclearLineError."""
    line.note(Part.COMMAND, line.take())
    line.kind = LineKind.CANCEL
    while line.took(fillers):
        pass
    if not line.tokens:
        raise line.unclear(Problem.NO_ID)
    if line.tokens[0].startswith(("@", "<")):
        line.refuse(line.tokens[0])
    typed = line.take().strip("#.")
    line.note(Part.ID, typed)
    line.end()
    return typed


def _has_hours(line: Reading) -> bool:
    """Whether a drill may be meant, so that its first word is a team's name."""
    return any(token.casefold() in BETWEEN for token in line.tokens)


def _name_ends(line: Reading) -> list[int]:
    """Where the team's name may end: "payments this week between …"."""
    return [
        place
        for place, token in enumerate(line.tokens)
        if token.casefold() in BETWEEN or (place and _is_no_name(line, place))
    ]


def _is_no_name(line: Reading, place: int) -> bool:
    word = line.word(place)
    return word in {"on", "every", "each"} or is_level(word.upper()) or begins_day(line, place)


@dataclass(kw_only=True, slots=True)
class _DrillWords:
    """What follows the team's name, while it is read."""

    line: Reading
    hours: Hours | None = None
    days: Days | None = None
    zone: str | None = None
    wanted: list[str] = field(default_factory=list)
    broken: bool = False
    """Whether another part came after the words for a scenario: theirs stand together."""

    def request(self, team: str) -> DrillRequest:
        """The whole request. Without a day it is today."""
        line = self.line
        while line.tokens:
            self._next()
        if self.hours is None:
            raise line.unclear(Problem.NO_HOURS)
        return DrillRequest(
            team=team,
            hours=self.hours,
            days=self.days or DaysAhead(days=0),
            wanted=_wanted(self.wanted),
            zone=self.zone,
        )

    def _next(self) -> None:
        line = self.line
        before = tuple(line.tokens)
        if line.took(BETWEEN) or hours_ahead(line):
            self.hours = take_hours(line)
            line.note(Part.HOURS, line.typed_since(before))
        elif line.took(_FILLERS):
            return
        elif line.word() != "now" and (days := take_day(line)) is not None and days != "now":
            line.note(Part.DAY, line.typed_since(before))
            self.days = days
        elif self.zone is None and (zone := take_zone(line)) is not None:
            line.note(Part.ZONE, zone)
            self.zone = zone
        else:
            self._wants(line.tokens[0])
            return
        self.broken = bool(self.wanted)

    def _wants(self, word: str) -> None:
        """A word of the scenario's name, or a level."""
        line = self.line
        problem = line.problem_with(word)
        if problem not in {Problem.WORD, Problem.TIME}:
            line.refuse(word)
        known = _wanted(self.wanted)
        if known and (self.broken or is_level(known) or is_level(_wanted([word]))):
            raise line.unclear(Problem.TWICE, word)
        self.wanted.append(line.take())
        line.parts[Part.WANTED] = " ".join(self.wanted)


def _wanted(words: list[str]) -> str:
    """A level, a slug, or nothing."""
    joined = re.sub(r"[-_]+", "-", "-".join(words)).strip("-.")
    level = joined.upper() if joined[:1] in {"l", "L"} else f"L{joined}"
    return level if is_level(level) else joined.lower()
