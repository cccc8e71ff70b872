"""Proofs: those that are there are sound and say what the score says; mistakes have their place."""

import shutil
from pathlib import Path

import pytest

from scenarios.errors import ScenarioFileError, UnknownProofError
from scenarios.loading.catalogue import Catalogue
from scenarios.loading.loader import load_scenario
from scenarios.loading.proof import load_proof, load_proofs, proof_names
from scenarios.model.scenario import Scenario

SLUG = "alter-table-locks"


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    """A copy whose proofs a test can spoil."""
    shutil.copytree(Catalogue().folder / SLUG, tmp_path / SLUG)
    return load_scenario(tmp_path / SLUG)


def test_the_built_in_proofs_are_sound() -> None:
    scenario = Catalogue().load(SLUG)
    proofs = load_proofs(scenario)
    assert [proof.name for proof in proofs] == list(proof_names(scenario))
    assert {"reference", "straight-to-the-kill", "never-fixes"} <= {proof.name for proof in proofs}


def test_expected_lines_add_up() -> None:
    """A line that a proof leaves out has all its points; the sums must be those that it expects."""
    scenario = Catalogue().load(SLUG)
    scoring = scenario.scoring
    for proof in load_proofs(scenario):
        lines = proof.expect.lines
        detect = sum(lines.get(award.id, award.points) for award in scoring.detect)
        assert detect == proof.expect.score.detect, proof.name
        assert sum(lines.get(award.id, award.points) for award in scoring.fix) == proof.expect.score.fix
        given = lines.get("trap", scoring.trap.points)
        assert given + sum(lines.get(trap.id, 0) for trap in scoring.trap.traps) == proof.expect.score.trap


def test_saved_values_are_filled_in_and_other_braces_stay() -> None:
    scenario = Catalogue().load(SLUG)
    step = load_proof(scenario, "reference").steps[3]
    assert step.statement({"blocker": "4711"}) == "SELECT pg_terminate_backend(4711)"
    other = step.model_copy(update={"sql": "SELECT '{1,2}'::int[], '{blocker}'"})
    assert other.statement({"blocker": "7"}) == "SELECT '{1,2}'::int[], '7'"


def test_an_unknown_proof_gets_the_nearest_names() -> None:
    with pytest.raises(UnknownProofError) as caught:
        load_proof(Catalogue().load(SLUG), "referenz")
    assert caught.value.nearest == ("reference",)


PROOF = """\
title: A proof
steps:
  - acknowledge
  - sql: SELECT 1 AS x
    save: {x: x}
  - wait: {for: result}
expect:
  outcome: resolved
  score: {detect: 40, fix: 40, trap: 20, total: 100}
"""


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("title", "titel", "1:1", "'titel' is not a word that is known here; did you mean 'title'?"),
        ("- acknowledge", "- acknowlege", "3:5", "'acknowlege' is not a word that is known here"),
        ("- acknowledge", "- {hint: true, connect: true}", "3:5", "a step does one thing"),
        ("- acknowledge", "- {as: second, hint: true}", "3:10", "there is no second learner"),
        ("SELECT 1 AS x", "SELECT {pid}", "4:5", "nothing was saved as 'pid' before this step."),
        ("sql: SELECT 1 AS x", "psql: SELECT 1", "5:11", "only the answer of `sql` has columns to save."),
        ("{for: result}", "{for: symptom nobody}", "6:11", "can't wait for 'symptom nobody'"),
        ("{for: result}", '{for: result, ride: "0:30"}', "6:11", "say either `ride: 0:30` or `for: result`."),
        ("{for: result}", "{ride: 30 s}", "6:18", "'30 s' is not a ride time"),
        ("resolved", "solved", "8:12", "can't be 'solved'; did you mean 'resolved'"),
        ("total: 100", "total: 99", "9:49", "40 + 40 + 20 is not 99."),
        ("total: 100}", "total: 100}\n  lines: {lookd: 10}", "10:18", "'lookd' is no line of the card"),
    ],
)
def test_a_mistake_is_told_with_its_place(
    scenario: Scenario, old: str, new: str, place: str, message: str
) -> None:
    assert old in PROOF
    path = Path(scenario.folder) / "proofs" / "spoiled.yaml"
    path.write_text(PROOF.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ScenarioFileError) as caught:
        load_proof(scenario, "spoiled")
    told = [str(problem) for problem in caught.value.problems if message in problem.message]
    assert told, caught.value
    assert told[0].startswith(f"{SLUG}/proofs/spoiled.yaml:{place}: ")
