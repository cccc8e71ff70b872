"""What a person types after `quiet`: each word is used or refused, but for a reason behind its mark."""

import re
from dataclasses import dataclass, field
from datetime import time

from bot.drills.views import QuietDay, QuietRequest
from bot.drills.windows import Hours
from bot.people.oncall.days import DaysAhead, Length
from bot.slack.lines.command_line import GROUP, MENTION
from bot.slack.lines.drill_line import LIST, take_id
from bot.slack.lines.reading import Reading, as_typed
from bot.slack.lines.spoken_times import (
    AHEAD,
    begins_day,
    hours_ahead,
    take_day,
    take_hours,
    take_length,
    take_time,
    take_zone,
)
from bot.slack.lines.unclear import LineKind, Part, Problem

MAX_REASON = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class ListQuiet:
    """The calendar, please."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RemoveQuiet:
    """Take this out, please."""

    quiet: str


QuietLine = QuietRequest | ListQuiet | RemoveQuiet

_REMOVE = {"remove", "cancel", "delete", "rm"}
_EVERYBODY = {"everybody", "everyone", "all", "everybody's"}
_BEGINS = {"from", "between", "starting"}
_ENDS = {"to", "until", "till", "-", "through"}
_HOLIDAYS = {"christmas", "easter"}
"""Islands with a time zone, and yet the reason."""
_REASON = re.compile(r"(?:(?<!\S)(?:because|reason):?|:)(?:\s+|\Z)", re.IGNORECASE)
"""What parts a reason from the rest: `because`, `reason`, or a colon at the end of a word."""


def parse_quiet(rest: str) -> QuietLine:
    """Read `TEAM|everybody from DAY [HH:MM] to DAY [HH:MM] [ZONE] [because …]`, `list` or `remove ID`.

    Also `on DAY [and DAY] [from HH:MM to HH:MM]`, `until …` and `… for LENGTH`. Nothing at all asks for the
    list. Raises UnclearLineError for all that is not wholly understood.
    """
    typed, reason = _parted(rest)
    line = Reading.of(LineKind.QUIET, typed, commas=True)
    if not line.tokens or line.word() in LIST | _REMOVE:
        if reason is not None:
            raise line.unclear(Problem.NO_TEAM)
        return _short(line)
    team = line.name(_name_ends(line))
    if not team:
        raise line.unclear(Problem.NO_TEAM)
    line.note(Part.TEAM, team)
    whose = None if team.casefold() in _EVERYBODY else team
    return _QuietWords(line=line).request(whose, reason or "")


def _parted(rest: str) -> tuple[str, str | None]:
    """What is said of the time, and the reason; None without its mark."""
    found = _REASON.search(rest)
    if found is None:
        return rest, None
    reason = MENTION.sub(" ", GROUP.sub(" ", rest[found.end() :]))
    return rest[: found.start()], " ".join(as_typed(reason).split())[:MAX_REASON]


def _short(line: Reading) -> ListQuiet | RemoveQuiet:
    if line.word() in _REMOVE:
        return RemoveQuiet(quiet=take_id(line, {"quiet", "the"}))
    line.kind = LineKind.LIST
    line.took(LIST)
    line.end()
    return ListQuiet()


def _name_ends(line: Reading) -> list[int]:
    """Where the times begin: with a word for it, or, after the team's name, with a day."""
    words = _BEGINS | _ENDS | {"on", "for", "every", "each"}
    return [
        place
        for place, token in enumerate(line.tokens)
        if token.casefold() in words or (place and _begins_time(line, place))
    ]


def _begins_time(line: Reading, place: int) -> bool:
    all_day = (line.word(place), line.word(place + 1)) == ("all", "day")
    return all_day or begins_day(line, place) or line.word(place)[:1].isdigit()


