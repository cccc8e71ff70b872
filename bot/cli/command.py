"""The `ride` command."""

import asyncio
import io
import json
import sys
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.panel import Panel

from bot.base import standard_output
from bot.base.config import load_settings
from bot.base.errors import NoScenariosError, ProgramError, SlackRefusedError
from bot.base.state_folder import own_folder
from bot.base.stopping import Stopping, first
from bot.cli import databases, doctor, health, images, tokens
from bot.cli import export as exporting
from bot.cli import replay as replaying
from bot.cli import serve as serving
from bot.cli.autopilot import Script, play
from bot.cli.cards import print_card, print_json
from bot.cli.demo import Demo, demo_workspace, running_demo
from bot.cli.export import Format, Wish
from bot.cli.learner import AutopilotError
from bot.cli.prove import Plan
from bot.cli.prove import prove as prove_all
from bot.engine_proxy.command import engine_proxy
from bot.operations.logs import set_up_logs
from bot.operations.redaction import Redactor
from bot.program.slack_mode import check_settings, installation_settings, manifest_addresses
from bot.rides.errors import ChatRefusedError
from bot.slack.manifest import manifest as app_manifest
from sandbox.errors import SandboxError
from scenarios.errors import ScenarioError
from scenarios.loading.catalogue import Catalogue
from scenarios.loading.proof import load_proof, load_proofs, proof_names
from storage.errors import StorageError

