"""Installed workspaces and installations that were begun, on SQLite and PostgreSQL."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from storage.database import Database
from storage.installations import BegunInstallations, InstallationRecords, InstalledWorkspace
from tests.integration.storage_fixtures import NOW

HARBOR = InstalledWorkspace(
    workspace="T1",
    name="Harbor",
    app="A1",
    bot="B1",
    bot_user="U1",
    scopes=("chat:write", "commands"),
    sealed_token="sealed-1",
    installed_by="U2",
    installed_at=NOW,
)
QUAY = replace(HARBOR, workspace="T2", name="Quay", scopes=(), installed_at=NOW + timedelta(seconds=1))


@pytest.fixture
def records(storage_database: Database) -> InstallationRecords:
    return InstallationRecords(storage_database)


@pytest.fixture
def begun(storage_database: Database) -> BegunInstallations:
    return BegunInstallations(storage_database)


async def test_a_workspace_is_kept_replaced_and_forgotten(records: InstallationRecords) -> None:
    assert await records.get("T1") is None
    for installed in (QUAY, HARBOR):
        await records.put(installed)
    assert await records.all() == [HARBOR, QUAY]
    anew = replace(HARBOR, sealed_token="sealed-2", scopes=("commands",))
    await records.put(anew)
    assert await records.get("T1") == anew
    assert await records.remove("T1")
    assert not await records.remove("T1")
    assert await records.all() == [QUAY]


async def test_only_the_token_that_is_meant_is_removed_or_sealed_anew(records: InstallationRecords) -> None:
    await records.put(HARBOR)
    assert not await records.reseal("T1", was="sealed-0", now="sealed-9")
    assert not await records.remove("T1", sealed_token="sealed-0")
    assert await records.reseal("T1", was="sealed-1", now="sealed-2")
    assert await records.get("T1") == replace(HARBOR, sealed_token="sealed-2")
    assert await records.remove("T1", sealed_token="sealed-2")


async def test_an_installation_that_was_begun_is_decided_once(begun: BegunInstallations) -> None:
    await begun.add("secret", now=NOW, expires_at=NOW + timedelta(minutes=10))
    assert not await begun.take("another", NOW)
    at_once = await asyncio.gather(*(begun.take("secret", NOW) for _ in range(4)))
    assert sorted(at_once) == [False, False, False, True]


async def test_an_installation_that_was_begun_expires(begun: BegunInstallations) -> None:
    soon, late = NOW + timedelta(minutes=10), NOW + timedelta(minutes=11)
    await begun.add("one", now=NOW, expires_at=soon)
    await begun.add("other", now=NOW, expires_at=soon)
    assert not await begun.take("one", soon)
    await begun.add("third", now=late, expires_at=late + timedelta(minutes=10))
    assert not await begun.take("other", NOW), "it was swept away"
    assert await begun.take("third", late)
