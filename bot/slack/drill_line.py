"""What a person types after `drill`, read with patience."""

import calendar
import re
from dataclasses import dataclass
from datetime import time

from bot.drills.errors import Unclear, UnclearDrillError
from bot.drills.scenarios import is_level
from bot.drills.views import DrillRequest
from bot.drills.windows import DayOfNextWeek, Days, Hours, Week
from bot.oncall.days import DaysAhead, Weekday, read_day
from bot.oncall.zones import is_zone
from bot.slack.command_line import MENTION, tidy, unescaped
from bot.slack.times_of_day import CLOCK, time_of_day


@dataclass(frozen=True, kw_only=True, slots=True)
class ListDrills:
    """The drills, please."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CancelDrill:
    """No drill of this id, please."""

    drill: str


DrillLine = DrillRequest | ListDrills | CancelDrill

_LIST = {"list", "ls", "show"}
_CANCEL = {"cancel", "remove", "delete", "stop", "abort", "rm"}
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
_MONTHS = {name.casefold() for name in (*calendar.month_name[1:], *calendar.month_abbr[1:])}
_HOURS = re.compile(
    rf"(?<!\S)(?:between|from)\s+(?P<begins>{CLOCK})\s*(?:and|to|until|till|-)\s*(?P<ends>{CLOCK})(?!\S)",
    re.IGNORECASE,
)
_BEGINS = re.compile(r"(?<!\S)(?:between|from)(?!\S)", re.IGNORECASE)
_WEEKS = {"this": 0, "next": 1, "coming": 1}


def parse_drill(rest: str) -> DrillLine:
    """Read `TEAM between 09:00 and 17:00 this week [SCENARIO or LEVEL] [ZONE]`, `list` or `cancel ID`.

    Nothing at all asks for the list. Raises UnclearDrillError.
    """
    text = unescaped(tidy(rest)).replace(",", " ").strip()
    begun = _BEGINS.search(text)
    if begun is None:
        return _short(text.split())
    hours = _HOURS.search(text)
    if hours is None:
        raise UnclearDrillError(Unclear.HOURS, " ".join(text[begun.start() :].split()[:4]))
    team, more = _team(MENTION.sub(" ", text[: hours.start()]).split())
    if not team:
        raise UnclearDrillError(Unclear.NO_TEAM)
    return _Reading(words=[*more, *text[hours.end() :].split()]).request(" ".join(team), _hours(hours))


def _team(words: list[str]) -> tuple[list[str], list[str]]:
    """The team's name, and what else stands before the hours: "payments this week between …"."""
    for number, word in enumerate(words[1:], start=1):
        plain = word.casefold()
        if plain in _WEEKS or plain == "on" or read_day(plain) is not None or is_level(word.upper()):
            return words[:number], words[number:]
    return words, []


def _short(words: list[str]) -> DrillLine:
    """A line without hours."""
    first = words[0].casefold() if words else "list"
    if first in _LIST and len(words) <= 1:
        return ListDrills()
    if first in _CANCEL:
        if len(words) < 2:
            raise UnclearDrillError(Unclear.NO_ID)
        return CancelDrill(drill=words[-1].strip("#."))
    raise UnclearDrillError(Unclear.NO_HOURS, words[0])


def _hours(found: re.Match[str]) -> Hours:
    begins, ends = time_of_day(found["begins"]), time_of_day(found["ends"])
    if begins is None or ends is None:
        raise UnclearDrillError(Unclear.HOURS, found["begins"] if begins is None else found["ends"])
    if begins == ends and begins != time(0):
        raise UnclearDrillError(Unclear.HOURS, found[0].strip())
    return Hours(begins=begins, ends=ends)


@dataclass(kw_only=True, slots=True)
class _Reading:
    """What follows the hours, while it is read."""

    words: list[str]
    days: Days | None = None
    zone: str | None = None

    def request(self, team: str, hours: Hours) -> DrillRequest:
        """The whole request. Without a day it is today."""
        wanted: list[str] = []
        while self.words:
            word = self.words.pop(0)
            if not self._day(word) and not self._place(word) and word.casefold() not in _FILLERS:
                wanted.append(word)
        return DrillRequest(
            team=team,
            hours=hours,
            days=self.days or DaysAhead(days=0),
            wanted=_wanted(wanted),
            zone=self.zone,
        )

    def _day(self, word: str) -> bool:
        plain = word.casefold()
        days: Days | None = None
        if plain in _WEEKS and self.words:
            ahead, following = _WEEKS[plain], self.words[0].casefold().rstrip(".")
            day = read_day(following)
            if following == "week":
                days = Week(ahead=ahead)
            elif isinstance(day, Weekday):
                days = DayOfNextWeek(number=day.number) if plain == "next" else day
            if days is not None:
                self.words.pop(0)
        elif plain == "week":
            days = Week(ahead=0)
        else:
            day = read_day(plain)
            days = day if day is not None and day != "now" else None
            if days is None and (re.fullmatch(r"\d[\d./-]*\d", plain) or plain.rstrip(".") in _MONTHS):
                raise UnclearDrillError(Unclear.DAY, word)
        if days is None:
            return False
        if self.days is not None:
            raise UnclearDrillError(Unclear.WORD, word)
        self.days = days
        return True

    def _place(self, word: str) -> bool:
        if self.zone is not None or not is_zone(word):
            return False
        self.zone = word
        return True


def _wanted(words: list[str]) -> str:
    """A level, a slug, or nothing."""
    joined = re.sub(r"[-_]+", "-", "-".join(words)).strip("-.")
    level = joined.upper() if joined[:1] in {"l", "L"} else f"L{joined}"
    return level if is_level(level) else joined.lower()
