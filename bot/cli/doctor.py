"""`ride doctor`: what is well, what is not, and what to do about it."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from bot.base.config import Settings, load_settings
from bot.base.errors import SettingsError
from bot.cli.cards import print_json
from bot.doctor.checks import all_checks
from bot.doctor.examining import examine
from bot.doctor.finding import Finding, Grade, wrong
from bot.operations.logs import set_up_logs
from bot.operations.redaction import Redactor, secrets_of

SOMETHING_IS_WRONG = 1
_MARKS = {Grade.FINE: ("✓", "green"), Grade.WARNING: ("!", "yellow"), Grade.WRONG: ("✗", "red")}
_WIDTH = 16
"""Of the column that says what a line is about."""


def command(
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as one JSON object.")] = False,
) -> None:
    """Check everything Ride needs and say what to fix; exit code 1 when something is wrong."""
    findings = _examined()
    well = all(finding.grade is not Grade.WRONG for finding in findings)
    if as_json:
        print_json({"well": well, "findings": [asdict(finding) for finding in findings]})
    else:
        _show(findings)
    if not well:
        raise typer.Exit(SOMETHING_IS_WRONG)


def _examined() -> list[Finding]:
    try:
        settings = load_settings()
    except SettingsError as error:
        redact, findings = Redactor(), [_unreadable(error)]
    else:
        redact, findings = Redactor(secrets_of(settings)), _looked(settings)
    return [
        replace(one, text=redact(one.text), todo=redact(one.todo) if one.todo is not None else None)
        for one in findings
    ]


def _unreadable(error: SettingsError) -> Finding:
    return wrong("Settings", str(error), "Fix these first: nothing else can be checked without them.")


def _looked(settings: Settings) -> list[Finding]:
    """What the parts log is said in the findings; who wants all of it sets RIDE_LOG_LEVEL=DEBUG."""
    quiet = settings if settings.log_level == "DEBUG" else settings.model_copy(update={"log_level": "ERROR"})
    set_up_logs(quiet)
    return asyncio.run(examine(all_checks(settings)))


def _show(findings: Sequence[Finding]) -> None:
    console = Console(highlight=False)
    for finding in findings:
        mark, colour = _MARKS[finding.grade]
        console.print(
            Text.assemble((mark, colour), f" {finding.about:{_WIDTH}}", finding.text), soft_wrap=True
        )
        if finding.todo:
            console.print(Text(f"  {'':{_WIDTH}}→ {finding.todo}"), soft_wrap=True)
