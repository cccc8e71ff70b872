"""Proofs: scripted learners, each with the card it must get. They live in the scenario's `proofs/`."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from scenarios.errors import ScenarioFileError, UnknownProofError
from scenarios.journal.events import Outcome, Value
from scenarios.judging.scorecard import TRAP_LINE
from scenarios.loading.nearest import nearest
from scenarios.loading.positioned_yaml import Loc, read_document, validation_problems
from scenarios.model.durations import RideTime
from scenarios.model.scenario import Identifier, Scenario

DOINGS = ("sql", "psql", "hint", "acknowledge", "connect", "say", "wait")
_SAVED = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
FOLDER = "proofs"


class Wait(Value):
    """One of: a ride time that passes, or something that happens."""

    ride: RideTime | None = None
    """This much ride time from now."""
    for_: Annotated[str | None, Field(alias="for")] = None
    """`symptom ID` (or a reaction's), `recovery` (the blocker is gone) or `result` (the postmortem)."""


class Doing(Value):
    """One thing that the learner does. Exactly one of the words, `as` and `save` beside it."""

    sql: str | None = None
    """Typed into /sql. `{name}` is a value that an earlier step saved."""
    psql: str | None = None
    """Run through psql or another client, with the DSN that `connect` gave."""
    hint: Literal[True] | None = None
    acknowledge: Literal[True] | None = None
    connect: Literal[True] | None = None
    say: str | None = None
    wait: Wait | None = None
    as_: Annotated[Literal["first", "second"], Field(alias="as")] = "first"
    """Which learner; `second` rides along from the start."""
    save: dict[Identifier, Identifier] = Field(default_factory=dict)
    """Names for columns of the answer's first row: `{blocker: pid}`."""

    @model_validator(mode="before")
    @classmethod
    def _single_word(cls, value: object) -> object:
        """`- hint` is short for `- hint: true`."""
        return {value: True} if isinstance(value, str) else value

    @property
    def words(self) -> tuple[str, ...]:
        """What it does: one of the words of `DOINGS`, if it is sound."""
        return tuple(word for word in DOINGS if getattr(self, word) is not None)

    def statement(self, saved: Mapping[str, str]) -> str:
        """The SQL with the saved values filled in. Raises KeyError for a value that was not saved."""
        return _SAVED.sub(lambda found: saved[found[1]], self.sql or self.psql or "")


class ExpectedScore(Value):
    detect: int
    fix: int
    trap: int
    total: int


class Expected(Value):
    """The card that the proof must get."""

    outcome: Outcome
    score: ExpectedScore
    lines: dict[Identifier, int] = Field(default_factory=dict)
    """Points of lines by their ids."""


class Proof(Value):
    """A scripted learner."""

    name: str = ""
    """The file's name without `.yaml`; set by the loader."""
    title: str
    learners: Literal[1, 2] = 1
    steps: Annotated[tuple[Doing, ...], Field(min_length=1)]
    expect: Expected


def proof_names(scenario: Scenario) -> tuple[str, ...]:
    """The names of a scenario's proofs, sorted."""
    return tuple(sorted(path.stem for path in (Path(scenario.folder) / FOLDER).glob("*.yaml")))


def load_proof(scenario: Scenario, name: str) -> Proof:
    """A scenario's proof. Raises UnknownProofError, or ScenarioFileError with every problem and its place."""
    known = proof_names(scenario)
    if name not in known:
        raise UnknownProofError(name, scenario=scenario.slug, known=known, nearest=nearest(name, known))
    document = read_document(
        Path(scenario.folder) / FOLDER / f"{name}.yaml", shown_as=f"{scenario.slug}/{FOLDER}/{name}.yaml"
    )
    try:
        proof = Proof.model_validate(document.value)
    except ValidationError as error:
        raise ScenarioFileError(validation_problems(error, document, Proof)) from error
    found = [
        document.problem(loc, message)
        for problems in (_step_problems(scenario, proof), _expectation_problems(scenario, proof))
        for loc, message in problems
    ]
    if found:
        raise ScenarioFileError(found)
    return proof.model_copy(update={"name": name})


def load_proofs(scenario: Scenario) -> tuple[Proof, ...]:
    """All proofs of a scenario, by name."""
    return tuple(load_proof(scenario, name) for name in proof_names(scenario))


def _step_problems(scenario: Scenario, proof: Proof) -> Iterator[tuple[Loc, str]]:
    saved: set[str] = set()
    for number, step in enumerate(proof.steps):
        loc: Loc = ("steps", number)
        if len(step.words) != 1:
            yield loc, f"a step does one thing, one of: {', '.join(DOINGS)}."
        if step.as_ == "second" and proof.learners == 1:
            yield (*loc, "as"), "there is no second learner; say `learners: 2` at the top."
        if step.save and step.sql is None:
            yield (*loc, "save"), "only the answer of `sql` has columns to save."
        if step.wait is not None:
            for message in _wait_problems(scenario, step.wait):
                yield (*loc, "wait"), message
        for found in _SAVED.finditer(step.sql or step.psql or ""):
            if found[1] not in saved:
                yield loc, f"nothing was saved as {found[1]!r} before this step."
        saved |= set(step.save)


def _wait_problems(scenario: Scenario, wait: Wait) -> Iterator[str]:
    if (wait.ride is None) == (wait.for_ is None):
        yield "say either `ride: 0:30` or `for: result`."
        return
    if wait.for_ is None or wait.for_ in ("recovery", "result"):
        return
    word, _, symptom = wait.for_.partition(" ")
    steps = [step.id for step in scenario.timeline] + [reaction.id for reaction in scenario.reactions]
    if word != "symptom" or symptom not in steps:
        yield (
            f"can't wait for {wait.for_!r}; it is 'recovery', 'result' or 'symptom ID' with one of: "
            f"{', '.join(steps)}."
        )


def _expectation_problems(scenario: Scenario, proof: Proof) -> Iterator[tuple[Loc, str]]:
    score = proof.expect.score
    if score.detect + score.fix + score.trap != score.total:
        yield (
            ("expect", "score", "total"),
            f"{score.detect} + {score.fix} + {score.trap} is not {score.total}.",
        )
    scoring = scenario.scoring
    ids = [award.id for award in (*scoring.detect, *scoring.fix)]
    ids += [*(trap.id for trap in scoring.trap.traps), TRAP_LINE]
    for name in proof.expect.lines:
        if name not in ids:
            near = nearest(name, ids)
            hint = f"did you mean {' or '.join(map(repr, near))}?" if near else f"known: {', '.join(ids)}."
            yield ("expect", "lines", name), f"{name!r} is no line of the card; {hint}"
