"""Reads a scenario's folder: scenario.yaml into the model, everything validated before anything is used."""

import hashlib
from pathlib import Path

from pydantic import ValidationError

from scenarios.errors import ScenarioFileError
from scenarios.loading.positioned_yaml import read_document, validation_problems
from scenarios.loading.references import find_problems
from scenarios.model.scenario import Scenario

FILE = "scenario.yaml"


def load_scenario(folder: Path) -> Scenario:
    """The scenario in a folder. Raises ScenarioFileError with every problem, each with file and line."""
    shown_as = f"{folder.name}/{FILE}"
    document = read_document(folder / FILE, shown_as=shown_as)
    try:
        scenario = Scenario.model_validate(document.value)
    except ValidationError as error:
        raise ScenarioFileError(validation_problems(error, document, Scenario)) from error
    problems = find_problems(scenario, document, folder)
    if problems:
        raise ScenarioFileError(problems)
    return scenario.model_copy(update={"version": digest(folder), "folder": str(folder.resolve())})


def digest(folder: Path) -> str:
    """SHA-256 (the first 16 hex digits) over the names and contents of the folder's files.

    The proofs and hidden files don't count: they say nothing about what a ride is or how it is scored.
    """
    total = hashlib.sha256()
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    for name in sorted(files):
        parts = name.split("/")
        if parts[0] == "proofs" or any(part.startswith((".", "__")) for part in parts):
            continue
        content = files[name].read_bytes()
        total.update(f"{name}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()[:16]
