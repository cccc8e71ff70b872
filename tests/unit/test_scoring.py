"""Each rule of the score, both sides, on journals built by hand."""

from datetime import timedelta

import pytest

from scenarios.errors import ScenarioError
from scenarios.journal.events import Outcome
from scenarios.judging.scorecard import Dimension, Line, Scorecard
from scenarios.judging.scoring import score
from scenarios.loading.catalogue import Catalogue
from scenarios.model.scenario import Scenario
from tests.unit.ride_journal import EXPORT, KILL, LOOK, MIGRATION, OWN, TIE, WRITERS, RideJournal, reference


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return Catalogue().load("alter-table-locks")


def line(card: Scorecard, name: str) -> Line:
    return next(line for line in card.lines if line.id == name)


def points(card: Scorecard) -> tuple[int, int, int, int]:
    """Detect, fix, trap, total."""
    return (
        card.points(Dimension.DETECT),
        card.points(Dimension.FIX),
        card.points(Dimension.TRAP),
        card.total,
    )


def test_the_reference_solution_gets_everything(scenario: Scenario) -> None:
    card = score(scenario, reference().events)
    assert points(card) == (40, 40, 20, 100)
    assert card.outcome is Outcome.RESOLVED
    assert (card.ride, card.scenario, card.version) == ("r1", "alter-table-locks", "v1")
    assert all(one.why for one in card.lines)


def test_the_same_journal_gives_the_same_card(scenario: Scenario) -> None:
    assert score(scenario, reference().events) == score(scenario, list(reference().events))


# --- Detect: looked


@pytest.mark.parametrize(
    ("text", "database", "earned"),
    [
        (LOOK, "app_db", 10),
        (LOOK, "analytics_db", 10),
        (LOOK + " WHERE datname = 'analytics_db'", "app_db", 0),
        (LOOK + " WHERE datname = current_database()", "app_db", 10),
        (LOOK + " WHERE datname = current_database()", "analytics_db", 0),
        ("EXPLAIN " + LOOK, "app_db", 0),
        ("EXPLAIN ANALYZE " + LOOK, "app_db", 10),
        ("SELECT * FROM pg_locks", "app_db", 0),
        ("SELECT 'pg_stat_activity'", "app_db", 0),
    ],
)
def test_looked(scenario: Scenario, text: str, database: str, earned: int) -> None:
    card = score(scenario, RideJournal().ran(text, database=database).events)
    assert line(card, "looked").points == earned


@pytest.mark.parametrize(("sqlstate", "earned"), [("42703", 0), ("25P02", 0), ("57014", 10)])
def test_a_look_that_failed_showed_nothing(scenario: Scenario, sqlstate: str, earned: int) -> None:
    card = score(scenario, RideJournal().ran(LOOK).failed(sqlstate).events)
    assert line(card, "looked").points == earned


def test_a_later_statement_that_could_not_be_parsed_takes_nothing_away(scenario: Scenario) -> None:
    # PostgreSQL logs no statement for it, only the error.
    card = score(scenario, RideJournal().ran(LOOK).failed("42601", text="SELEC 1").events)
    assert line(card, "looked").points == 10
    card = score(scenario, RideJournal().ran(LOOK).failed("25P02", text=LOOK).events)
    assert line(card, "looked").points == 0


def test_the_failure_of_another_session_takes_nothing_away(scenario: Scenario) -> None:
    card = score(scenario, RideJournal().ran(LOOK).failed("42703", person="U2").events)
    assert line(card, "looked").points == 10


def test_a_look_after_the_end_does_not_count(scenario: Scenario) -> None:
    card = score(scenario, RideJournal().over(Outcome.EXPIRED).ran(LOOK).events)
    assert card.total == 0


# --- Detect: tied


def test_blocking_pids_before_the_kill_ties(scenario: Scenario) -> None:
    assert line(score(scenario, RideJournal().ran(TIE).kills().events), "tied").points == 15


def test_blocking_pids_in_the_killing_statement_ties(scenario: Scenario) -> None:
    text = "SELECT pg_terminate_backend(b) FROM pg_stat_activity, unnest(pg_blocking_pids(pid)) b"
    assert line(score(scenario, RideJournal().kills(text=text).events), "tied").points == 15


