"""`ride scenarios prove`: every proof is ridden on a real sandbox, and its card compared."""

import asyncio
from collections import deque
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from bot.autopilot import Script, Verdict, play
from bot.config import Settings
from bot.demo import Demo, running_demo
from bot.learner import AutopilotError
from scenarios.catalogue import Catalogue
from scenarios.model import Scenario
from scenarios.proof import Proof, load_proof, load_proofs


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What is to be proved, and how."""

    slug: str | None
    """None: every scenario."""
    proof: str | None
    """None: every proof."""
    speed: float
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
    workers = min(plan.at_once, total)
    async with AsyncExitStack() as stack:
        demos: list[Demo] = []
        for number in range(workers):
            own = folder / f"worker-{number + 1}"
            own.mkdir(exist_ok=True)
            demo = running_demo(settings, own, speed=plan.speed, prepare=scenarios, progress=_quiet)
            demos.append(await stack.enter_async_context(demo))
        wrong = sum(await asyncio.gather(*(_work(demo, waiting, plan, console) for demo in demos)))
    console.print(f"{total - wrong} passed, {wrong} failed")
    return wrong


async def _work(demo: Demo, waiting: deque[tuple[Scenario, Proof]], plan: Plan, console: Console) -> int:
    wrong = 0
    while waiting:
        scenario, proof = waiting.popleft()
        name = f"{scenario.slug}/{proof.name}"
        try:
            script = Script(scenario=scenario, proof=proof, speed=plan.speed)
            verdict = await play(demo.workspace.url, script, demo.program.store, _quiet)
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


def _quiet(_: str) -> None:
    """Nothing to show: the proofs' lines are enough."""