app = typer.Typer(
    name="ride",
    help="Ride: a Slack incident simulator with a real PostgreSQL incident behind it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
scenarios_app = typer.Typer(
    help="The catalogue: list, check, and prove on real sandboxes.", no_args_is_help=True
)
app.add_typer(scenarios_app, name="scenarios")
app.command("health")(health.health)
app.command("doctor")(doctor.doctor)
app.command("engine-proxy")(engine_proxy)
app.add_typer(tokens.app, name="tokens")
app.add_typer(databases.app, name="db")
app.add_typer(images.app, name="images")

NOT_AS_EXPECTED = 1
WRONG_INPUT = 2
INTERRUPTED = 130


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
        console = Console(stderr=True, highlight=False, markup=False)
        console.print(Redactor()(str(error)), style="red", soft_wrap=True)
        raise SystemExit(WRONG_INPUT) from None


@app.command()
def demo(
    context: typer.Context,
    proof: Annotated[str | None, typer.Argument(help="With --autopilot: the proof to play.")] = None,
    *,
    autopilot: Annotated[bool, typer.Option("--autopilot", help="A scripted learner rides.")] = False,
    scenario: Annotated[str, typer.Option(help="The autopilot's scenario.")] = "alter-table-locks",
    speed: Annotated[float, typer.Option(min=0.1, max=100, help="Ride seconds in a real second.")] = 1.0,
    as_json: Annotated[bool, typer.Option("--json", help="The result as a JSON object, last.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the page; 0: a free one.")] = 0,
    slack_rates: Annotated[
        bool, typer.Option("--slack-rates", help="Hold the bot to Slack's published rate limits.")
    ] = False,
) -> None:
    """Ride here and now: a local workspace with a web page, the bot, and a real PostgreSQL."""
    if not autopilot and (proof is not None or as_json):
        raise typer.BadParameter("this is for the autopilot: add --autopilot", param_hint="PROOF and --json")
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

    raise typer.Exit(_stopping(context).run(work))


def _stopping(context: typer.Context) -> Stopping:
    found = context.obj
    if not isinstance(found, Stopping):
        raise TypeError("the command line is started with `main`")
    return found


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
        _line(console, f"Not as the proof expects: {difference}")
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


@app.command()
def serve(
    context: typer.Context,
    *,
    http: Annotated[
        bool, typer.Option("--http", help="Over HTTP, for all workspaces that install it.")
    ] = False,
) -> None:
    """Run the bot in a real Slack workspace, over Socket Mode; or over HTTP in several."""
    settings = load_settings()
    check_settings(settings, http=http)
    set_up_logs(settings)
    try:
        _stopping(context).run(partial(serving.serve, settings, http=http))
    except ChatRefusedError as refusal:
        raise SlackRefusedError(refusal.step, refusal.code, settings.slack_api_url) from None


@app.command()
def manifest(
    *,
    http: Annotated[bool, typer.Option("--http", help="For `ride serve --http`.")] = False,
) -> None:
    """Print the Slack app manifest for this installation, as JSON."""
    settings = load_settings()
    addresses = manifest_addresses(settings) if http else None
    sys.stdout.write(json.dumps(app_manifest(installation_settings(settings), addresses), indent=2) + "\n")


@app.command()
def replay(
    context: typer.Context,
    ride: Annotated[str, typer.Argument(help="The ride's id.")],
    as_json: Annotated[bool, typer.Option("--json", help="The card as one JSON object.")] = False,
) -> None:
    """Recompute a ride's card from its journal and say whether it is the same."""
    settings = load_settings()

    async def work(stopped: asyncio.Event) -> int:
        replayed = replaying.replay(settings, ride, Console(highlight=False), as_json=as_json)
        same = await first(stopped, replayed)
        return INTERRUPTED if same is None else (0 if same else NOT_AS_EXPECTED)

    raise typer.Exit(_stopping(context).run(work))


@app.command()
def export(
    context: typer.Context,
    ride: Annotated[
        str, typer.Argument(help="The id of a ride (the postmortem's last line has it) or of a game day.")
    ],
    *,
    form: Annotated[
        Format, typer.Option("--format", help="A page for a wiki, or all of it for programs.")
    ] = Format.MARKDOWN,
    picture: Annotated[Path | None, typer.Option(help="Write the picture to this file, a PNG.")] = None,
    output: Annotated[Path | None, typer.Option(help="Write to this file and not to the terminal.")] = None,
) -> None:
    """Export a ride or a whole game day that is over, as Markdown or JSON; a ride with its picture."""
    settings = load_settings()
    wish = Wish(ride=ride, format=form, picture=picture, output=output)

    async def work(stopped: asyncio.Event) -> int:
        document = await first(stopped, exporting.export(settings, wish))
        if document is None:
            return INTERRUPTED
        if output is None:
            sys.stdout.write(document)
        return 0

    raise typer.Exit(_stopping(context).run(work))


@scenarios_app.command("list")
def list_scenarios() -> None:
    """The scenarios and their proofs."""
    console = Console(highlight=False)
    catalogue = Catalogue()
    for scenario in catalogue.all():
        low, high = scenario.minutes
        console.print(f"[bold]{scenario.slug}[/bold]  {scenario.title} · {scenario.level} · {low}-{high} min")
        console.print(f"  proofs: {', '.join(proof_names(scenario))}")


@scenarios_app.command("check")
def check_scenarios(
    folder: Annotated[
        Path | None, typer.Argument(help="A catalogue's folder; default: the built-in.")
    ] = None,
) -> None:
    """Validate every scenario and proof; each mistake with file and line."""
    console = Console(highlight=False)
    catalogue = Catalogue(folder) if folder else Catalogue()
    if not catalogue.slugs():
        raise NoScenariosError(catalogue.folder)
    for scenario in catalogue.all():
        console.print(f"{scenario.slug}: fine, with {len(load_proofs(scenario))} proofs")


@scenarios_app.command()
def prove(
    context: typer.Context,
    slug: Annotated[str | None, typer.Argument(help="One scenario; default: all.")] = None,
    proof: Annotated[str | None, typer.Option(help="One proof; default: all.")] = None,
    speed: Annotated[
        float | None, typer.Option(min=0.1, max=100, help="Ride seconds in a real second; default: by proof.")
    ] = None,
    at_once: Annotated[int, typer.Option(min=1, max=8, help="Rides at the same time.")] = 2,
) -> None:
    """Play the proofs on real sandboxes and compare the cards."""
    settings = load_settings()
    console = Console(highlight=False)

    async def work(stopped: asyncio.Event) -> int:
        with own_folder(settings.data_folder, "prove") as folder:
            set_up_logs(settings, to=folder.path / "ride.log")
            plan = Plan(slug=slug, proof=proof, speed=speed, at_once=at_once)
            wrong = await first(stopped, prove_all(settings, folder.path, plan, console))
            return INTERRUPTED if wrong is None else (NOT_AS_EXPECTED if wrong else 0)

    raise typer.Exit(_stopping(context).run(work))
