"""The export as a page for a wiki, in Markdown."""

from collections.abc import Iterator, Mapping, Sequence

from bot.exporting.conversion import code, escaped, fence, markdown
from bot.exporting.document import DimensionPart, LinePart, PersonPart, PostmortemPart, RideExport
from bot.exporting.gathering import gather
from bot.exporting.stored_rides import StoredRide
from scenarios.journal.events import Outcome
from scenarios.model.durations import clock, in_words
from scenarios.model.incident_roles import ROLE_NAMES
from scenarios.telling.story import Moment, tell_story

_ENDED: Mapping[Outcome, str] = {
    Outcome.RESOLVED: "resolved",
    Outcome.EXPIRED: "not solved in time",
    Outcome.STOPPED: "stopped: no score that counts",
    Outcome.VOID: "void: no score that counts",
}
_LONG = 90
"""Characters of a statement from which on it gets a block of its own."""


def page(stored: StoredRide, *, picture: str | None = None) -> str:
    """The whole page; `picture` is where the picture lies as seen from the page.

    Every moment is on it and nothing is cut: a wiki has room. Raises RideNotOverError.
    """
    export, story = gather(stored), tuple[Moment, ...]()
    if export.postmortem is not None and stored.card is not None:
        story = tell_story(stored.scenario, stored.events, stored.card)
    return "\n\n".join(_Page(export, story).chapters(picture)) + "\n"


class _Page:
    def __init__(self, export: RideExport, story: Sequence[Moment]) -> None:
        self.export = export
        self.story = story
        self.names = {person.id: person.name for person in export.people}

    def chapters(self, picture: str | None) -> Iterator[str]:
        export, told = self.export, self.export.postmortem
        yield f"# Postmortem: {escaped(export.ride.scenario.title)}"
        if told is not None:
            yield markdown(told.headline, self.names)
        yield self._summary()
        if picture is not None:
            yield f"![Writes a second and sessions waiting over the ride](<{_address(picture)}>)"
        if export.score is not None and export.ride.outcome is not Outcome.VOID:
            yield "## Score"
            for part in export.score.dimensions:
                yield self._dimension(part)
        if self.story:
            yield "## What happened when"
            yield "\n\n".join(self._moment(moment) for moment in self.story)
        yield from self._crew(told)
        if export.figures is not None:
            yield "## Figures"
            yield self._figures()
        if told is not None:
            yield from self._lesson(told)

    def _name(self, person: str) -> str:
        return escaped(self.names.get(person, person))

    def _summary(self) -> str:
        ride, score = self.export.ride, self.export.score
        riders = [self._name(person.id) for person in self.export.people if person.rode]
        when = f"{ride.created_at:%Y-%m-%d %H:%M} UTC"
        rows = [
            ("Ride", code(ride.id)),
            (
                "Scenario",
                f"{code(ride.scenario.slug)}, {ride.scenario.level}, {escaped(ride.scenario.topic)}",
            ),
            ("Started", f"{when} by {self._name(ride.started_by)}"),
            ("Riders", ", ".join(riders) or ", ".join(self._name(one) for one in ride.learners)),
            ("Outcome", _ENDED[ride.outcome]),
        ]
        if ride.outcome in (Outcome.STOPPED, Outcome.VOID):
            rows.append(("Why", escaped(ride.reason)))
        if score is not None and ride.counts:
            parts = ", ".join(f"{one.dimension.value} {one.points}/{one.of}" for one in score.dimensions)
            rows.append(("Score", f"**{score.total}/100** ({parts})"))
        if score is not None:
            rows += [
                ("Acknowledged", _after(score.times.to_acknowledge)),
                ("First useful step", _after(score.times.to_detect)),
                ("Fixed", _after(score.times.to_fix)),
            ]
        if ride.speed != 1:
            rows.append(("Speed", f"the ride's clock ran {ride.speed:g} times as fast"))
        return _table(("", ""), rows)

    def _dimension(self, part: DimensionPart) -> str:
        lines = [self._line(line) for line in part.lines]
        return "\n".join([f"### {part.dimension.value.capitalize()}: {part.points} of {part.of}", "", *lines])

    def _line(self, line: LinePart) -> str:
        if line.points < 0:
            points = f"−{-line.points}"
        elif line.of:
            points = f"{line.points} of {line.of}"
        else:
            points = "no cost"
        said = f"- **{points}**: {markdown(line.why, self.names)}"
        quote = line.quote
        if quote is None:
            return said
        who = f"{self._name(quote.person)}, {clock(quote.ride_seconds)}"
        if len(quote.text) <= _LONG and "\n" not in quote.text:
            return f"{said}  \n  {who}: {code(quote.text)}"
        block = "\n".join(f"  {row}" for row in fence(quote.text, "sql").split("\n"))
        return f"{said}  \n  {who}:\n\n{block}\n"

    def _moment(self, moment: Moment) -> str:
        who = f"**{escaped(moment.person)}**: " if moment.person else ""
        words = moment.text if moment.speech is None else f"{moment.text} {moment.speech}"
        told = f"`{clock(moment.ride_seconds)}` {who}{markdown(words, self.names)}"
        return f"{told}\n\n{fence(moment.statement, 'sql')}" if moment.statement else told

    def _crew(self, told: PostmortemPart | None) -> Iterator[str]:
        riders = [person for person in self.export.people if person.rode]
        if riders:
            yield "## Who did what"
            yield _table(
                ("Person", "Roles", "Statements", "Earned", "Cost", "Hints", "Status updates"),
                [self._person(person) for person in riders],
            )
        if told is not None and told.updates:
            rows = []
            for one in told.updates:
                answer = "not answered"
                if one.answered_after is not None and one.by is not None:
                    answer = f"by {self._name(one.by)} after {in_words(one.answered_after)}"
                rows.append((escaped(one.speaker), clock(one.asked), answer))
            yield _table(("Asked for a status update", "At", "Answered"), rows)

    def _person(self, person: PersonPart) -> tuple[str, ...]:
        return (
            escaped(person.name),
            ", ".join(ROLE_NAMES[role] for role in person.incident_roles),
            str(person.statements),
            str(person.earned),
            str(person.cost),
            str(person.hints),
            str(person.updates),
        )

    def _figures(self) -> str:
        figures = self.export.figures
        if figures is None:
            raise ValueError("the export has no figures")
        return _table(
            ("Measured in the sandbox", ""),
            [
                ("Writes a second before the incident", _rate(figures.writes_before)),
                ("Lowest during the incident", _rate(figures.writes_lowest)),
                ("After the fix", _rate(figures.writes_after)),
                ("Most sessions waiting at once", str(figures.most_waiting)),
                ("Longest wait for a lock", in_words(figures.longest_wait)),
            ],
        )

    def _lesson(self, told: PostmortemPart) -> Iterator[str]:
        chapters = (
            ("Root cause", told.root_cause),
            ("How to find it", told.found),
            ("The fix", told.fix),
            ("The lesson", told.lesson),
        )
        for title, text in chapters:
            yield f"## {title}"
            yield markdown(text, self.names)
        if told.notes:
            yield "## Notes"
            yield from (markdown(note, self.names) for note in told.notes)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _after(seconds: float | None) -> str:
    return "never" if seconds is None else f"after {in_words(seconds)}"


def _rate(rows: float | None) -> str:
    return "not seen" if rows is None else f"{rows:.0f}"


def _address(path: str) -> str:
    """A path within angle brackets, where only these mean something."""
    return path.replace("\\", "/").replace("<", "%3C").replace(">", "%3E").replace("\n", "%0A")
