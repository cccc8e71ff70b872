"""Which provider houses the sandboxes, as the settings say."""

import hashlib

from bot.config import Settings
from sandbox.embedded import EmbeddedProvider, EmbeddedSettings
from sandbox.provider import Provider
from sandbox.session import PersonSession


def make_provider(settings: Settings) -> Provider:
    """The provider of the settings. Nothing is looked for yet."""
    found = EmbeddedSettings(
        binaries=settings.postgres_bin,
        cache=settings.cache_folder,
        run=settings.run_folder,
        listen=settings.listen_address,
        installation=installation(settings),
    )
    return EmbeddedProvider(found, PersonSession)


def installation(settings: Settings) -> str:
    """Tells this installation of Ride, which is its database, from others on the same machine."""
    return hashlib.sha256(settings.storage_url().encode()).hexdigest()[:16]