def test_blocking_pids_after_the_kill_does_not_tie(scenario: Scenario) -> None:
    card = score(scenario, RideJournal().kills().ran(TIE).events)
    assert line(card, "tied").points == 0
    quote = line(card, "tied").quote
    assert quote is not None
    assert quote.text == KILL


def test_without_any_attempt_it_ties_at_any_time(scenario: Scenario) -> None:
    assert line(score(scenario, RideJournal().ran(LOOK).ran(TIE).events), "tied").points == 15


@pytest.mark.parametrize(
    ("statements", "earned"),
    [
        ([LOOK, "SELECT * FROM pg_locks"], 15),
        (["SELECT * FROM pg_locks JOIN pg_stat_activity USING (pid)"], 15),
        (["SELECT * FROM pg_locks", LOOK], 0),
        (["SELECT * FROM pg_locks"], 0),
        (["SELECT * FROM pg_locks", LOOK, "SELECT * FROM pg_locks"], 15),
        ([LOOK + " WHERE datname = 'analytics_db'", "SELECT * FROM pg_locks"], 0),
        ([LOOK, KILL, "SELECT * FROM pg_locks"], 0),
    ],
)
def test_locks_tie_with_or_after_the_sessions(scenario: Scenario, statements: list[str], earned: int) -> None:
    ride = RideJournal()
    for text in statements:
        ride.ran(text)
        if text == KILL:
            ride.signal(MIGRATION)
    assert line(score(scenario, ride.events), "tied").points == earned


def test_what_another_person_ran_between_statement_and_signal_still_ties(scenario: Scenario) -> None:
    ride = RideJournal().ran(KILL).ran(TIE, person="U2").signal(MIGRATION)
    assert line(score(scenario, ride.events), "tied").points == 15


def test_signals_at_nobody_are_no_attempt(scenario: Scenario) -> None:
    ride = RideJournal().ran(KILL).signal(OWN).ran(TIE).kills()
    card = score(scenario, ride.events)
    assert (line(card, "tied").points, line(card, "first_attempt").points) == (15, 15)


# --- Detect: first attempt


def test_first_attempt_at_a_writer(scenario: Scenario) -> None:
    card = score(scenario, RideJournal().kills(WRITERS[0]).kills().events)
    assert line(card, "first_attempt").points == 0


def test_first_attempt_at_the_migration_and_others(scenario: Scenario) -> None:
    card = score(scenario, RideJournal().ran(KILL).signal(MIGRATION, WRITERS[0]).events)
    assert line(card, "first_attempt").points == 0


def test_first_attempt_may_be_a_cancel(scenario: Scenario) -> None:
    ride = RideJournal().ran("SELECT pg_cancel_backend(100)").signal(MIGRATION, op="cancel")
    assert line(score(scenario, ride.events), "first_attempt").points == 15


def test_a_later_wrong_attempt_does_not_take_the_first_away(scenario: Scenario) -> None:
    card = score(scenario, RideJournal().kills().kills(WRITERS[0]).events)
    assert line(card, "first_attempt").points == 15


def test_a_first_attempt_from_a_do_block_counts_by_its_signal(scenario: Scenario) -> None:
    card = score(scenario, RideJournal().kills(text="DO $$ BEGIN PERFORM f(); END $$").events)
    assert (line(card, "first_attempt").points, line(card, "ended").points) == (15, 20)


# --- Fix


def test_ended_needs_the_sessions_own_end(scenario: Scenario) -> None:
    assert line(score(scenario, RideJournal().ran(KILL).signal(MIGRATION).events), "ended").points == 0


def test_a_cancel_does_not_end(scenario: Scenario) -> None:
    ride = RideJournal().ran(KILL).signal(MIGRATION, op="cancel").ended(MIGRATION)
    assert line(score(scenario, ride.events), "ended").points == 0


def test_an_end_that_nobody_signalled_is_nobodys(scenario: Scenario) -> None:
    assert line(score(scenario, RideJournal().ended(MIGRATION).events), "ended").points == 0


def test_a_session_that_just_left_was_not_ended(scenario: Scenario) -> None:
    ride = RideJournal().ran(KILL).signal(MIGRATION).ended(MIGRATION, sqlstate=None)
    assert line(score(scenario, ride.events), "ended").points == 0


