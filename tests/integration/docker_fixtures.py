"""A real Docker engine for the tests, and a PostgreSQL image in it; a machine without one skips them.

`RIDE_TEST_DOCKER=required` makes that a failure. Tests that use these carry the mark `docker` and
`xdist_group("docker")`, so that they run one after the other.
"""

import os
from collections.abc import Iterator
from secrets import token_hex
from typing import NoReturn

import pytest
from docker import DockerClient
from docker.errors import DockerException, ImageNotFound

IMAGES = tuple(f"postgres:{major}" for major in (18, 17, 16, 15))
DOCKER = (pytest.mark.docker, pytest.mark.xdist_group("docker"))
"""The marks of a test at the engine."""


def give_up(what: str) -> NoReturn:
    """Skip the test, unless it is to be run here whatever comes."""
    if os.environ.get("RIDE_TEST_DOCKER") == "required":
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def docker_engine() -> Iterator[DockerClient]:
    """The engine that DOCKER_HOST names, or the local one."""
    try:
        client = DockerClient.from_env()
    except DockerException as error:
        give_up(f"no Docker engine: {error}")
    try:
        yield client
    finally:
        client.close()


@pytest.fixture(scope="session")
def sandbox_image(docker_engine: DockerClient) -> str:
    """A PostgreSQL image that the engine has: the one of RIDE_SANDBOX_IMAGE, else the newest."""
    named = os.environ.get("RIDE_SANDBOX_IMAGE")
    for name in (named,) if named else IMAGES:
        try:
            docker_engine.images.get(name)
        except ImageNotFound:
            continue
        return name
    give_up(f"the Docker engine has no image {named or ', '.join(IMAGES)}")


@pytest.fixture(scope="session")
def image_repository(docker_engine: DockerClient) -> Iterator[str]:
    """A repository of this run's own; its images are removed afterwards."""
    name = f"ride-test-{token_hex(4)}"
    yield name
    for image in docker_engine.images.list(filters={"reference": f"{name}/*"}):
        for tag in image.tags:
            docker_engine.images.remove(tag)
