"""Real sandboxes for the tests: the embedded PostgreSQL, Debian's 15 if it is there, and containers."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from secrets import token_hex

import psycopg
import pytest
from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from sandbox.containers.docker_provider import DockerProvider, DockerSettings
from sandbox.embedded.housing import EmbeddedHousing
from sandbox.embedded.provider import EmbeddedProvider, EmbeddedSettings
from sandbox.gateway.gateway import GatewaySettings
from sandbox.provider import Login, Provider, SqlSession
from sandbox.server.connection import Backstage
from sandbox.server.running import RunningSandbox
from sandbox.server.watchdog import Limits
from sandbox.swarm.provider import SwarmProvider, SwarmSettings
from scenarios.journal.events import Evidence
from scenarios.loading.catalogue import Catalogue
from scenarios.model.scenario import Scenario
from tests.integration.docker_fixtures import DOCKER

DEBIAN = Path("/usr/lib/postgresql/15/bin")
LEASE = timedelta(minutes=5)
PATIENCE = 20.0
Settings = EmbeddedSettings | DockerSettings | SwarmSettings
"""What a provider is made of: the tests hold all providers to the same."""
INSTALLATIONS = [
    pytest.param(None, id="embedded"),
    pytest.param(
        DEBIAN, id="debian15", marks=pytest.mark.skipif(not DEBIAN.is_dir(), reason="not installed")
    ),
]


def no_session(_: Backstage) -> SqlSession:
    raise AssertionError("these tests bring their own client")


@pytest.fixture(scope="session")
def cache_folder() -> Path:
    """One for all workers and runs: a template is built once; pytest's own folders are shut to others."""
    folder = Path(tempfile.gettempdir()) / f"ride-test-cache-{os.geteuid()}"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture
def tmp_cache() -> Iterator[Path]:
    """A folder of the test's own that PostgreSQL's account can enter."""
    with tempfile.TemporaryDirectory(prefix="ride-test-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="session")
def scenario() -> Scenario:
    return Catalogue().load("alter-table-locks")


@pytest.fixture(params=INSTALLATIONS)
def installation(request: pytest.FixtureRequest) -> Path | None:
    """A PostgreSQL bin folder, None for the embedded one."""
    found: Path | None = request.param
    return found


KINDS = (*INSTALLATIONS, pytest.param("docker", id="docker", marks=DOCKER))


@pytest.fixture(params=KINDS)
def any_settings(request: pytest.FixtureRequest, cache_folder: Path) -> Settings:
    """The settings of every kind of provider, one after the other."""
    return settings_of(request, cache_folder)


def settings_of(request: pytest.FixtureRequest, cache_folder: Path) -> Settings:
    """The settings that a fixture with these parameters stands for: an installation of each test's own."""
    if request.param == "swarm":
        found: SwarmSettings = request.getfixturevalue("swarm_settings")
        return found
    if request.param == "docker":
        return DockerSettings(
            image=request.getfixturevalue("sandbox_image"),
            repository=request.getfixturevalue("image_repository"),
            gateway=GatewaySettings(ports=(25432, 25531)),
            installation=token_hex(8),
        )
    return EmbeddedSettings(binaries=request.param, cache=cache_folder, installation=token_hex(8))


def limited(settings: Settings, limits: Limits) -> Settings:
    """The same with other limits for those who ride."""
    if isinstance(settings, SwarmSettings):
        return replace(settings, containers=replace(settings.containers, limits=limits))
    return replace(settings, limits=limits)


def make(settings: Settings) -> Provider:
    """A provider of these settings."""
    if isinstance(settings, SwarmSettings):
        return SwarmProvider(settings, no_session)
    if isinstance(settings, DockerSettings):
        return DockerProvider(settings, no_session)
    return EmbeddedProvider(settings, no_session)


@pytest.fixture
def sandbox_settings(installation: Path | None, cache_folder: Path) -> EmbeddedSettings:
    # A name of its own for each test: what one leaves behind is for no other to clear away.
    return EmbeddedSettings(binaries=installation, cache=cache_folder, installation=token_hex(8))


@asynccontextmanager
async def running(
    settings: Settings, scenario: Scenario, lease: timedelta = LEASE
) -> AsyncIterator[RunningSandbox]:
    """A started sandbox with flowing writes; removed afterwards, whatever happened to it."""
    provider = make(settings)
    try:
        sandbox = await provider.start(scenario, "ride", lease)
        assert isinstance(sandbox, RunningSandbox)
        try:
            yield sandbox
        finally:
            await sandbox.destroy()
    finally:
        await provider.close()


def folder_of(sandbox: RunningSandbox) -> Path:
    """Where an embedded sandbox lies on this machine."""
    assert isinstance(sandbox.housing, EmbeddedHousing)
    return sandbox.housing.folder


@pytest.fixture
async def sandbox(any_settings: Settings, scenario: Scenario) -> AsyncIterator[RunningSandbox]:
    """A started sandbox with flowing writes, one of every kind."""
    async with running(any_settings, scenario) as started:
        yield started


@asynccontextmanager
async def client(login: Login, database: str | None = None) -> AsyncIterator[AsyncConnection[TupleRow]]:
    """The person's own client, as psql would connect with the DSN."""
    dsn = psycopg.conninfo.make_conninfo(login.dsn(), application_name="psql")
    if database is not None:
        dsn = psycopg.conninfo.make_conninfo(dsn, dbname=database)
    connection = await AsyncConnection.connect(dsn, autocommit=True)
    try:
        yield connection
    finally:
        await connection.close()


async def rows(connection: AsyncConnection[TupleRow], statement: str) -> list[TupleRow]:
    return await (await connection.execute(statement.encode())).fetchall()


async def eventually(happened: Callable[[], Awaitable[object]], patience: float = PATIENCE) -> None:
    """Returns once the awaited condition is true."""
    async with asyncio.timeout(patience):
        while not await happened():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def evidence(
    sandbox: RunningSandbox, enough: Callable[[list[Evidence]], bool], patience: float = PATIENCE
) -> list[Evidence]:
    """What the log has told from its beginning, once it is enough."""
    found: list[Evidence] = []
    offset = 0
    try:
        async with asyncio.timeout(patience):
            reading = await sandbox.read_evidence(offset, {})
            found.extend(reading.events)
            changes = sandbox.evidence_changes()
            while not enough(found):
                await anext(changes)
                reading = await sandbox.read_evidence(reading.offset, {})
                found.extend(reading.events)
    except TimeoutError:
        raise AssertionError(f"not enough in {patience} s: {found}") from None
    return found