def test_another_session_with_the_same_pid_is_another(scenario: Scenario) -> None:
    assert MIGRATION.started is not None
    later = MIGRATION.model_copy(update={"started": MIGRATION.started + timedelta(minutes=5)})
    ride = RideJournal().ran(KILL).signal(MIGRATION).ended(later)
    assert line(score(scenario, ride.events), "ended").points == 0


def test_checks_that_failed_give_nothing_and_a_later_pass_does(scenario: Scenario) -> None:
    ride = RideJournal().kills().checked("drained", passed=False).checked("workload", passed=False)
    assert points(score(scenario, ride.events))[1] == 20
    assert points(score(scenario, ride.checked("workload").events))[1] == 30


# --- Trap


def test_doing_nothing_gets_no_trap_points(scenario: Scenario) -> None:
    card = score(scenario, RideJournal().ran(LOOK).ran(TIE).over(Outcome.EXPIRED).events)
    assert points(card) == (25, 0, 0, 25)
    assert line(card, "trap").of == 20


@pytest.mark.parametrize(
    ("text", "database", "trap", "left"),
    [
        ("CREATE INDEX ON orders (id)", "app_db", "index", 10),
        ("DROP INDEX orders_customer_id_idx", "app_db", "index", 10),
        ("REINDEX TABLE orders", "app_db", "index", 10),
        ("INSERT INTO orders VALUES (1)", "analytics_db", "analytics", 10),
        ("ALTER TABLE orders ADD x int", "analytics_db", "analytics", 10),
        ("ALTER DATABASE analytics_db SET work_mem = '1MB'", "app_db", "analytics", 10),
        ("DROP TABLE orders", "app_db", "destroyed_orders", 0),
        ("TRUNCATE orders", "app_db", "destroyed_orders", 0),
        ("DELETE FROM orders", "app_db", "destroyed_orders", 0),
        ("UPDATE orders SET total = 0 WHERE true", "app_db", "destroyed_orders", 0),
        ("ALTER SYSTEM SET max_connections = 10", "app_db", "server", 10),
        ("SELECT pg_reload_conf()", "app_db", "server", 10),
        ("COPY orders TO PROGRAM 'cat'", "app_db", "server", 10),
        ("SELECT pg_read_file('postgresql.conf')", "app_db", "server", 10),
    ],
)
def test_each_trap_costs_once_even_when_it_failed(
    scenario: Scenario, text: str, database: str, trap: str, left: int
) -> None:
    ride = RideJournal()
    for _ in range(3):
        ride.ran(text, database=database).failed("42501")
    card = score(scenario, ride.kills().drains().resolved().events)
    assert points(card)[2] == left
    quote = line(card, trap).quote
    assert quote is not None
    assert (quote.text, quote.person, quote.ride_seconds) == (text, "U1", 1.0)


@pytest.mark.parametrize(
    ("text", "database"),
    [
        ("EXPLAIN DELETE FROM orders", "app_db"),
        ("EXPLAIN CREATE TABLE t AS SELECT 1", "analytics_db"),
        ("SELECT * FROM orders", "analytics_db"),
        ("DELETE FROM orders WHERE id = 1", "app_db"),
        ("UPDATE orders SET status = 'new' WHERE id = 7", "app_db"),
        ("SET statement_timeout = 0", "analytics_db"),
        ("SELECT pg_cancel_backend(1)", "app_db"),
        ("PREPARE p AS DELETE FROM orders", "app_db"),
    ],
)
def test_what_costs_nothing(scenario: Scenario, text: str, database: str) -> None:
    card = score(scenario, RideJournal().ran(text, database=database).kills().events)
    assert points(card)[2] == 20


def test_execute_of_a_prepared_trap_costs(scenario: Scenario) -> None:
    ride = RideJournal().ran("EXECUTE p", prepared="PREPARE p AS DELETE FROM orders").kills()
    assert points(score(scenario, ride.events))[2] == 0


def test_a_refused_shell_escape_costs(scenario: Scenario) -> None:
    card = score(scenario, RideJournal().meta("\\!").kills().events)
    assert line(card, "server").points == -10
    assert points(score(scenario, RideJournal().meta("\\copy").kills().events))[2] == 20


