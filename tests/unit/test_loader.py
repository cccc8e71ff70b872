"""A scenario's files with one mistake each: the message says file, line, column and what to do."""

import shutil
from pathlib import Path

import pytest

from scenarios.errors import ScenarioError, ScenarioFileError, UnknownScenarioError
from scenarios.loading.catalogue import Catalogue
from scenarios.loading.loader import digest, load_scenario
from scenarios.model.scenario import Scenario

SLUG = "alter-table-locks"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the built-in scenario that a test can spoil."""
    copy = tmp_path / SLUG
    shutil.copytree(Catalogue().folder / SLUG, copy)
    return copy


def spoil(folder: Path, old: str, new: str, *, file: str = "scenario.yaml") -> int:
    """Replace a text that is there, once; gives the line of the change."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def problems(folder: Path) -> list[str]:
    with pytest.raises(ScenarioFileError) as caught:
        load_scenario(folder)
    assert str(caught.value) == "\n".join(map(str, caught.value.problems))
    return [str(problem) for problem in caught.value.problems]


def test_the_built_in_scenarios_are_sound() -> None:
    catalogue = Catalogue()
    assert SLUG in catalogue.slugs()
    assert [scenario.slug for scenario in catalogue.all()] == list(catalogue.slugs())


def test_a_loaded_scenario_survives_storage_as_json() -> None:
    scenario = Catalogue().load(SLUG)
    assert Scenario.model_validate_json(scenario.model_dump_json()) == scenario


def test_an_unknown_slug_gets_the_nearest_names() -> None:
    with pytest.raises(UnknownScenarioError) as caught:
        Catalogue().load("alter-tabel-lock")
    assert caught.value.nearest == (SLUG,)
    assert SLUG in str(caught.value)
    with pytest.raises(UnknownScenarioError) as caught:
        Catalogue().load("../catalogue")
    assert caught.value.nearest == ()


def test_a_folder_that_is_not_there_has_no_scenarios(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path / "nowhere")
    assert catalogue.slugs() == ()
    assert catalogue.all() == ()


