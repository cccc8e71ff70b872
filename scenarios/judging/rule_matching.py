"""Whether a rule holds in a journal, and where: for the score, the reactions and the postmortem's notes."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from scenarios.journal.events import (
    MetaCommandTried,
    OutcomeChecked,
    SessionEnded,
    SignalSent,
    StatementLogged,
)
from scenarios.journal.view import JournalView
from scenarios.model.rule_shape import STATEMENT_WORDS, words_of
from scenarios.model.rules import Rule
from scenarios.sql.acts import Act
from scenarios.sql.signals import acts_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """Where a rule holds: the event that satisfied it, and the statement behind it."""

    at: int
    statement: int | None = None
    """The index of the StatementLogged that did it; None for what is no statement."""

    @property
    def position(self) -> int:
        """Where it stands in order: at its statement, if it has one."""
        return self.at if self.statement is None else self.statement


def find(rule: Rule, journal: JournalView, *, must_show: bool = False, start: int = 0) -> Match | None:
    """The first place from `start` on where a rule holds.

    `must_show`: a statement that only failed doesn't count for `reads` and `calls`, since it showed nothing.
    """
    match = _find(rule, journal, must_show, start)
    if match is None or rule.before is None or journal.first_attempt is None:
        return match
    return match if match.position < journal.first_attempt else None


def _find(rule: Rule, journal: JournalView, must_show: bool, start: int) -> Match | None:
    if rule.any is not None:
        found = [find(part, journal, must_show=must_show, start=start) for part in rule.any]
        return min((m for m in found if m is not None), key=lambda m: m.position, default=None)
    if rule.all is not None:
        parts = [find(part, journal, must_show=must_show, start=start) for part in rule.all]
        held = [m for m in parts if m is not None]
        return max(held, key=lambda m: m.position) if len(held) == len(parts) else None
    if rule.in_order is not None:
        match: Match | None = None
        for part in rule.in_order:
            match = find(part, journal, must_show=must_show, start=start)
            if match is None:
                return None
            start = match.position
        return match
    if _is_about_statements(rule):
        return next(_statements(rule, journal, must_show, start), None)
    return next((match for match in _events(rule, journal) if match.position >= start), None)


def _is_about_statements(rule: Rule) -> bool:
    return bool(words_of(rule) & STATEMENT_WORDS)


def newly_holds(rule: Rule, journal: JournalView, since: int) -> bool:
    """Whether a rule that did not hold before the event `since` holds now.

    Statements before that are not read again, unless the rule is about an order of things.
    """
    if rule.all is not None or rule.in_order is not None or rule.before is not None:
        return find(rule, journal) is not None
    if rule.any is not None:
        return any(newly_holds(part, journal, since) for part in rule.any)
    if _is_about_statements(rule):
        return next(_statements(rule, journal, False, since), None) is not None
    # A signal may be newer than the statement that sent it.
    return any(match.at >= since for match in _events(rule, journal))


# --- what a statement does


def _statements(rule: Rule, journal: JournalView, must_show: bool, start: int) -> Iterator[Match]:
    looks = rule.reads is not None or rule.calls is not None
    for index, event in enumerate(journal.events[start:], start):
        if not isinstance(event, StatementLogged):
            continue
        if rule.in_database is not None and event.database not in rule.in_database:
            continue
        if must_show and looks and index in journal.showed_nothing:
            continue
        if any(_does(act, rule, event.database) for act in acts_of(event.text, event.prepared)):
            yield Match(at=index, statement=index)


def _does(act: Act, rule: Rule, ran_in: str) -> bool:
    """Whether an act satisfies every word of a rule that is about statements."""
    wanted: list[bool] = []
    if rule.reads is not None:
        wanted.append(act.reads_any(rule.reads, shows=rule.shows, ran_in=ran_in))
    if rule.alters is not None:
        wanted.append(act.alters_any(rule.alters))
    if rule.reindexes is not None:
        wanted.append(act.reindexes)
    for names, done in (
        (rule.calls, act.calls),
        (rule.creates, act.creates),
        (rule.drops, act.drops),
        (rule.truncates, act.truncates),
        (rule.writes, act.writes),
        (rule.writes_all_rows, act.writes_all_rows),
        (rule.runs, act.runs),
    ):
        if names is not None:
            wanted.append(_named(names, done))
    return all(wanted)


def _named(names: Collection[str], done: frozenset[str]) -> bool:
    return bool(done) if "*" in names else not done.isdisjoint(names)


# --- what a person did to sessions, and what Ride's checks found


def _events(rule: Rule, journal: JournalView) -> Iterator[Match]:
    if rule.attempts is not None:
        return _attempts(rule.attempts, journal)
    if rule.cancels is not None:
        return _attempts(rule.cancels, journal, op="cancel")
    if rule.ends is not None:
        return _ends(rule.ends, journal)
    if rule.attempts_groups is not None:
        return _blankets(rule.attempts_groups, journal)
    if rule.first_attempts_only is not None:
        return _first_attempt(rule.first_attempts_only, journal)
    return _others(rule, journal)


def _others(rule: Rule, journal: JournalView) -> Iterator[Match]:
    for index, event in enumerate(journal.events):
        if isinstance(event, MetaCommandTried):
            holds = rule.tries_meta is not None and event.command in rule.tries_meta
        else:
            holds = isinstance(event, OutcomeChecked) and event.check == rule.passed and event.passed
        if holds:
            yield Match(at=index)


def _signals(journal: JournalView) -> Iterator[tuple[int, SignalSent, str]]:
    """Every attempt, with the group of its target."""
    for index, event in enumerate(journal.events):
        if isinstance(event, SignalSent) and event.target.group is not None:
            yield index, event, event.target.group


def _attempts(names: Collection[str], journal: JournalView, op: str | None = None) -> Iterator[Match]:
    for index, event, group in _signals(journal):
        if (group in names or "*" in names) and op in (None, event.op):
            yield Match(at=index, statement=journal.statement_of[index])


def _ends(names: Collection[str], journal: JournalView) -> Iterator[Match]:
    sent: list[tuple[int, SignalSent]] = []
    for index, event in enumerate(journal.events):
        if isinstance(event, SignalSent) and event.op == "terminate" and event.target.group is not None:
            sent.append((index, event))
        elif isinstance(event, SessionEnded) and event.sqlstate == "57P01":
            behind = [i for i, signal in sent if signal.target.is_same(event.backend)]
            group = event.backend.group
            if behind and group is not None and (group in names or "*" in names):
                yield Match(at=index, statement=journal.statement_of[behind[-1]])


def _blankets(least: int, journal: JournalView) -> Iterator[Match]:
    reached: dict[tuple[str, int | None], set[str]] = {}
    for index, _, group in _signals(journal):
        groups = reached.setdefault(journal.key(index), set())
        groups.add(group)
        if len(groups) >= least:
            yield Match(at=index, statement=journal.statement_of[index])


def _first_attempt(names: Collection[str], journal: JournalView) -> Iterator[Match]:
    first = journal.first_attempt
    if first is None:
        return
    key = journal.key(first)
    if all(group in names for index, _, group in _signals(journal) if journal.key(index) == key):
        yield Match(at=first, statement=journal.statement_of[first])
