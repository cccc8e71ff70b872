"""From what is stored of a ride to its export."""

from collections.abc import Sequence

from bot.base.errors import RideNotOverError
from bot.exporting.document import (
    FORMAT,
    VERSION,
    DimensionPart,
    FiguresPart,
    LinePart,
    MomentPart,
    PersonPart,
    PostmortemPart,
    QuotePart,
    RideExport,
    RidePart,
    SamplePart,
    ScenarioPart,
    ScorePart,
    TimesPart,
    UpdatePart,
)
from bot.exporting.stored_rides import StoredRide
from bot.pictures.figures import end_of, figures_of
from scenarios.journal.events import Outcome, RideEnded
from scenarios.journal.view import JournalView, view
from scenarios.judging.scorecard import Line, Scorecard
from scenarios.telling.contributions import Contribution
from scenarios.telling.postmortem import DimensionScore, Postmortem, write_postmortem
from scenarios.telling.story import Moment, shorten, without_marks

MOST_MOMENTS = 40
LONGEST_SPEECH = 90
"""Moments, and characters of what somebody says in one: what version 1 of the JSON has in its story. All of
it is in `events`, and on the page."""


def gather(stored: StoredRide) -> RideExport:
    """The export of a ride. Raises RideNotOverError for one that is under way."""
    ended = next((event for event in stored.events if isinstance(event, RideEnded)), None)
    if ended is None:
        raise RideNotOverError(stored.record.id, stored.record.state)
    journal = view(stored.events)
    told = None
    if stored.card is not None and journal.live is not None:
        told = write_postmortem(stored.scenario, stored.events, stored.card)
    return RideExport(
        format=FORMAT,
        version=VERSION,
        ride=_ride(stored, ended),
        people=_people(journal, told),
        score=None if told is None or stored.card is None else _score(stored.card, told),
        # As in the channel: who meets a void ride may want to ride it again.
        postmortem=None if told is None or ended.outcome is Outcome.VOID else _postmortem(told),
        figures=_figures(stored, journal) if end_of(journal) is not None and journal.live else None,
        events=tuple(stored.events),
        samples=tuple(
            SamplePart(
                at=one.at,
                writes_per_second=one.writes_per_second,
                waiting=one.waiting,
                oldest_wait=one.oldest_wait,
            )
            for one in stored.samples
        ),
    )


def _ride(stored: StoredRide, ended: RideEnded) -> RidePart:
    record, scenario = stored.record, stored.scenario
    return RidePart(
        id=record.id,
        workspace=record.workspace,
        scenario=ScenarioPart(
            slug=scenario.slug,
            title=scenario.title,
            level=scenario.level,
            topic=scenario.topic,
            version=record.version,
        ),
        outcome=ended.outcome,
        reason=ended.reason,
        counts=ended.outcome.counts,
        started_by=record.started_by,
        learners=record.learners,
        team=record.team,
        game_day=record.game_day,
        channel=record.channel,
        channel_name=record.channel_name,
        speed=record.speed,
        created_at=record.created_at,
        live_at=record.live_at,
        ended_at=ended.at,
    )


def _people(journal: JournalView, told: Postmortem | None) -> tuple[PersonPart, ...]:
    """Everybody of whom the journal has a name: the riders with what they did, and others who took part."""
    did: dict[str, Contribution] = {one.person: one for one in told.people} if told is not None else {}
    return tuple(
        PersonPart(
            id=person,
            name=name,
            rode=person in did,
            incident_roles=did[person].roles if person in did else (),
            statements=did[person].statements if person in did else 0,
            earned=did[person].earned if person in did else 0,
            cost=did[person].cost if person in did else 0,
            hints=did[person].hints if person in did else 0,
            updates=did[person].updates if person in did else 0,
        )
        for person, name in journal.names.items()
    )


def _score(card: Scorecard, told: Postmortem) -> ScorePart:
    return ScorePart(
        total=card.total,
        dimensions=tuple(_dimension(part) for part in told.dimensions),
        times=TimesPart(
            to_live=card.times.to_live,
            to_acknowledge=card.times.to_acknowledge,
            to_detect=card.times.to_detect,
            to_fix=card.times.to_fix,
        ),
    )


def _dimension(part: DimensionScore) -> DimensionPart:
    return DimensionPart(
        dimension=part.dimension,
        points=part.points,
        of=part.of,
        lines=tuple(_line(line) for line in part.lines),
    )


def _line(line: Line) -> LinePart:
    quote = line.quote
    return LinePart(
        id=line.id,
        points=line.points,
        of=line.of,
        why=line.why,
        quote=None
        if quote is None
        else QuotePart(at=quote.at, ride_seconds=quote.ride_seconds, person=quote.person, text=quote.text),
    )


def _postmortem(told: Postmortem) -> PostmortemPart:
    return PostmortemPart(
        headline=told.headline,
        story=tuple(_moment(moment) for moment in _some(told.story)),
        updates=tuple(
            UpdatePart(speaker=one.speaker, asked=one.asked, answered_after=one.answered_after, by=one.by)
            for one in told.updates
        ),
        root_cause=told.root_cause,
        found=told.found,
        fix=told.fix,
        lesson=told.lesson,
        notes=told.notes,
    )


def _some(story: Sequence[Moment]) -> Sequence[Moment]:
    """Of a very long ride the first ones and the last ones."""
    half = MOST_MOMENTS // 2
    return story if len(story) <= MOST_MOMENTS else (*story[:half], *story[-half:])


def _moment(moment: Moment) -> MomentPart:
    speech = "" if moment.speech is None else f" {shorten(without_marks(moment.speech), LONGEST_SPEECH)}"
    return MomentPart(
        ride_seconds=moment.ride_seconds,
        text=moment.text + speech,
        person=moment.person,
        statement=None if moment.statement is None else shorten(moment.statement),
    )


def _figures(stored: StoredRide, journal: JournalView) -> FiguresPart:
    found = figures_of(journal, stored.samples)
    return FiguresPart(
        writes_before=found.before,
        writes_lowest=found.lowest,
        writes_after=found.after,
        writes_back_at=found.back_at,
        most_waiting=found.most_waiting,
        longest_wait=found.longest_wait,
    )