MISTAKES: list[tuple[str, str, str, str]] = [
    # what was written, what is written now, what stands at the place, what the message says
    (
        "title: ALTER",
        "titel: ALTER",
        "titel: ALTER TAB",
        "'titel' is not a word that is known here; did you mean 'titl",
    ),
    ("level: L3", "level: L33", "L33", "'level' can't be 'L33'; did you mean 'L3'"),
    (
        "production: app_db",
        "production: app_bd",
        "app_bd",
        "'app_bd' is no database of this scenario; did you mean",
    ),
    (
        "blocker: migration",
        "blocker: migrations",
        "migrations",
        "'migrations' is no group of this scenario; did you mean",
    ),
    (
        "waiters: writers",
        "waiters: [writers]",
        "[writers]",
        "'waiters' is wrong: input should be a valid string.",
    ),
    (
        'time_limit: "15:00"',
        "time_limit: 15 min",
        "15 min",
        "'15 min' is not a ride time; write minutes and seconds",
    ),
    ("within: 30 s", "within: 30", "30", "30 is not a duration; write seconds or milliseconds"),
    (
        "script: actors/writer.sql",
        "script: actors/writers.sql",
        "actors/writers.s",
        "there is no file 'actors/writers.sql'; did",
    ),
    (
        "setup: sql/app_db.sql",
        "setup: ../other/app_db.sql",
        "../other/app_db.",
        "leads out of the scenario's folder.",
    ),
    ("setup: sql/app_db.sql", "setup: /etc/passwd", "/etc/passwd", "leads out of the scenario's folder."),
    ('at: "2:00"', 'at: "0:30"', '"0:30"', "'support' is not later than the step before it."),
    ('at: "12:00"', 'at: "15:00"', '"15:00"', "'sla' comes when time is up already."),
    (
        "- {reads: pg_locks}",
        "- {raeds: pg_locks}",
        "raeds: pg_locks}",
        "'raeds' is not a word that is known here; did you mean",
    ),
    (
        "when: {cancels: migration}",
        "when: {cancels: migrate}",
        "migrate}",
        "'migrate' is no group of this scenario",
    ),
    ("{passed: workload}", "{passed: work}", "work}", "'work' is no check of this scenario; did you mean"),
    (
        "shows: app_db}\n      earned",
        "shows: app}\n      earned",
        "app}",
        "'app' is no database of this scenario",
    ),
    (
        "in_database: analytics_db}",
        "in_database: analytics}",
        "analytics}",
        "'analytics' is no database of this",
    ),
    ("needs: ended", "needs: endet", "endet", "'endet' is no award of this scenario; did you mean 'ended'?"),
    ("unless: [blanket]", "unless: [blankets]", "blankets]", "'blankets' is no other trap of this scenario"),
    ("points: 10", "points: 15", "- id: looked", "the points of detect are 45; they must be 40."),
    ("points: 20\n    needs", "points: 30\n    needs", "30", "the points of trap are 30; they must be 20."),
    ("cost: 10", "cost: 25", "25", "'ended_writer' costs 25; there are only 20 to lose."),
    (
        "{runs: [alter system,",
        "{runs: [alter systems,",
        "alter systems, c",
        "can't be 'alter systems'; did you mean",
    ),
    ("- creates: index", "- creates: indx", "indx", "'indx' is no kind of object; did you mean 'index'?"),
    ("when: {ends: migration}", "when: {}", "{}", "the rule is empty; say what must have happened"),
    (
        "when: {ends: migration}",
        "when: {ends: migration, passed: drained}",
        "{ends: migration",
        "are never true of one event",
    ),
    (
        "when: {reads: pg_stat_activity, shows",
        "when: {shows",
        "{shows: app_db}",
        "'shows' alone says nothing",
    ),
    (
        "when: {ends: migration}",
        "when: {in_database: app_db}",
        "{in_database: ap",
        "'in_database' alone says nothing",
    ),
    (
        "when: {ends: migration}",
        "when: {any: [], before: first attempt}",
        "[], before: firs",
        "'any' has no rules in it.",
    ),
    (
        "when: {ends: migration}",
        "when: {any: [{ends: writers}], ends: migration}",
        "{any: [{ends: wr",
        "can't stand in one rule",
    ),
    (
        "when: {ends: migration}",
        "when: {attempts: migration, ends: migration}",
        "{attempts: migra",
        "never true of one event",
    ),
    (
        "*{writes_now}/s*",
        "*{writes_nwo}/s*",
        ">-",
        "{writes_nwo} is no placeholder; did you mean {writes_now}?",
    ),
    ("for {elapsed}. I", "for {elapsed. I", ">-", "a brace is open or closed alone"),
    ("id: support", "id: queue_grows", "queue_grows", "'queue_grows' is here twice; give each its own id."),
    (
        "slug: alter-table-locks",
        "slug: Alter",
        "Alter",
        "'Alter' is no name: use lower-case letters, digits and '-'.",
    ),
    (
        "slug: alter-table-locks",
        "slug: alter",
        "alter",
        "is 'alter', but the folder is called 'alter-table-locks'.",
    ),
    (
        "kind: workload\n",
        "kind: workload\n    group: writers\n",
        "writers",
        "'group' means nothing for a check of kind",
    ),
    (
        "    group: writers\n    within",
        "    within",
        "name: drained",
        "'drained' needs 'group': a check of kind drained",
    ),
    ("sessions: 4", "sessions: 400", "400", "400 sessions can't be; 1 to 20 fit into a sandbox."),
    (
        "    stage: incident\n",
        "",
        "- name: writer",
        "no actor has the stage 'incident': nothing would ever break.",
    ),
    ("topic: Migrations & Releases\n", "", "slug: alter-tabl", "'topic' is missing."),
    ("title: ALTER", "title: One\ntitle: ALTER", "title: ALTER TAB", "'title' is here twice; keep one."),
    ("minutes: [10, 15]", "minutes: [15, 10]", "[15, 10]", "the first number is the shorter time"),
]


