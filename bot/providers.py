"""Which provider houses the sandboxes, as the settings say."""

import hashlib
import ssl

from sqlalchemy.engine import make_url

from bot.config import Settings
from sandbox.certificate import self_signed, server_context
from sandbox.docker_provider import DockerProvider, DockerSettings
from sandbox.embedded import EmbeddedProvider, EmbeddedSettings
from sandbox.gateway import GatewaySettings
from sandbox.provider import Provider
from sandbox.session import PersonSession
from storage.database import is_sqlite


def make_provider(settings: Settings) -> Provider:
    """The provider of the settings. Looks for nothing yet; raises SandboxError for a wrong certificate."""
    if settings.provider == "docker":
        return docker_provider(settings)
    found = EmbeddedSettings(
        binaries=settings.postgres_bin,
        cache=settings.cache_folder,
        run=settings.run_folder,
        listen=settings.listen_address,
        installation=installation(settings),
        sole=not is_sqlite(settings.storage_url()),  # there the leader alone has sandboxes
    )
    return EmbeddedProvider(found, PersonSession)


def docker_provider(settings: Settings) -> DockerProvider:
    """The provider of the Docker engine."""
    found = DockerSettings(
        image=settings.sandbox_image,
        repository=settings.image_repository,
        memory=settings.sandbox_memory,
        cpus=settings.sandbox_cpus,
        socket_folder=settings.socket_folder,
        socket_volume=settings.socket_volume,
        gateway=gateway_settings(settings),
        installation=installation(settings),
    )
    return DockerProvider(found, PersonSession)


def gateway_settings(settings: Settings) -> GatewaySettings | None:
    """Where learners' own clients get into containers; None: nowhere."""
    if settings.connect_host is None:
        return None
    return GatewaySettings(
        ports=settings.connect_ports,
        listen=settings.listen_address,
        tls=_tls(settings, settings.connect_host),
    )


def installation(settings: Settings) -> str:
    """Tells this installation of Ride, which is its database, from others on the same machine."""
    url = make_url(settings.storage_url()).set(password=None)  # a password changes, the installation does not
    return hashlib.sha256(url.render_as_string().encode()).hexdigest()[:16]


def _tls(settings: Settings, host: str) -> ssl.SSLContext | None:
    if settings.listen_address is None:
        return None  # the loopback alone
    certificate, key = settings.connect_tls_certificate, settings.connect_tls_key
    if certificate is None or key is None:
        certificate, key = self_signed(settings.data_folder, host)
    return server_context(certificate, key)
