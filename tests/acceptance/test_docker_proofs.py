"""Every proof of every scenario on sandboxes in containers, and the command that makes their images."""

import os

import pytest
from docker import DockerClient

from scenarios.loading.catalogue import Catalogue
from scenarios.loading.proof import proof_names
from tests.acceptance.ride_program import Launcher, Place
from tests.integration.docker_fixtures import DOCKER

pytestmark = list(DOCKER)
PROVING_SECONDS = 600.0


@pytest.fixture
def settings(place: Place, sandbox_image: str, image_repository: str) -> dict[str, str]:
    reached = {name: os.environ[name] for name in ("DOCKER_HOST",) if name in os.environ}
    return {
        **reached,
        "RIDE_PROVIDER": "docker",
        "RIDE_SANDBOX_IMAGE": sandbox_image,
        "RIDE_IMAGE_REPOSITORY": image_repository,
        "RIDE_SOCKET_FOLDER": str(place.root / "sockets"),
    }


async def test_all_proofs_pass_on_containers(
    ride: Launcher, place: Place, settings: dict[str, str], docker_engine: DockerClient
) -> None:
    scenarios = Catalogue().all()
    proofs = sum(len(proof_names(scenario)) for scenario in scenarios)

    code, listed = await ride.run("images", "list", settings=settings)
    assert code == 0, listed.said
    assert listed.out.count("not built yet") == len(scenarios)
    building = await ride("images", "build", settings=settings)
    assert await building.ends() == 0, building.said
    assert building.out.count("Making a database cluster") == len(scenarios)
    code, listed = await ride.run("images", "list", settings=settings)
    assert code == 0, listed.said
    assert "not built yet" not in listed.out
    for scenario in scenarios:
        name = f"{settings['RIDE_IMAGE_REPOSITORY']}/{scenario.slug}:"
        [line] = [line for line in listed.out.splitlines() if line.startswith(name)]
        assert scenario.version in line
        assert "another version" not in line

    proving = await ride("scenarios", "prove", "--at-once", "3", settings=settings)
    assert await proving.ends(PROVING_SECONDS) == 0, proving.said
    assert f"{proofs} passed, 0 failed" in proving.out
    made = docker_engine.images.list(filters={"reference": f"{settings['RIDE_IMAGE_REPOSITORY']}/*"})
    left = [docker_engine.containers.list(all=True, filters={"ancestor": str(image.id)}) for image in made]
    assert left == [[]] * len(scenarios)
    assert list((place.root / "sockets").iterdir()) == []
