"""A proof whose ride ends as void is over at once, and says why."""

import asyncio

import pytest

from bot.cli.autopilot import Script, play
from bot.cli.learner import AutopilotError
from scenarios.loading.catalogue import Catalogue
from scenarios.loading.proof import Doing, load_proof
from tests.acceptance.ride_fixtures import PATIENCE, OpenStage


async def test_a_void_ride_ends_its_proof_with_the_reason(open_stage: OpenStage) -> None:
    scenario = Catalogue().load("alter-table-locks")
    ten_minutes = Doing.model_validate({"wait": {"ride": "10:00"}})
    proof = load_proof(scenario, "never-fixes").model_copy(update={"steps": (ten_minutes,)})
    script = Script(scenario=scenario, proof=proof, speed=1.0)
    async with open_stage() as stage:
        program = stage.demo.program
        playing = asyncio.create_task(play(stage.demo.workspace.url, script, program.store, lambda _: None))
        opened = await stage.dana.wait_for_conversation(lambda one: one.name.startswith("inc-"), PATIENCE)
        await stage.dana.wait_for(opened.id, lambda m: "acknowledge" in m.buttons, PATIENCE)
        # A fault on our side, in the middle of ten minutes.
        await program.rides.close(stop_rides=True)
        with pytest.raises(AutopilotError, match="Ride was shut down"):
            await asyncio.wait_for(playing, PATIENCE)