@pytest.mark.parametrize(("old", "new", "at", "message"), MISTAKES)
def test_a_mistake_is_told_with_its_place(folder: Path, old: str, new: str, at: str, message: str) -> None:
    spoil(folder, old, new)
    with pytest.raises(ScenarioFileError) as caught:
        load_scenario(folder)
    told = [problem for problem in caught.value.problems if message in problem.message]
    assert len(told) == 1, caught.value
    assert told[0].file == f"{SLUG}/scenario.yaml"
    lines = (folder / "scenario.yaml").read_text(encoding="utf-8").split("\n")
    assert lines[told[0].line - 1][told[0].column - 1 :].startswith(at)


@pytest.mark.parametrize(
    ("old", "new", "line_of"),
    [
        ("level: L3", "level: L33", "level: "),
        ("- {reads: pg_locks}", "- {raeds: pg_locks}", "- {raeds"),
        ('at: "2:00"', 'at: "0:30"', 'at: "0:30"'),
    ],
)
def test_the_line_is_that_of_the_word(folder: Path, old: str, new: str, line_of: str) -> None:
    spoil(folder, old, new)
    lines = (folder / "scenario.yaml").read_text(encoding="utf-8").split("\n")
    expected = next(number for number, text in enumerate(lines, 1) if line_of in text)
    assert problems(folder)[0].startswith(f"{SLUG}/scenario.yaml:{expected}:")


def test_all_problems_come_at_once(folder: Path) -> None:
    spoil(folder, "production: app_db", "production: nowhere")
    spoil(folder, "needs: ended", "needs: endet")
    spoil(folder, 'at: "2:00"', 'at: "0:30"')
    spoil(folder, "CREATE TABLE", "CRATE TABLE", file="sql/app_db.sql")
    assert len(problems(folder)) == 4


def test_sql_that_postgresql_cannot_read_has_its_place(folder: Path) -> None:
    line = spoil(folder, "    id integer PRIMARY KEY", "    id integer PRIMARY KEYS", file="sql/app_db.sql")
    (problem,) = problems(folder)
    assert problem == (
        f"{SLUG}/sql/app_db.sql:{line}:24: is not SQL that PostgreSQL can read: "
        'syntax error at or near "KEYS".'
    )


def test_a_pgbench_script_is_read_without_its_meta_commands(folder: Path) -> None:
    line = spoil(folder, "UPDATE orders SET", "UPDATE orders SETS", file="actors/writer.sql")
    (problem,) = problems(folder)
    assert problem.startswith(f"{SLUG}/actors/writer.sql:{line}:")


@pytest.mark.parametrize(
    ("script", "at", "message"),
    [
        ("SELECT 1;\n\\d orders\n", "2:1", r"'\d' is no command of pgbench"),
        ("SELECT 1; \\watch 2\n", "1:11", r"'\watch' is no command of pgbench"),
        ("\\seet x 1\nSELECT 1;\n", "1:1", r"did you mean '\set'?"),
        ("\\set x 1\nSELECT 1;\n\\if :x = 1\nSELECT 2;\n", "3:1", r"never closed; it needs an '\endif'"),
        ("SELECT 1;\n\\endif\n", "2:1", r"'\endif' stands outside of an '\if'"),
        ("\\if 1\n\\else\n\\elif 1\n\\endif\nSELECT 1;\n", "3:1", r"'\elif' comes after its '\else'"),
        ("\\set customer 1\nSELECT :custmer;\n", "2:8", "did you mean ':customer'?"),
        ("SELECT 1;\n\\set y :x + 1\nSELECT :y;\n", "2:8", "nothing sets the variable ':x'"),
        ("SELECT 1;\n\\sleep 3000 s\n", "2:1", r"'\sleep 3000 s' overflows"),
        ("SELECT 1;\n\\sleep 3000\n", "2:1", r"'\sleep 3000 s' overflows"),
        ("SELECT 1;\n\\sleep 2147484ms\n", "2:1", "overflows: pgbench can sleep for 2147 s at most"),
        ("SELECT 1;\n\\sleep 2 min\n", "2:1", "it takes us, ms or s"),
        ("SELECT 1;\n\\sleep 1.5 s\n", "2:1", r"'\sleep'"),
        ("SELECT 1;\n\\set x\n", "2:1", r"'\set' needs a name and an expression"),
    ],
)
def test_what_pgbench_would_stumble_over_has_its_place(
    folder: Path, script: str, at: str, message: str
) -> None:
    (folder / "actors/writer.sql").write_text(script, encoding="utf-8")
    (problem,) = problems(folder)
    assert problem.startswith(f"{SLUG}/actors/writer.sql:{at}: ")
    assert message in problem


