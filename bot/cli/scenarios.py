"""`ride scenarios`: the catalogue, looked at, checked and proven."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.base.config import load_settings
from bot.base.errors import NoScenariosError
from bot.base.state_folder import own_folder
from bot.base.stopping import first
from bot.cli.exits import INTERRUPTED, NOT_AS_EXPECTED, stopping_of
from bot.cli.prove import Plan
from bot.cli.prove import prove as prove_all
from bot.operations.logs import set_up_logs
from scenarios.loading.catalogue import Catalogue
from scenarios.loading.proof import load_proofs, proof_names

app = typer.Typer(help="The catalogue: list, check, and prove on real sandboxes.", no_args_is_help=True)


@app.command("list")
def list_scenarios() -> None:
    """List the scenarios and their proofs."""
    console = Console(highlight=False)
    catalogue = Catalogue()
    for scenario in catalogue.all():
        low, high = scenario.minutes
        console.print(f"[bold]{scenario.slug}[/bold]  {scenario.title} · {scenario.level} · {low}-{high} min")
        console.print(f"  proofs: {', '.join(proof_names(scenario))}")


@app.command("check")
def check_scenarios(
    folder: Annotated[
        Path | None, typer.Argument(help="A catalogue's folder; default: the built-in one.")
    ] = None,
) -> None:
    """Validate every scenario and proof; report each mistake with file and line."""
    console = Console(highlight=False)
    catalogue = Catalogue(folder) if folder else Catalogue()
    if not catalogue.slugs():
        raise NoScenariosError(catalogue.folder)
    for scenario in catalogue.all():
        console.print(f"{scenario.slug}: fine, with {len(load_proofs(scenario))} proofs")


@app.command()
def prove(
    context: typer.Context,
    slug: Annotated[str | None, typer.Argument(help="One scenario; default: all.")] = None,
    proof: Annotated[str | None, typer.Option(help="One proof; default: all.")] = None,
    speed: Annotated[
        float | None,
        typer.Option(min=0.1, max=100, help="Ride seconds per real second; default: set by proof."),
    ] = None,
    at_once: Annotated[int, typer.Option(min=1, max=8, help="Rides to run at the same time.")] = 2,
) -> None:
    """Play the proofs on real sandboxes and compare the scorecards."""
    settings = load_settings()
    console = Console(highlight=False)

    async def work(stopped: asyncio.Event) -> int:
        with own_folder(settings.data_folder, "prove") as folder:
            set_up_logs(settings, to=folder.path / "ride.log")
            plan = Plan(slug=slug, proof=proof, speed=speed, at_once=at_once)
            wrong = await first(stopped, prove_all(settings, folder.path, plan, console))
            return INTERRUPTED if wrong is None else (NOT_AS_EXPECTED if wrong else 0)

    raise typer.Exit(stopping_of(context).run(work))
