"""`ride db`: the database of rides, looked at and brought to this version."""

import asyncio

import typer
from rich.console import Console

from bot.base.config import load_settings
from storage.condition import Condition
from storage.database import Database

app = typer.Typer(
    help="The database: upgrade its tables to this version, and check its condition.", no_args_is_help=True
)

NOT_AS_EXPECTED = 1


@app.command()
def upgrade() -> None:
    """Upgrade the tables to this version of Ride. Safe to run again, and to run several at once."""
    database = Database(load_settings().storage_url())
    before = asyncio.run(database.upgrade())
    if before.is_current:
        said = f"its tables are already at {before.wanted}."
    else:
        were = f"its tables were at {before.found}, and" if before.found else "it had no tables. They"
        said = f"{were} are now at {before.wanted}."
    _console().print(f"The database {database.name}: {said}", soft_wrap=True)


@app.command()
def check() -> None:
    """Show the database's condition; exit code 1 when Ride can't use it, 2 when it can't be reached."""
    condition = asyncio.run(Database(load_settings().storage_url()).condition())
    console = _console()
    for word, said in _lines(condition):
        console.print(f"{word:10}{said}", soft_wrap=True)
    if condition.problems:
        raise typer.Exit(NOT_AS_EXPECTED)


def _lines(condition: Condition) -> list[tuple[str, str]]:
    tables = condition.tables
    lines = [
        ("Database", condition.name),
        ("Server", condition.server),
        ("Tables", f"at {tables.found or 'nothing'}; this Ride needs {tables.wanted}"),
        *([("Led by", condition.leader)] if condition.leader is not None else []),
        *(("Problem", problem) for problem in condition.problems),
    ]
    return lines if condition.problems else [*lines, ("Access", "reads and writes")]


def _console() -> Console:
    return Console(highlight=False, markup=False)
