"""Which provider houses the sandboxes, as the settings say."""

import hashlib
import ssl

from bot.base.config import Settings
from sandbox.containers.docker_provider import DockerProvider, DockerSettings
from sandbox.embedded.provider import EmbeddedProvider, EmbeddedSettings
from sandbox.gateway.certificate import self_signed, server_context
from sandbox.gateway.gateway import GatewaySettings
from sandbox.provider import Provider
from sandbox.sql_session.person_session import PersonSession
from sandbox.swarm.provider import SwarmProvider, SwarmSettings
from storage.database import is_sqlite


def make_provider(settings: Settings, database: str | None = None) -> Provider:
    """The provider of the settings. Looks for nothing yet; raises SandboxError for a wrong certificate.

    `database` is its identity, `Database.identity`, whose sandboxes are kept; without it none are made.
    """
    owner = installation(database or settings.storage_url())
    match settings.provider:
        case "docker":
            return docker_provider(settings, owner)
        case "swarm":
            return swarm_provider(settings, owner)
        case "embedded":
            return embedded_provider(settings, owner)


def embedded_provider(settings: Settings, owner: str) -> EmbeddedProvider:
    """The provider that needs nothing but Python."""
    found = EmbeddedSettings(
        binaries=settings.postgres_bin,
        cache=settings.cache_folder,
        run=settings.run_folder,
        listen=settings.listen_address,
        installation=owner,
        sole=not is_sqlite(settings.storage_url()),  # there the leader alone has sandboxes
    )
    return EmbeddedProvider(found, PersonSession)


def docker_provider(settings: Settings, owner: str = "") -> DockerProvider:
    """The provider of the Docker engine; images are nobody's, and need no owner."""
    return DockerProvider(container_settings(settings, owner), PersonSession)


def swarm_provider(settings: Settings, owner: str) -> SwarmProvider:
    """The provider of a Docker swarm."""
    found = SwarmSettings(
        containers=container_settings(settings, owner),
        constraints=settings.swarm_constraints,
        encrypted=settings.swarm_encrypted,
        attach=settings.swarm_attach,
        reserve_memory=settings.swarm_reserve_memory,
        reserve_cpus=settings.swarm_reserve_cpus,
    )
    return SwarmProvider(found, PersonSession)


def container_settings(settings: Settings, owner: str) -> DockerSettings:
    """What holds for every container, wherever it runs."""
    return DockerSettings(
        image=settings.sandbox_image,
        repository=settings.image_repository,
        memory=settings.sandbox_memory,
        cpus=settings.sandbox_cpus,
        socket_folder=settings.socket_folder,
        socket_volume=settings.socket_volume,
        gateway=gateway_settings(settings),
        installation=owner,
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


def installation(database: str) -> str:
    """Tells this installation of Ride, which is its database, from others on the same machine."""
    return hashlib.sha256(database.encode()).hexdigest()[:16]


def _tls(settings: Settings, host: str) -> ssl.SSLContext | None:
    if settings.listen_address is None:
        return None  # the loopback alone
    certificate, key = settings.connect_tls_certificate, settings.connect_tls_key
    if certificate is None or key is None:
        certificate, key = self_signed(settings.data_folder, host)
    return server_context(certificate, key)