@dataclass(kw_only=True, slots=True)
class _QuietWords:
    """What follows the team's name, while it is read."""

    line: Reading
    days: list[QuietDay] = field(default_factory=list)
    hours: Hours | None = None
    first: tuple[QuietDay | None, time | None] | None = None
    last: tuple[QuietDay | None, time | None] | None = None
    length: Length | None = None
    zone: str | None = None
    between: bool = False
    """Whether the next `and` says where it ends."""
    joined: bool = False
    """Whether another day was announced."""

    def request(self, team: str | None, reason: str) -> QuietRequest:
        """The whole request. A day alone is that whole day."""
        line = self.line
        while line.tokens:
            self._next()
        if self.hours is not None:
            return self._of_hours(team, reason)
        if self.last is None and self.length is None:
            return self._of_days(team, reason)
        return self._of_one_span(team, reason)

    def _next(self) -> None:
        """Take the next word in, with those that belong to it."""
        line = self.line
        before = tuple(line.tokens)
        if self.between and line.took({"and"}):
            self.between = False
            self._ends(before)
        elif line.took({",", "and"}):
            self._joins(before[0])
        elif line.word() in _BEGINS:
            self._begins()
        elif line.took(_ENDS):
            self._ends(before)
        elif line.took({"for"}):
            self.length = take_length(line)
            line.note(Part.LENGTH, line.typed_since(before))
        elif hours_ahead(line):
            self._hours(before)
        elif line.word() == "all" and line.word(1) == "day":
            del line.tokens[:2]
        elif line.took({"on", "at"}):
            if not begins_day(line, 0):
                raise line.unclear(Problem.DAY, *line.tokens[:1])
        elif not self._day_or_moment() and not self._place():
            line.refuse(line.tokens[0])

    def _joins(self, word: str) -> None:
        """A comma, or `and`: another day follows, or another part."""
        self.joined = begins_day(self.line, 0)
        if word != "," and not self.line.tokens:
            self.line.refuse(word)

    def _begins(self) -> None:
        line = self.line
        before = tuple(line.tokens)
        word = line.take().casefold()
        if hours_ahead(line):
            self._hours(before)
            return
        self.between = word == "between"
        moment = self._moment(Part.BEGINNING)
        if moment is None:
            raise line.unclear(Problem.DAY, *line.tokens[:1])
        line.note(Part.BEGINNING, line.typed_since(before))
        self.first = moment

    def _ends(self, before: tuple[str, ...]) -> None:
        line = self.line
        moment = self._moment(Part.END)
        if moment is None or moment[0] == "now":
            raise line.unclear(Problem.END if line.tokens else Problem.NO_END, *line.tokens[:1])
        line.note(Part.END, line.typed_since(before))
        self.last = moment

    def _hours(self, before: tuple[str, ...]) -> None:
        self.hours = take_hours(self.line)
        self.line.note(Part.HOURS, self.line.typed_since(before))

    def _day_or_moment(self) -> bool:
        """A day by itself is a whole day; with a time it is where the quiet time begins."""
        line = self.line
        before = tuple(line.tokens)
        found: tuple[QuietDay | None, time | None] | None
        if line.word() in {"week", *AHEAD}:
            week = take_day(line)
            found = None if week is None else (week, None)
        else:
            found = self._moment(Part.BEGINNING)
        if found is None:
            return False
        day, at = found
        typed = line.typed_since(before)
        if day is None or at is not None:
            line.note(Part.BEGINNING, typed)
            self.first = (day, at)
        elif self.days and not self.joined:
            raise line.unclear(Problem.TWICE, typed)
        else:
            self.joined = False
            self.days.append(day)
            line.parts[Part.DAY] = f"{line.parts.get(Part.DAY, '')} {typed}".strip()
        return True

    def _place(self) -> bool:
        line = self.line
        if line.word() in _HOLIDAYS or (zone := take_zone(line)) is None:
            return False
        line.note(Part.ZONE, zone)
        self.zone = zone
        return True

    def _moment(self, part: Part) -> tuple[QuietDay | None, time | None] | None:
        """A day, a time, or both in any order; None where neither comes."""
        line = self.line
        day: QuietDay | None = None
        at: time | None = None
        while line.tokens:
            if line.word() == "," and day is not None and at is None and line.word(1)[:1].isdigit():
                # "Friday, 14:00"; but not "2026-12-24, 2026-12-25"
                if begins_day(line, 1):
                    break
                line.take()
            if part is Part.BEGINNING and day is not None and at is None and hours_ahead(line):
                break
            if at is None and (found := take_time(line)) is not None:
                at = found
            elif day is None and line.word() not in {"week", "this", "next"} and (read := take_day(line)):
                day = read
            elif day is None and begins_day(line, 0) and line.word(1) != "week":
                day = take_day(line)
            elif line.word() in {"at", "on"} and (day is None) != (at is None):
                line.take()
            else:
                break
        return None if day is None and at is None else (day, at)

    # -- what is meant by all of it

    def _of_hours(self, team: str | None, reason: str) -> QuietRequest:
        """The same hours of each day."""
        for part in (Part.END, Part.LENGTH):
            self._only(part)
        days = self.days
        if self.first is not None:
            if self.first[1] is not None or self.first[0] is None:
                self._only(Part.BEGINNING)
            if self.days:
                self._only(Part.DAY)
            days = [] if self.first[0] is None else [self.first[0]]
        first, *more = days or [DaysAhead(days=0)]
        if "now" in days:
            raise self.line.unclear(Problem.TWICE, "now")
        hours = self.hours
        return QuietRequest(
            team=team,
            first=first,
            begins=hours.begins if hours else None,
            ends=hours.ends if hours else None,
            more=tuple(more),
            zone=self.zone,
            reason=reason,
        )

    def _of_days(self, team: str | None, reason: str) -> QuietRequest:
        """Whole days."""
        if self.first is not None or "now" in self.days:
            raise self.line.unclear(Problem.NO_END)
        if not self.days:
            raise self.line.unclear(Problem.NO_BEGINNING)
        first, *more = self.days
        return QuietRequest(team=team, first=first, more=tuple(more), zone=self.zone, reason=reason)

    def _of_one_span(self, team: str | None, reason: str) -> QuietRequest:
        """From one moment to another; without the first from now."""
        if self.last is not None:
            self._only(Part.LENGTH)
        if len(self.days) > 1 or (self.first is not None and self.days):
            self._only(Part.DAY)
        day, begins = self.first or ((self.days[0] if self.days else "now"), None)
        if self.length is not None and self.length.of_the_clock and day != "now" and begins is None:
            raise self.line.unclear(Problem.NO_TIME)
        last, ends = self.last or (None, None)
        return QuietRequest(
            team=team,
            first=DaysAhead(days=0) if day is None else day,
            begins=begins,
            last=last,
            ends=ends,
            length=self.length,
            zone=self.zone,
            reason=reason,
        )

    def _only(self, part: Part) -> None:
        """Refuse a part that can't stand beside the others."""
        if part in self.line.parts:
            typed = self.line.parts.pop(part)
            raise self.line.unclear(Problem.TWICE, typed)
