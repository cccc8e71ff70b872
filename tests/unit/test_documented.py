"""What people can write, type and set is documented, and what is documented is there."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from pydantic import AliasChoices, BaseModel, ByteSize, TypeAdapter
from pydantic.fields import FieldInfo

from bot.base.config import Settings
from bot.slack.lines.command_line import SubCommand
from scenarios.loading import proof
from scenarios.model import scenario
from scenarios.model.rules import Rule
from scenarios.telling.templating import PLACEHOLDERS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
SCENARIOS = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")

SET_BY_THE_LOADER = {"version", "folder"}


def rows(text: str) -> list[list[str]]:
    """The cells of every table's rows, without the heads."""
    lines = [line for line in text.splitlines() if re.match(r"\| *`", line)]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def section(title: str) -> str:
    """What stands below a heading of the scenarios' guide, up to the next heading."""
    match = re.search(rf"^##+ {re.escape(title)}\n(.*?)(?=^##|\Z)", SCENARIOS, re.MULTILINE | re.DOTALL)
    assert match is not None, f"docs/scenarios.md has no section {title!r}"
    return match[1]


def documented(text: str) -> list[str]:
    """The names in the first column of the tables."""
    return [name for cells in rows(text) for name in re.findall(r"`\{?(\w+)\}?`", cells[0])]


def fields(kind: type[BaseModel]) -> set[str]:
    """The names that an author may write."""
    return {field.alias or name for name, field in kind.model_fields.items()} - SET_BY_THE_LOADER


def environment_name(name: str, field: FieldInfo) -> str:
    """The variable that sets it."""
    if isinstance(field.validation_alias, AliasChoices):
        return str(field.validation_alias.choices[0])
    return f"RIDE_{name.upper()}"


def shown_default(field: FieldInfo) -> str | None:
    """The default as the table shows it; None where each machine has its own."""
    if field.default_factory is not None:
        return None
    if field.default in (None, ()):
        return "none"
    if isinstance(field.default, ByteSize):
        return f"`{field.default.human_readable()}`"
    if isinstance(field.default, tuple):
        return f"`{'-'.join(map(str, field.default))}`"
    value = TypeAdapter(type(field.default)).dump_python(field.default, mode="json")
    return f"`{value}`"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_a_setting_is_documented(name: str) -> None:
    field = Settings.model_fields[name]
    table = {cells[0].strip("`"): cells[1:] for cells in rows(SETTINGS)}
    assert environment_name(name, field) in table, "docs/settings.md has no row for it"
    default, text = table[environment_name(name, field)]
    assert default == (shown_default(field) or default)
    assert default
    assert text == field.description


def test_no_setting_is_documented_that_is_not_there() -> None:
    there = {environment_name(name, field) for name, field in Settings.model_fields.items()}
    assert {cells[0].strip("`") for cells in rows(SETTINGS)} == there
    mentioned = set(re.findall(r"\b(?:RIDE|SLACK)_[A-Z][A-Z_]+\b", README))
    assert mentioned <= there


def test_each_sub_command_is_in_the_readme() -> None:
    in_table = {
        match[1] for cells in rows(README) if (match := re.match(r"`/ride (\w+)", cells[0])) is not None
    }
    assert in_table == {str(command) for command in SubCommand}


@pytest.mark.parametrize(
    ("title", "kinds"),
    [
        ("Scenario", [scenario.Scenario]),
        ("Databases", [scenario.Database]),
        ("Groups", [scenario.Group]),
        ("Actors", [scenario.Actor]),
        ("Timeline", [scenario.Step]),
        ("Reactions", [scenario.Reaction]),
        ("Hints", [scenario.Hint]),
        ("Checks", [scenario.Check]),
        ("Scoring", [scenario.Scoring, scenario.Award, scenario.TrapScore, scenario.Trap]),
        ("Postmortem", [scenario.Postmortem]),
        ("Rules", [Rule]),
        ("Proofs", [proof.Proof, proof.Doing]),
    ],
)
def test_a_scenarios_fields_are_documented(title: str, kinds: Iterable[type[BaseModel]]) -> None:
    names = set[str]().union(*(fields(kind) for kind in kinds))
    if (
        title == "Proofs"
    ):  # The name is the file's; these two stand beside a step, in a sentence below the table.
        names -= {"name", "as", "save"}
        assert "`as: second`" in SCENARIOS
        assert "`save: {name: column}`" in SCENARIOS
    assert set(documented(section(title))) == names


def test_no_field_of_the_model_is_left_out() -> None:
    known = {
        kind
        for module in (scenario, proof)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, BaseModel) and kind.__module__ == module.__name__
    }
    names = set[str]().union(*(fields(kind) for kind in known)) - {"name"}
    assert [name for name in sorted(names) if not re.search(rf"`{{?{name}\b", SCENARIOS)] == []


def test_the_placeholders_are_documented() -> None:
    assert sorted(documented(section("Texts"))) == sorted(PLACEHOLDERS)
