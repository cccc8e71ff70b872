"""Fixtures of the acceptance tests."""

from tests.acceptance.cli_fixtures import place, ride
from tests.acceptance.http_stage import open_http_stage
from tests.acceptance.page_fixtures import address, chromium, open_page, stage
from tests.acceptance.ride_fixtures import open_stage
from tests.integration.docker_fixtures import docker_engine, image_repository, sandbox_image
from tests.integration.sandbox_fixtures import cache_folder, scenario
from tests.integration.storage_fixtures import storage_server
from tests.integration.swarm_fixtures import ground, inside

__all__ = [
    "address",
    "cache_folder",
    "chromium",
    "docker_engine",
    "ground",
    "image_repository",
    "inside",
    "open_http_stage",
    "open_page",
    "open_stage",
    "place",
    "ride",
    "sandbox_image",
    "scenario",
    "stage",
    "storage_server",
]
