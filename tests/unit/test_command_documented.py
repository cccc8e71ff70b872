"""The `ride` command and what the README and docs say of it."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperCommand, TyperGroup

from bot.cli.command import COMMANDS, Ride, app

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FILES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
TREE = typer.main.get_command(app)


def inside(command: object) -> dict[str, object]:
    """The commands of a group."""
    if isinstance(command, Ride):
        return {name: one.load(name) for name, one in COMMANDS.items()}
    return dict(command.commands) if isinstance(command, TyperGroup) else {}


def commands(command: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command's words, without `ride`."""
    if isinstance(command, TyperCommand):
        yield path
    for name, inner in inside(command).items():
        yield from commands(inner, (*path, name))


def mentions() -> Iterator[tuple[str, str]]:
    """What is written as a command line: in code, with `ride` as the program and not as a slash command."""
    for file in FILES:
        text = file.read_text(encoding="utf-8")
        code = re.findall(r"`([^`\n]+)`", text) + re.findall(r"^ {4,}(\S.*)$", text, re.MULTILINE)
        for line in code:
            if found := re.search(r"(?:^|\s|\.venv/bin/)ride ((?:[a-z]).*)$", line.split("#")[0].rstrip()):
                if "@ride" not in line and "/ride" not in line.replace("bin/ride", ""):
                    yield file.name, found[1]
            elif found := re.search(r'make demo ARGS="([^"]*)"', line):
                yield file.name, f"demo {found[1]}"


def problem(line: str) -> str | None:
    """What of a command line isn't there."""
    command: object = TREE
    words = line.split()
    while isinstance(command, TyperGroup):
        name = words.pop(0) if words else "at all"
        if name not in inside(command):
            return f"no command {name}"
        command = inside(command)[name]
    assert isinstance(command, TyperCommand)
    options = {option for parameter in command.params for option in parameter.opts}
    unknown = [word for word in words if word.startswith("-") and word.strip("[]") not in options]
    return f"no option {unknown[0]}" if unknown else None


@pytest.mark.parametrize("words", list(commands(TREE)), ids=" ".join)
def test_a_command_is_in_the_readme(words: tuple[str, ...]) -> None:
    assert any(line.split()[: len(words)] == list(words) for file, line in mentions() if file == "README.md")


def test_what_is_written_is_there() -> None:
    written = list(mentions())
    assert len(written) > 8
    assert {f"{file}: {line}": why for file, line in written if (why := problem(line))} == {}


@pytest.mark.parametrize("line", ["demmo", "demo --quick", "scenarios prove --slug x"])
def test_what_is_not_there_is_seen(line: str) -> None:
    assert problem(line) is not None


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_knows_what_a_command_says_of_itself(name: str) -> None:
    assert COMMANDS[name].load(name).help == COMMANDS[name].help


def test_the_help_loads_no_command() -> None:
    """It is typed first, and by the completion at every tab."""
    code = "import sys, bot.cli.command; print(*(m for m in sys.modules if m.partition('.')[0] in HEAVY))"
    heavy = {"slack_sdk", "aiohttp", "sqlalchemy", "psycopg", "pydantic", "docker", "matplotlib"}
    found = subprocess.run(
        [sys.executable, "-c", code.replace("HEAVY", repr(heavy))],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert found.stdout.split() == []
