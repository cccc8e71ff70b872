"""The words of a swap or a cover: who, from when, until when."""

from dataclasses import dataclass, field
from datetime import time

from bot.drills.windows import Week
from bot.people.oncall.days import Day, Length
from bot.people.oncall.swaps import SwapRequest
from bot.slack.lines.reading import Reading
from bot.slack.lines.spoken_times import begins_day, take_day, take_length, take_time
from bot.slack.lines.unclear import Part, Problem

SWAP = {"swap", "swaps", "exchange"}
COVER = {"cover", "covers", "covered"}
FROM = {"from", "starting", "since", "beginning", "on"}
UNTIL = {"until", "till", "to", "through"}
_OF_SWAPS = {"and", "with", "the", "their", "shifts", "shift", "in", "then"}


@dataclass(kw_only=True, slots=True)
class SwapWords:
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
        if (person := line.person()) is not None:
            self.people.append(person)
            line.parts[Part.PEOPLE] = f"{line.parts.get(Part.PEOPLE, '')} {before[0]}".strip()
        elif line.word() in COVER | SWAP:
            self._verb()
        elif self.covers and line.took({"by"}):
            self._by()
        elif line.took(UNTIL | {"-"} | ({"and"} if self.between else set())):
            self.between = False
            self.last = self._moment(Part.END, Problem.END)
        elif line.word() in FROM | {"between"}:
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
        person = line.person() if line.tokens else None
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
