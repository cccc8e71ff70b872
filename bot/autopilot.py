"""A scripted learner: plays a proof through the workspace, as a person would, and tells how the ride was judged."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.cards import CardJson, card_as_json
from bot.errors import ProgramError
from bot.learner import Learner
from bot.rides.ports import RideStore
from bot.workspace.client import WorkspaceClient
from scenarios.model import Scenario
from scenarios.proof import Proof
from scenarios.scorecard import Dimension, Scorecard

FOLLOWING = "incidents"
"""The channel where the autopilot types the start command."""


class AutopilotError(ProgramError):
    """The script could not be played to its end."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """How a proof went."""

    proof: str
    card: Scorecard
    differences: tuple[str, ...]
    """Where the card is not as the proof expects; empty: all as expected."""

    def as_json(self) -> CardJson:
        return card_as_json(self.card)


async def play(
    url: str,
    scenario: Scenario,
    proof: Proof,
    store: RideStore,
    speed: float,
    say: Callable[[str], None],
    *,
    person: str = "dana",
    second: str = "sam",
) -> Verdict:
    """Ride a proof. Only the card is read from the store; everything else goes through the workspace."""
    async with WorkspaceClient(url) as client:
        learner = await Learner.start(client, scenario, proof, speed, say, person, second)
        try:
            await learner.play()
            await learner.wait_for_end()
        finally:
            await learner.close()
    card = await store.scorecard(learner.ride)
    if card is None:
        raise AutopilotError(f"Ride {learner.ride} ended without a card: the channel says why.")
    return Verdict(proof=proof.name, card=card, differences=tuple(differences(proof, card)))


def differences(proof: Proof, card: Scorecard) -> list[str]:
    """What the card says otherwise than the proof."""
    expect = proof.expect
    found = {
        "outcome": (expect.outcome.value, card.outcome.value),
        "detect": (expect.score.detect, card.points(Dimension.DETECT)),
        "fix": (expect.score.fix, card.points(Dimension.FIX)),
        "trap": (expect.score.trap, card.points(Dimension.TRAP)),
        "total": (expect.score.total, card.total),
    }
    points = {line.id: line.points for line in card.lines}
    found |= {f"line {name}": (expected, points.get(name)) for name, expected in expect.lines.items()}
    return [f"{name} is {got}, expected {wanted}" for name, (wanted, got) in found.items() if wanted != got]
