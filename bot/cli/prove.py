"""`ride scenarios prove`: every proof is ridden on a real sandbox, and its card compared."""

import asyncio
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from bot.base.config import Settings
from bot.cli.autopilot import Script, Verdict, brisk, play
from bot.cli.demo import running_demo
from bot.cli.learner import AutopilotError
from sandbox.provider import quiet
from scenarios.loading.catalogue import Catalogue
from scenarios.loading.proof import Proof, load_proof, load_proofs
from scenarios.model.scenario import Scenario


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What is to be proved, and how."""

    slug: str | None
    """None: every scenario."""
    proof: str | None
    """None: every proof."""
    speed: float | None
    """None: as fast as each proof can be played."""
    at_once: int


async def prove(settings: Settings, folder: Path, plan: Plan, console: Console) -> int:
    """Ride the proofs; gives how many got another card. Raises ScenarioError for a wrong name."""
    catalogue = Catalogue()
    scenarios = [catalogue.load(plan.slug)] if plan.slug else list(catalogue.all())
    waiting = deque(
        (scenario, proof)
        for scenario in scenarios
        for proof in ([load_proof(scenario, plan.proof)] if plan.proof else load_proofs(scenario))
    )
    total = len(waiting)
    folders = [_own(folder, number) for number in range(1, min(plan.at_once, total) + 1)]
    work = [_work(settings, own, waiting, plan, console) for own in folders]
    wrong = sum(await asyncio.gather(*work))
    console.print(f"{total - wrong} passed, {wrong} failed")
    return wrong


def _own(folder: Path, number: int) -> Path:
    own = folder / f"worker-{number}"
    own.mkdir(exist_ok=True)
    return own


async def _work(
    settings: Settings, folder: Path, waiting: deque[tuple[Scenario, Proof]], plan: Plan, console: Console
) -> int:
    """Play what waits, one after the other, each in a workspace of its own; gives how many were wrong."""
    wrong = 0
    while waiting:
        scenario, proof = waiting.popleft()
        script = Script(scenario=scenario, proof=proof, speed=plan.speed or brisk(proof))
        name = f"{scenario.slug}/{proof.name}"
        try:
            demo = running_demo(settings, folder, speed=script.speed, prepare=[scenario], progress=quiet)
            async with demo as running_one:
                verdict = await play(running_one.workspace.url, script, running_one.program.store, quiet)
        except AutopilotError as error:
            console.print(f"[red]✗[/red] {name}: {error}")
            wrong += 1
            continue
        wrong += bool(verdict.differences)
        console.print(_line(name, verdict))
    return wrong


def _line(name: str, verdict: Verdict) -> str:
    if not verdict.differences:
        return f"[green]✓[/green] {name}: {verdict.card.outcome.value}, {verdict.card.total} of 100"
    return f"[red]✗[/red] {name} (ride {verdict.card.ride}): {'; '.join(verdict.differences)}"
