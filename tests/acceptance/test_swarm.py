"""Rides on another machine of a real swarm, as people live them, and what comes of it when that is lost."""

import asyncio
from pathlib import Path

import pytest
from pydantic import ByteSize

from bot.base.config import Settings
from bot.cli.autopilot import Script, brisk, play
from bot.slack.messages.buttons import START_AGAIN
from scenarios.loading.catalogue import Catalogue
from scenarios.loading.proof import load_proof
from tests.acceptance.ride_fixtures import PATIENCE, OpenStage, ask, result_of
from tests.acceptance.test_ride import END_IT
from tests.integration.docker_fixtures import DOCKER
from tests.integration.swarm_fixtures import ANCHOR, Ground
from tests.integration.swarm_rig import Machine

pytestmark = [*DOCKER, pytest.mark.usefixtures("inside")]

LABEL = "sandboxes"


def settings(ground: Ground, folder: Path) -> Settings:
    """Sandboxes run where the label says; the bot is in its container on the manager."""
    return Settings(
        provider="swarm",
        sandbox_image=ground.image,
        swarm_constraints=(f"node.labels.{LABEL}==yes",),
        swarm_encrypted=False,
        swarm_attach=ANCHOR,
        swarm_reserve_memory=ByteSize(64 << 20),
        data_folder=folder,
    )


def give_sandboxes(ground: Ground, machine: Machine) -> None:
    """Let a machine have sandboxes, as `docker node update --label-add` does."""
    with ground.swarm.manager.client() as manager:
        for node in manager.nodes.list():
            if node.attrs["Description"]["Hostname"] == machine.name:
                node.update({**node.attrs["Spec"], "Labels": {LABEL: "yes"}})


@pytest.fixture(autouse=True)
def _at_the_manager(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", ground.swarm.manager.url)


async def test_a_ride_on_another_machine_gets_its_card(
    ground: Ground, open_stage: OpenStage, tmp_path: Path
) -> None:
    give_sandboxes(ground, ground.swarm.worker)
    scenario = Catalogue().load("alter-table-locks")
    # With the learner's own client besides: it comes in through the bot.
    for name in ("reference", "own-client"):
        proof = load_proof(scenario, name)
        script = Script(scenario=scenario, proof=proof, speed=brisk(proof))
        heard: list[str] = []
        async with open_stage(speed=script.speed, settings=settings(ground, tmp_path / name)) as stage:
            verdict = await play(stage.demo.workspace.url, script, stage.demo.program.store, heard.append)
        assert verdict.differences == (), "\n".join(heard)


async def test_a_ride_whose_machine_is_lost_is_void_and_one_click_starts_it_again(
    ground: Ground, open_stage: OpenStage, tmp_path: Path
) -> None:
    give_sandboxes(ground, ground.swarm.worker)
    async with open_stage(settings=settings(ground, tmp_path)) as stage:
        dana = stage.dana
        incident = await stage.start(dana)
        ground.swarm.worker.kill()
        over = await dana.wait_for(incident.channel, lambda m: START_AGAIN in m.buttons, PATIENCE)
        assert "Void" in over.words
        assert f"The machine it ran on was lost ({ground.swarm.worker.name} is down)" in over.words
        said = " ".join(message.words for message in await dana.messages(incident.channel))
        assert "Resolved" not in said
        assert "Postmortem" not in said

        give_sandboxes(ground, ground.swarm.manager)
        known = {one.id for one in await dana.conversations()}
        await dana.click(incident.channel, over.ts, START_AGAIN)
        second = await dana.wait_for_conversation(
            lambda one: one.id not in known and one.name.startswith("inc-"), PATIENCE
        )
        await dana.wait_for(second.id, lambda m: "acknowledge" in m.buttons, PATIENCE)
        await ask(dana, second.id, "/sql", END_IT, result_of(dana))
        await dana.wait_for(second.id, lambda m: "Postmortem" in m.text, PATIENCE)
    with ground.swarm.manager.client() as manager:
        assert manager.services.list() == []
        left = [
            one.name for one in await asyncio.to_thread(manager.networks.list, filters={"driver": "overlay"})
        ]
        assert left == ["ingress"]
