"""The autopilot: plays a proof through the workspace, and tells how the ride was judged."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.cli.cards import CardJson, card_as_json
from bot.cli.learner import AutopilotError, Learner
from bot.workspace.people.client import WorkspaceClient
from scenarios.journal.events import Outcome, RideEnded
from scenarios.judging.scorecard import Dimension, Scorecard
from scenarios.loading.proof import Proof
from scenarios.model.scenario import Scenario
from storage.rides import RideStore

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
    """Ride a proof. Of the store only the card is read, and why it is void; all else is the workspace's.

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
        raise AutopilotError(f"Ride {learner.ride} ended without a scorecard; its channel says why.")
    found = differences(proof, card)
    if found and card.outcome is Outcome.VOID:
        found.append(f"void because: {await _why(store, learner.ride)}")
    return Verdict(proof=proof.name, card=card, differences=tuple(found))


async def _why(store: RideStore, ride: str) -> str:
    """The reason with which a ride ended."""
    ends = (event.reason for _, event in await store.journal(ride) if isinstance(event, RideEnded))
    return next(ends, "no reason was recorded")


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
