"""Fixtures of the integration tests, a module a room."""

from tests.integration.sandbox_fixtures import (
    cache_folder,
    installation,
    sandbox,
    sandbox_settings,
    scenario,
    tmp_cache,
)

__all__ = ["cache_folder", "installation", "sandbox", "sandbox_settings", "scenario", "tmp_cache"]
