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
from sandbox.swarm_provider import SwarmProvider, SwarmSettings
from storage.database import is_sqlite


def make_provider(settings: Settings) -> Provider:
    """The provider of the settings. Looks for nothing yet; raises SandboxError for a wrong certificate."""
    match settings.provider:
        case "docker":
            return docker_provider(settings)
        case "swarm":
            return swarm_provider(settings)
        case "embedded":
            return embedded_provider(settings)


def embedded_provider(settings: Settings) -> EmbeddedProvider:
    """The provider that needs nothing but Python."""
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
    return DockerProvider(container_settings(settings), PersonSession)


def swarm_provider(settings: Settings) -> SwarmProvider:
    """The provider of a Docker swarm."""
    found = SwarmSettings(
        containers=container_settings(settings),
        constraints=settings.swarm_constraints,
        encrypted=settings.swarm_encrypted,
        attach=settings.swarm_attach,
        reserve_memory=settings.swarm_reserve_memory,
        reserve_cpus=settings.swarm_reserve_cpus,
    )
    return SwarmProvider(found, PersonSession)


def container_settings(settings: Settings) -> DockerSettings:
    """What holds for every container, wherever it runs."""
    return DockerSettings(
        image=settings.sandbox_image,
        repository=settings.image_repository,
        memory=settings.sandbox_memory,
        cpus=settings.sandbox_cpus,
        socket_folder=settings.socket_folder,
        socket_volume=settings.socket_volume,
        gateway=gateway_settings(settings),
        installation=installation(settings),
    )


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
