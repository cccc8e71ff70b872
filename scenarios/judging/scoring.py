"""The score of a ride: a pure function of its journal and its scenario. No clock, no database, no chance."""

from collections.abc import Iterator, Sequence

from scenarios.errors import ScenarioError
from scenarios.journal.events import (
    Acknowledged,
    BlockersSeen,
    Event,
    MetaCommandTried,
    Outcome,
    RideEnded,
    RideStarted,
    StatementLogged,
)
from scenarios.journal.view import JournalView, view
from scenarios.judging.rule_matching import Match, find
from scenarios.judging.scorecard import TRAP_LINE, Dimension, Line, Quote, Scorecard, Times
from scenarios.model.rules import Rule
from scenarios.model.scenario import Award, Scenario


def score(scenario: Scenario, events: Sequence[Event]) -> Scorecard:
    """The card of a ride. What comes after RideEnded is ignored; a journal without it counts as stopped.

    Raises ScenarioError for a journal that doesn't begin with a ride's start.
    """
    journal = view(events)
    started = next((event for event in journal.events if isinstance(event, RideStarted)), None)
    if started is None:
        raise ScenarioError("This journal has no start of a ride in it; there is nothing to score.")
    last = journal.events[-1]
    scoring = scenario.scoring
    detect = {award.id: _find_award(award, journal) for award in scoring.detect}
    fix = {award.id: _find_award(award, journal) for award in scoring.fix}
    lines = (
        *(_award_line(award, Dimension.DETECT, detect[award.id], journal) for award in scoring.detect),
        *(_award_line(award, Dimension.FIX, fix[award.id], journal) for award in scoring.fix),
        *_trap_lines(scenario, journal, fixed={**detect, **fix}[scoring.trap.needs] is not None),
    )
    return Scorecard(
        ride=started.ride,
        scenario=started.scenario,
        version=started.version,
        outcome=last.outcome if isinstance(last, RideEnded) else Outcome.STOPPED,
        lines=lines,
        times=_times(scenario, started, journal, [match for match in detect.values() if match]),
    )


def _find_award(award: Award, journal: JournalView) -> Match | None:
    return find(award.when, journal, must_show=True)


def _award_line(award: Award, dimension: Dimension, match: Match | None, journal: JournalView) -> Line:
    return Line(
        id=award.id,
        dimension=dimension,
        points=award.points if match else 0,
        of=award.points,
        why=award.earned if match else award.missed,
        quote=quote(match, journal) if match else _quote_of_miss(award, journal),
    )


def _quote_of_miss(award: Award, journal: JournalView) -> Quote | None:
    """The first attempt, where that is why points were missed."""
    rule = award.when
    if journal.first_attempt is None or (rule.first_attempts_only is None and rule.before is None):
        return None
    at = journal.first_attempt
    return quote(Match(at=at, statement=journal.statement_of[at]), journal)


def _trap_lines(scenario: Scenario, journal: JournalView, *, fixed: bool) -> Iterator[Line]:
    trap = scenario.scoring.trap
    sprung = {one.id: match for one in trap.traps if (match := find(one.when, journal)) is not None}
    counted = [one for one in trap.traps if one.id in sprung and sprung.keys().isdisjoint(one.unless)]
    left = trap.points if fixed else 0
    why = trap.none if not fixed else trap.lost if counted else trap.kept
    yield Line(id=TRAP_LINE, dimension=Dimension.TRAP, points=left, of=trap.points, why=why)
    for one in counted:
        lost = min(one.cost, left)
        left -= lost
        yield Line(
            id=one.id,
            dimension=Dimension.TRAP,
            points=-lost,
            of=0,
            why=one.why,
            quote=quote(sprung[one.id], journal),
        )


def quote(match: Match, journal: JournalView) -> Quote | None:
    """The act behind a match: who ran what, when."""
    event = journal.events[match.position]
    if isinstance(event, StatementLogged):
        text = event.text
    elif isinstance(event, MetaCommandTried):
        text = event.command
    else:
        return None
    return Quote(at=event.at, ride_seconds=journal.ride_seconds(event.at), person=event.person, text=text)


def _times(
    scenario: Scenario, started: RideStarted, journal: JournalView, detected: Sequence[Match]
) -> Times:
    acknowledged = next((event for event in journal.events if isinstance(event, Acknowledged)), None)
    looks = [journal.events[match.position].at for match in detected]
    return Times(
        to_live=(journal.live.at - started.at).total_seconds() if journal.live else None,
        to_acknowledge=journal.ride_seconds(acknowledged.at) if acknowledged else None,
        to_detect=journal.ride_seconds(min(looks)) if looks else None,
        to_fix=_to_fix(scenario, journal),
    )


def _to_fix(scenario: Scenario, journal: JournalView) -> float | None:
    """Until the blocker ended, if the ride was resolved; until the resolution, if others blocked then."""
    last = journal.events[-1]
    if not isinstance(last, RideEnded) or last.outcome is not Outcome.RESOLVED:
        return None
    ended = find(Rule(ends=(scenario.blocker,)), journal)
    if ended is None:
        return None
    blocked_on = any(isinstance(e, BlockersSeen) and e.blockers for e in journal.events[ended.at :])
    return journal.ride_seconds(last.at if blocked_on else journal.events[ended.at].at)