@pytest.mark.parametrize(
    "script",
    [
        "\\set x random(1, \\\n 10) + :client_id\nSELECT :x, '12:ab', ':y', now()::text; -- :z \\d\n",
        "SELECT 1 AS one \\gset\nSELECT :one;\n",
        "\\set x 1\n  \\if :x > 0 \n\\sleep :x ms\n\\elif 0\n\\else\n\\sleep 2000\n\\endif\nSELECT 1;\n",
        "\\startpipeline\nSELECT (ARRAY[1,2])[1:2];\n\\endpipeline\nSELECT $$\\d :x$$;\n",
    ],
)
def test_what_pgbench_takes_is_no_problem(folder: Path, script: str) -> None:
    (folder / "actors/writer.sql").write_text(script, encoding="utf-8")
    load_scenario(folder)


@pytest.mark.parametrize(
    ("script", "at"),
    [
        ("SELECT 1;\n\\shell id\n", "2:2: 'shell'"),
        ("\\setshell x echo 1\nSELECT :x;\n", "1:2: 'setshell'"),
        ("SELECT 1;\n  \\ \t SHELL id\n", "2:7: 'SHELL'"),
        ("SELECT 1;\n\\ \\\nshell id\n", "3:1: 'shell'"),
        ("SELECT 1; \\shell id\n", "1:12: 'shell'"),
    ],
)
def test_an_actor_runs_no_programs(folder: Path, script: str, at: str) -> None:
    (folder / "actors/writer.sql").write_text(script, encoding="utf-8")
    (problem,) = problems(folder)
    assert problem.startswith(f"{SLUG}/actors/writer.sql:{at} runs a program")


def test_a_shell_of_another_kind_is_no_program(folder: Path) -> None:
    text = "\\set shell 1\nSELECT 'shell', :shell;\n"
    (folder / "actors/writer.sql").write_text(text, encoding="utf-8")
    load_scenario(folder)


def test_setup_has_no_meta_commands(folder: Path) -> None:
    (folder / "sql/app_db.sql").write_text("SELECT 1;\n\\i other.sql\n", encoding="utf-8")
    (problem,) = problems(folder)
    assert problem.startswith(f"{SLUG}/sql/app_db.sql:2:1: '\\\\i' is psql's")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", ":1:1: must be a mapping"),
        (b"- a\n- b\n", ":1:1: must be a mapping"),
        (b"title: [a\n", "is not YAML here"),
        (b"a: 1\nb: \xff\n", ":2:1: is not UTF-8 here."),
        (b"a: &x [*x]\n", "is nested too deep."),
        (b"? [a]\n: b\n", "is no word"),
        (b"a: \x01\n", "is not YAML"),
        (b"[" * 100_000, "is nested too deep."),
        (b"a: " + b"x" * 1_000_001, "is bigger than 1 MB"),
    ],
)
def test_files_that_are_no_scenario_at_all(folder: Path, content: bytes, message: str) -> None:
    (folder / "scenario.yaml").write_bytes(content)
    found = problems(folder)
    assert any(message in one for one in found), found


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"nowhere/scenario\.yaml:1:1: can't be read: No such file"):
        load_scenario(tmp_path / "nowhere")


def test_words_may_be_written_with_spaces(folder: Path) -> None:
    spoil(folder, "in_database: analytics_db}", "in database: analytics_db}")
    load_scenario(folder)


def test_the_version_changes_with_every_file_but_the_proofs(folder: Path) -> None:
    before = load_scenario(folder).version
    (folder / "proofs" / "another.yaml").write_text("x", encoding="utf-8")
    (folder / ".swap").write_text("x", encoding="utf-8")
    assert digest(folder) == before
    spoil(folder, "random(1, 100)", "random(1, 101)", file="actors/writer.sql")
    assert load_scenario(folder).version != before
