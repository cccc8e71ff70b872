"""The autopilot: plays a proof through the workspace, and tells how the ride was judged."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.cards import CardJson, card_as_json
from bot.learner import AutopilotError, Learner
from bot.rides.ports import RideStore
from bot.workspace.client import WorkspaceClient
from scenarios.journal import Outcome
from scenarios.model import Scenario
from scenarios.proof import Proof
from scenarios.scorecard import Dimension, Scorecard

FIRST, SECOND = "dana", "sam"
"""The people of the workspace who ride."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Script:
    """What is played, and how fast the ride's clock goes."""

    scenario: Scenario
    proof: Proof
    speed: float


def brisk(proof: Proof) -> float:
    """A speed at which a proof can be played: Slack's pace of one message a second is not scaled with it."""
    return 60.0 if proof.expect.outcome is Outcome.EXPIRED else 10.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """How a proof went."""

    proof: str
    card: Scorecard
    differences: tuple[str, ...]
    """Where the card is not as the proof expects; empty: all as expected."""

    def as_json(self) -> CardJson:
        return card_as_json(self.card)


async def play(url: str, script: Script, store: RideStore, say: Callable[[str], None]) -> Verdict:
    """Ride a proof. Only the card is read from the store; everything else goes through the workspace.

    Raises AutopilotError when the script can't be played to its end.
    """
    proof = script.proof
    async with WorkspaceClient(url) as client:
        people = {"first": await client.as_user(FIRST)}
        if proof.learners > 1:
            people["second"] = await client.as_user(SECOND)
        learner = Learner(people, script.scenario, proof, speed=script.speed, say=say)
        await learner.ride_it()
    card = await store.scorecard(learner.ride)
    if card is None:
        raise AutopilotError(f"Ride {learner.ride} ended without a card: the channel says why.")
    return Verdict(proof=proof.name, card=card, differences=tuple(differences(proof, card)))


def differences(proof: Proof, card: Scorecard) -> list[str]:
    """What the card says otherwise than the proof."""
    expect = proof.expect
    found: dict[str, tuple[object, object]] = {
        "outcome": (expect.outcome.value, card.outcome.value),
        "detect": (expect.score.detect, card.points(Dimension.DETECT)),
        "fix": (expect.score.fix, card.points(Dimension.FIX)),
        "trap": (expect.score.trap, card.points(Dimension.TRAP)),
        "total": (expect.score.total, card.total),
    }
    points = {line.id: line.points for line in card.lines}
    found |= {f"line {name}": (expected, points.get(name)) for name, expected in expect.lines.items()}
    return [f"{name} is {got}, expected {wanted}" for name, (wanted, got) in found.items() if wanted != got]
