"""`ride demo`: ride here and now, or let the autopilot do it."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.panel import Panel

from bot.base.config import load_settings
from bot.base.state_folder import own_folder
from bot.base.stopping import first
from bot.cli.autopilot import Script, play
from bot.cli.cards import print_card, print_json
from bot.cli.demo import Demo, demo_workspace, running_demo
from bot.cli.exits import INTERRUPTED, NOT_AS_EXPECTED, stopping_of
from bot.cli.learner import AutopilotError
from bot.operations.logs import set_up_logs
from scenarios.loading.catalogue import Catalogue
from scenarios.loading.proof import load_proof


def command(
    context: typer.Context,
    proof: Annotated[str | None, typer.Argument(help="With --autopilot: the proof to play.")] = None,
    *,
    autopilot: Annotated[bool, typer.Option("--autopilot", help="A scripted learner rides.")] = False,
    scenario: Annotated[str, typer.Option(help="The autopilot's scenario.")] = "alter-table-locks",
    speed: Annotated[float, typer.Option(min=0.1, max=100, help="Ride seconds per real second.")] = 1.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result last, as a JSON object.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the page; 0: a free one.")] = 0,
    slack_rates: Annotated[
        bool, typer.Option("--slack-rates", help="Hold the bot to Slack's published rate limits.")
    ] = False,
) -> None:
    """Ride here and now: a local workspace with a web page, the bot, and a real PostgreSQL."""
    if not autopilot and (proof is not None or as_json):
        raise typer.BadParameter(
            "only the autopilot uses these: add --autopilot", param_hint="PROOF and --json"
        )
    settings = load_settings()
    console = Console(highlight=False)
    script = _script(scenario, proof or "reference", speed) if autopilot else None

    async def work(stopped: asyncio.Event) -> int:
        with own_folder(settings.data_folder, "demo") as folder:
            set_up_logs(settings, to=folder.path / "ride.log")
            if folder.note:
                console.print(folder.note, style="yellow", markup=False, soft_wrap=True)
            async with AsyncExitStack() as stack:
                with console.status("Starting"):
                    entering = running_demo(
                        settings,
                        folder.path,
                        port=port,
                        speed=speed,
                        prepare=[script.scenario] if script else None,
                        workspace=demo_workspace(slack_rates=slack_rates),
                        progress=lambda step: _line(console, step),
                    )
                    running_one = await first(stopped, stack.enter_async_context(entering))
                if running_one is None:
                    return INTERRUPTED if autopilot else 0
                if script is not None:
                    return await _autopilot(running_one, script, stopped, console, as_json=as_json)
                _welcome(console, running_one, folder.path)
                await stopped.wait()
                console.print("Stopping …")
            return 0

    raise typer.Exit(stopping_of(context).run(work))


def _script(slug: str, proof: str, speed: float) -> Script:
    scenario = Catalogue().load(slug)
    return Script(scenario=scenario, proof=load_proof(scenario, proof), speed=speed)


def _line(console: Console, text: str) -> None:
    console.print(text, markup=False, soft_wrap=True)


async def _autopilot(
    running_one: Demo, script: Script, stopped: asyncio.Event, console: Console, *, as_json: bool
) -> int:
    store = running_one.program.store
    playing = play(running_one.workspace.url, script, store, lambda line: _line(console, line))
    try:
        verdict = await first(stopped, playing)
    except AutopilotError as error:
        console.print(str(error), style="red", markup=False, soft_wrap=True)
        return NOT_AS_EXPECTED
    if verdict is None:
        return INTERRUPTED
    print_card(console, verdict.card)
    for difference in verdict.differences:
        _line(console, f"Differs from the proof: {difference}")
    if as_json:
        print_json({**verdict.as_json()})
    return NOT_AS_EXPECTED if verdict.differences else 0


def _welcome(console: Console, running_one: Demo, folder: Path) -> None:
    slugs = running_one.program.catalogue.slugs()
    command = running_one.settings.ride_command
    console.print(
        Panel(
            f"[bold]{running_one.workspace.url}[/bold]\n\n"
            f"Open this page and type  [bold]{command} start {slugs[0]}[/bold]\n"
            f"The log is in {folder / 'ride.log'}. Ctrl-C stops everything.",
            title="Ride is ready",
            expand=False,
        )
    )