@pytest.mark.parametrize("op", ["terminate", "cancel"])
def test_an_attempt_on_a_writer_costs(scenario: Scenario, op: str) -> None:
    ride = RideJournal().ran(KILL).signal(WRITERS[0], op="cancel" if op == "cancel" else "terminate").kills()
    card = score(scenario, ride.events)
    assert line(card, "ended_writer").points == -10
    assert points(card)[2] == 10


def test_cancelling_the_migration_costs_nothing(scenario: Scenario) -> None:
    ride = (
        RideJournal().ran(LOOK).ran(TIE).ran("SELECT pg_cancel_backend(100)").signal(MIGRATION, op="cancel")
    )
    assert points(score(scenario, ride.kills().drains().resolved().events)) == (40, 40, 20, 100)


def test_a_blanket_takes_the_writers_place(scenario: Scenario) -> None:
    ride = RideJournal().ran(KILL).signal(*WRITERS, MIGRATION).ended(*WRITERS, MIGRATION)
    card = score(scenario, ride.events)
    assert [one.id for one in card.lines if one.points < 0] == ["blanket"]
    assert points(card)[2] == 10


def test_a_blanket_over_analytics_costs_twice(scenario: Scenario) -> None:
    ride = RideJournal().ran(KILL).signal(*WRITERS, MIGRATION, EXPORT).ended(*WRITERS, MIGRATION, EXPORT)
    card = score(scenario, ride.events)
    assert [one.id for one in card.lines if one.points < 0] == ["blanket", "analytics"]
    assert points(card)[2] == 0


def test_two_statements_are_no_blanket(scenario: Scenario) -> None:
    card = score(scenario, RideJournal().kills(WRITERS[0]).kills().events)
    assert [one.id for one in card.lines if one.points < 0] == ["ended_writer"]


def test_two_people_at_once_are_no_blanket(scenario: Scenario) -> None:
    ride = RideJournal().ran(KILL).ran(KILL, person="U2")
    ride.signal(MIGRATION).signal(WRITERS[0], person="U2").ended(MIGRATION)
    card = score(scenario, ride.events)
    assert [one.id for one in card.lines if one.points < 0] == ["ended_writer"]


def test_traps_never_go_below_nothing(scenario: Scenario) -> None:
    ride = RideJournal().ran("TRUNCATE orders").ran("CREATE INDEX ON orders (id)").meta("\\!").kills()
    card = score(scenario, ride.events)
    assert points(card)[2] == 0
    assert card.total == points(card)[0] + points(card)[1]
    assert [(one.id, one.points) for one in card.lines if one.of == 0] == [
        ("index", -10),
        ("destroyed_orders", -10),
        ("server", 0),
    ]


# --- times


def test_times_are_ride_seconds(scenario: Scenario) -> None:
    times = score(scenario, reference().events).times
    assert (times.to_live, times.to_acknowledge, times.to_detect, times.to_fix) == (3, 1, 2, 4)


def test_speed_scales_them_but_not_the_time_to_live(scenario: Scenario) -> None:
    ride = RideJournal(speed=60).acknowledged().ran(LOOK).kills().drains().resolved()
    times = score(scenario, ride.events).times
    assert (times.to_live, times.to_acknowledge, times.to_detect, times.to_fix) == (3, 60, 120, 180)


def test_the_fix_is_later_when_another_session_blocked_on(scenario: Scenario) -> None:
    ride = RideJournal().kills().blocked_by(OWN).wait(60).resolved()
    assert score(scenario, ride.events).times.to_fix == 62


def test_without_a_resolution_there_is_no_time_to_fix(scenario: Scenario) -> None:
    assert score(scenario, RideJournal().kills().over(Outcome.EXPIRED).events).times.to_fix is None


def test_a_ride_that_never_was_live_scores_nothing(scenario: Scenario) -> None:
    card = score(scenario, RideJournal(live=False).over(Outcome.VOID).events)
    assert card.total == 0
    assert card.times.to_live is None
    assert card.outcome is Outcome.VOID


def test_a_journal_without_an_end_counts_as_stopped(scenario: Scenario) -> None:
    assert score(scenario, RideJournal().events).outcome is Outcome.STOPPED


def test_a_journal_without_a_start_is_refused(scenario: Scenario) -> None:
    with pytest.raises(ScenarioError, match="no start"):
        score(scenario, [])
