"""What a person types after `quiet`, read with patience."""

import re
from dataclasses import dataclass
from datetime import time

from bot.drills.errors import Unclear, UnclearQuietError
from bot.drills.views import QuietRequest
from bot.oncall.days import Day, DaysAhead, read_day
from bot.oncall.zones import is_zone
from bot.slack.command_line import MENTION, tidy, unescaped
from bot.slack.times_of_day import time_of_day

MAX_REASON = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class ListQuiet:
    """The calendar, please."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RemoveQuiet:
    """Take this out, please."""

    quiet: str


QuietLine = QuietRequest | ListQuiet | RemoveQuiet

_LIST = {"list", "ls", "show"}
_REMOVE = {"remove", "cancel", "delete", "rm"}
_EVERYBODY = {"everybody", "everyone", "all", "everybody's"}
_BEGINS = {"from", "on", "between"}
_ENDS = {"to", "until", "till", "-", "and", "through"}
_FROM_NOW = {"until", "till"}
_HOLIDAYS = {"christmas", "easter"}
"""Islands with a time zone, and yet the reason."""
_REASON = re.compile(r"\A(?:reason|because|for)\b[:\s]*", re.IGNORECASE)


def parse_quiet(rest: str) -> QuietLine:
    """Read `TEAM|everybody from DAY [HH:MM] to DAY [HH:MM] [ZONE] [reason …]`, `list` or `remove ID`.

    Nothing at all asks for the list. Raises UnclearQuietError.
    """
    words = unescaped(tidy(MENTION.sub(" ", rest))).split()
    start = next((number for number, word in enumerate(words) if _begins(words, number, word)), None)
    if start is None:
        return _short(words)
    team = " ".join(words[:start])
    if not team:
        raise UnclearQuietError(Unclear.NO_TEAM)
    return _Reading(words=words[start:]).request(None if team.casefold() in _EVERYBODY else team)


def _begins(words: list[str], number: int, word: str) -> bool:
    """Whether the times begin here: with a word for it, or, after the team's name, with a day."""
    return word.casefold() in _BEGINS | _FROM_NOW or (
        number > 0 and read_day(word) is not None and len(words) > number
    )


def _short(words: list[str]) -> QuietLine:
    first = words[0].casefold() if words else "list"
    if first in _LIST and len(words) <= 1:
        return ListQuiet()
    if first in _REMOVE:
        if len(words) < 2:
            raise UnclearQuietError(Unclear.NO_ID)
        return RemoveQuiet(quiet=words[-1].strip("#."))
    raise UnclearQuietError(Unclear.DAY, words[1] if len(words) > 1 else "")


@dataclass(kw_only=True, slots=True)
class _Reading:
    """A line while it is read, from the word before its first day."""

    words: list[str]

    def request(self, team: str | None) -> QuietRequest:
        """The whole request. One day alone is that whole day."""
        if self.words[0].casefold() in _BEGINS:
            self.words.pop(0)
        first: Day | None = "now"
        begins: time | None = None
        if not self.words or self.words[0].casefold() not in _FROM_NOW:
            first, begins = self._moment()
        last: Day | None = None
        ends: time | None = None
        ended = bool(self.words) and self.words[0].casefold() in _ENDS
        if ended:
            self.words.pop(0)
            last, ends = self._moment()
            if last is None and ends is None:
                raise UnclearQuietError(Unclear.NO_END, self._word())
        if first is None and last is not None and begins is not None:
            # "from 14:00 to 16:00 tomorrow"
            first = last
        if first is None:
            if begins is None:
                raise UnclearQuietError(Unclear.DAY, self._word())
            first = DaysAhead(days=0)
        if not ended and (begins is not None or first == "now"):
            raise UnclearQuietError(Unclear.NO_END, self._word())
        zone = self.words.pop(0) if self.words and _is_zone(self.words[0]) else None
        return QuietRequest(
            team=team,
            first=first,
            begins=begins,
            last=last,
            ends=ends,
            zone=zone,
            reason=_REASON.sub("", " ".join(self.words))[:MAX_REASON],
        )

    def _moment(self) -> tuple[Day | None, time | None]:
        """A day, a time, or both in any order."""
        day: Day | None = None
        at: time | None = None
        while self.words:
            word = self.words[0].rstrip(",")
            half = self.words[1].casefold() if len(self.words) > 1 else ""
            if word.casefold() in {"at", "on"} and len(self.words) > 1:
                self.words.pop(0)
            elif day is None and (read := read_day(word)) is not None:
                day = read
                self.words.pop(0)
            elif at is None and (found := _clock(word, half)) is not None:
                at = found
                del self.words[: 2 if half in {"am", "pm"} else 1]
            elif re.fullmatch(r"\d[\d./:-]*\d", word):
                raise UnclearQuietError(Unclear.DAY, word)
            else:
                break
        return day, at

    def _word(self) -> str:
        return self.words[0] if self.words else ""


def _is_zone(word: str) -> bool:
    return word.casefold().strip(".!") not in _HOLIDAYS and is_zone(word)


def _clock(word: str, half: str) -> time | None:
    """A time of day; a bare number is none without `am` or `pm` after it."""
    if half in {"am", "pm"}:
        return time_of_day(word + half)
    return None if word.isdigit() else time_of_day(word)
