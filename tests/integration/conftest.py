"""Fixtures of the integration tests, a module a room."""

from tests.integration.docker_fixtures import docker_engine, image_repository, sandbox_image
from tests.integration.sandbox_fixtures import (
    any_settings,
    cache_folder,
    installation,
    sandbox,
    sandbox_settings,
    scenario,
    tmp_cache,
)
from tests.integration.storage_fixtures import rides, storage_database, storage_server, storage_url
from tests.integration.swarm_fixtures import ground, inside, swarm_settings

__all__ = [
    "any_settings",
    "cache_folder",
    "docker_engine",
    "ground",
    "image_repository",
    "inside",
    "installation",
    "rides",
    "sandbox",
    "sandbox_image",
    "sandbox_settings",
    "scenario",
    "storage_database",
    "storage_server",
    "storage_url",
    "swarm_settings",
    "tmp_cache",
]
