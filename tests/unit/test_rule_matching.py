"""Whether a rule has come to hold, without reading again what was read before."""

import pytest

from scenarios.journal.view import view
from scenarios.judging.rule_matching import newly_holds
from scenarios.judging.scoring import score
from scenarios.loading.catalogue import Catalogue
from scenarios.model.rules import Rule
from scenarios.sql.syntax import parse_statements
from tests.unit.ride_journal import LOOK, MIGRATION, WRITERS, RideJournal

INDEX = "CREATE INDEX ON orders (total)"


def test_a_statement_is_parsed_once_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = Catalogue().load("alter-table-locks")
    journal = RideJournal()
    for number in range(3000):
        journal.ran(f"SELECT {number} AS parsed_once")
    parsed: list[str] = []
    parse = parse_statements

    def counting(text: str) -> object:
        parsed.append(text)
        return parse(text)

    monkeypatch.setattr("scenarios.sql.signals.parse_statements", counting)
    score(scenario, journal.events)
    assert len(parsed) == 3000


@pytest.mark.parametrize(
    "rule",
    [
        Rule(creates=("index",)),
        Rule(any=(Rule(creates=("index",)), Rule(drops=("index",)))),
        Rule(in_order=(Rule(reads=("pg_stat_activity",)), Rule(creates=("index",)))),
        Rule(all=(Rule(reads=("pg_stat_activity",)), Rule(creates=("index",)))),
    ],
)
def test_what_is_new_is_found(rule: Rule) -> None:
    journal = RideJournal().ran(LOOK)
    since = len(journal.events)
    assert not newly_holds(rule, view(journal.events), 0)
    assert newly_holds(rule, view(journal.ran(INDEX).events), since)


def test_what_was_there_before_is_not_looked_at_again() -> None:
    journal = RideJournal().ran(INDEX)
    since = len(journal.events)
    assert not newly_holds(Rule(creates=("index",)), view(journal.ran(LOOK).events), since)


def test_a_signal_may_come_later_than_its_statement() -> None:
    journal = RideJournal().ran("DO $$ … $$")
    since = len(journal.events)
    journal.signal(WRITERS[0])
    assert newly_holds(Rule(attempts=("writers",)), view(journal.events), since)
    assert not newly_holds(Rule(attempts=("writers",)), view(journal.signal(MIGRATION).events), since + 1)
