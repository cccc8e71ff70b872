"""The `ride` command: its sub-commands by name, each in a module that is loaded when it is called."""

import importlib
import io
import sys
from collections.abc import Mapping
from dataclasses import dataclass

import typer
from rich.console import Console
from typer.core import TyperCommand, TyperGroup

from bot.base import standard_output
from bot.base.errors import ProgramError
from bot.base.stopping import Stopping
from bot.cli.exits import WRONG_INPUT
from sandbox.errors import SandboxError
from scenarios.errors import ScenarioError
from storage.errors import StorageError


@dataclass(frozen=True, kw_only=True, slots=True)
class SubCommand:
    """Where a sub-command is, and its line in the help."""

    module: str
    help: str

    def load(self, name: str) -> TyperCommand | TyperGroup:
        """The command itself: the module's group `app`, or its function `command`."""
        module, around = importlib.import_module(f"bot.{self.module}"), typer.Typer()
        if hasattr(module, "app"):
            around.add_typer(module.app, name=name)
        else:
            around.command(name)(module.command)
        loaded = typer.main.get_group(around).commands[name]
        if not isinstance(loaded, TyperCommand | TyperGroup):
            raise TypeError(f"{self.module} is no command of Typer's")
        return loaded


COMMANDS: Mapping[str, SubCommand] = {
    "demo": SubCommand(
        module="cli.demo_command",
        help="Ride here and now: a local workspace with a web page, the bot, and a real PostgreSQL.",
    ),
    "serve": SubCommand(
        module="cli.serve",
        help="Run the bot in one Slack workspace over Socket Mode, or in several over HTTP.",
    ),
    "manifest": SubCommand(
        module="cli.manifest", help="Print the Slack app manifest for this installation, as JSON."
    ),
    "scenarios": SubCommand(
        module="cli.scenarios", help="The catalogue: list, check, and prove on real sandboxes."
    ),
    "replay": SubCommand(
        module="cli.replay",
        help="Recompute a ride's scorecard from its journal and compare it with the stored one.",
    ),
    "export": SubCommand(
        module="cli.export",
        help="Export a finished ride or game day as Markdown or JSON; for a ride, its picture too.",
    ),
    "health": SubCommand(
        module="cli.health",
        help="Check the running Ride's health at RIDE_OPERATIONS_ADDRESS; exit code 0 when it is healthy.",
    ),
    "doctor": SubCommand(
        module="cli.doctor",
        help="Check everything Ride needs and say what to fix; exit code 1 when something is wrong.",
    ),
    "tokens": SubCommand(
        module="cli.tokens",
        help="HTTP mode: the keys that encrypt Slack's tokens, and the stored tokens.",
    ),
    "db": SubCommand(
        module="cli.databases",
        help="The database: upgrade its tables to this version, and check its condition.",
    ),
    "images": SubCommand(
        module="cli.images",
        help="The images for sandboxes in containers: build them ahead of time, list them.",
    ),
    "engine-proxy": SubCommand(
        module="engine_proxy.command",
        help="Pass on to the Docker engine only the calls that Ride's sandboxes need.",
    ),
}


class Ride(TyperGroup):
    """`ride`: its help and its completion know the sub-commands by the table alone, for to load all takes
    seconds.
    """

    # Typer has a click of its own, to which these contexts belong, and gives it no public name.

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]  # noqa: ARG002
        """In the order of the help."""
        return list(COMMANDS)

    def get_command(  # type: ignore[override]
        self,
        ctx: typer.Context,  # noqa: ARG002
        cmd_name: str,
    ) -> TyperCommand | None:
        """As far as the help shows it."""
        found = COMMANDS.get(cmd_name)
        return None if found is None else TyperCommand(cmd_name, help=found.help)

    def resolve_command(  # type: ignore[override]
        self, ctx: typer.Context, args: list[str]
    ) -> tuple[str | None, TyperCommand | TyperGroup | None, list[str]]:
        """The command that is called."""
        name, _, rest = super().resolve_command(ctx, args)
        found = COMMANDS.get(name or "")
        return name, found.load(name or "") if found is not None else None, rest


app = typer.Typer(
    name="ride",
    cls=Ride,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def ride() -> None:
    """Ride: a Slack incident simulator with a real PostgreSQL incident behind it."""


def main(stopping: Stopping | None = None) -> None:
    """Run a command. An error that a person can do something about is a short text, no traceback.

    `stopping` listens to signals already, where somebody passes it.
    """
    standard_output.take_over()
    if isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr.reconfigure(errors="replace")
    if stopping is None:
        stopping = Stopping()
        stopping.listen()
    try:
        try:
            app(obj=stopping, prog_name="ride")
        finally:
            sys.stdout.flush()
    except (ProgramError, SandboxError, ScenarioError, StorageError) as error:
        from bot.operations.redaction import Redactor  # noqa: PLC0415 - it knows every setting

        console = Console(stderr=True, highlight=False, markup=False)
        console.print(Redactor()(str(error)), style="red", soft_wrap=True)
        raise SystemExit(WRONG_INPUT) from None
