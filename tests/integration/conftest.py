"""Fixtures of the integration tests, a module a room."""

from tests.integration.sandbox_fixtures import (
    cache_folder,
    installation,
    sandbox,
    sandbox_settings,
    scenario,
    tmp_cache,
)
from tests.integration.storage_fixtures import rides, storage_database, storage_server, storage_url

__all__ = [
    "cache_folder",
    "installation",
    "rides",
    "sandbox",
    "sandbox_settings",
    "scenario",
    "storage_database",
    "storage_server",
    "storage_url",
    "tmp_cache",
]
