"""What every provider promises of its sandboxes' lives: leases, crashes, adoption, clearing away, people.

The incident, the log and the lockdown are held to the same in test_sandbox_incident, test_sandbox_log and
test_sandbox_lockdown.
"""

import asyncio
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from sandbox.containers.docker_provider import DockerSettings
from sandbox.errors import SandboxError, SandboxGoneError
from sandbox.server.running import RunningSandbox
from sandbox.swarm.provider import SwarmSettings
from scenarios.model.scenario import Scenario
from tests.integration.docker_fixtures import DOCKER
from tests.integration.sandbox_bodies import body_of
from tests.integration.sandbox_fixtures import (
    KINDS,
    LEASE,
    Settings,
    client,
    eventually,
    make,
    rows,
    running,
    settings_of,
)


@pytest.fixture(params=[*KINDS, pytest.param("swarm", id="swarm", marks=DOCKER)])
def any_settings(request: pytest.FixtureRequest, cache_folder: Path) -> Settings:
    """The settings of every kind of provider there is, one after the other."""
    return settings_of(request, cache_folder)


async def test_what_there_is_to_make_sandboxes_with(any_settings: Settings, scenario: Scenario) -> None:
    provider = make(any_settings)
    try:
        survey = await provider.survey()
        assert re.search(r"\d+\.\d+", survey.found)
        assert all(folder.is_dir() for folder in survey.folders)
        await provider.prepare(scenario, lambda _: None)
        assert await provider.is_prepared(scenario)
        other = scenario.model_copy(update={"version": "other"})
        assert not await provider.is_prepared(other)
    finally:
        await provider.close()


async def test_nothing_is_left_of_a_destroyed_sandbox(sandbox: RunningSandbox) -> None:
    body = body_of(sandbox)
    assert body.remains()
    await sandbox.destroy()
    assert body.remains() == []
    await sandbox.destroy()
    assert await sandbox.check_alive() == "its lease expired"
    with pytest.raises(SandboxGoneError):
        await sandbox.renew(LEASE)


async def test_a_sandbox_that_is_frozen_is_not_waited_for(
    sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.server.observer.ANSWER_SECONDS", 0.5)
    body = body_of(sandbox)
    body.freeze()
    async with asyncio.timeout(70):
        said, *others = await asyncio.gather(
            sandbox.check_alive(), *(sandbox.measure() for _ in range(8)), return_exceptions=True
        )
        assert "its server does not answer" in str(said)
        # Who waits for a turn is told with the first: each of them would wait ten seconds for a connection.
        assert {type(other) for other in others} == {SandboxGoneError}
    await sandbox.destroy()
    assert body.remains() == []


async def test_a_sandbox_ends_with_its_lease(any_settings: Settings, scenario: Scenario) -> None:
    async with running(any_settings, scenario) as sandbox:
        body = body_of(sandbox)
        await sandbox.renew(timedelta(seconds=0.2))

        async def over() -> bool:
            return await sandbox.check_alive() is not None

        await eventually(over)
        assert await sandbox.check_alive() == "its lease expired"
        with pytest.raises(SandboxGoneError):
            await sandbox.measure()
        provider = make(any_settings)
        try:
            await provider.clear([sandbox.id])  # kept or not: it is dead
        finally:
            await provider.close()

        async def gone() -> bool:
            return not body.remains()

        await eventually(gone)


async def test_a_lease_is_as_long_as_it_was_last_renewed(any_settings: Settings, scenario: Scenario) -> None:
    async with running(any_settings, scenario, timedelta(seconds=8)) as sandbox:
        await sandbox.renew(LEASE)
        measured, _ = await sandbox.arm()
        login = await sandbox.add_person("U1", "ada")
        async with client(login) as connection:
            await rows(connection, "SELECT pg_sleep(8)")
        assert await sandbox.check_alive() is None
        assert (await sandbox.measure()).writers_waiting == measured.writers_waiting


async def test_a_killed_keeper_takes_everything_with_it(sandbox: RunningSandbox) -> None:
    await sandbox.arm()
    body = body_of(sandbox)
    body.kill_keeper()

    async def ended() -> bool:
        return not body.lives()

    await eventually(ended)
    assert "killed" in (await sandbox.check_alive() or "")
    with pytest.raises(SandboxGoneError):
        await sandbox.measure()


async def test_a_killed_session_is_an_outside_cause(sandbox: RunningSandbox) -> None:
    assert await sandbox.check_alive() is None
    # PostgreSQL then resets all sessions: the incident would end by accident.
    body_of(sandbox).kill("app_writer app_db")

    async def noticed() -> bool:
        return await sandbox.check_alive() is not None

    await eventually(noticed)
    assert "PostgreSQL stopped by itself" in (await sandbox.check_alive() or "")


async def test_a_killed_migration_client_is_an_outside_cause(sandbox: RunningSandbox) -> None:
    await sandbox.arm()
    body_of(sandbox).kill("pgbench -n -c 1 -f " + script(sandbox))

    async def noticed() -> bool:
        return await sandbox.check_alive() is not None

    await eventually(noticed)
    assert "was killed from outside" in (await sandbox.check_alive() or "")


def script(sandbox: RunningSandbox) -> str:
    """Where the migration's script is, as its client sees it."""
    folder = getattr(sandbox.housing, "folder", Path("/opt/ride"))
    return f"{folder}/scripts/migration.sql"


async def test_a_later_life_of_the_program_adopts(any_settings: Settings, scenario: Scenario) -> None:
    async with running(any_settings, scenario) as left:
        measured, queue = await left.arm()
        login = await left.add_person("U1", "ada")
        before = await left.read_evidence(0, {})
        body = body_of(left)
        await left.leave()

        provider = make(any_settings)
        try:
            adopted = await provider.adopt(scenario, left.id)
            assert adopted is not None
            assert await provider.adopt(scenario, "no-such-sandbox") is None
            assert await provider.adopt(scenario, "../templates") is None
            assert await adopted.check_alive() is None
            assert await adopted.add_person("U1", "ada") == login
            assert (await adopted.queue("writers")).blockers == queue.blockers
            again = await adopted.measure()
            assert again.writes_per_second_before == measured.writes_per_second_before
            assert (await adopted.read_evidence(0, {})).events[: len(before.events)] == before.events
            assert left.id not in await provider.clear([left.id])
            assert left.id in await provider.clear([])
            assert body.remains() == []
        finally:
            await provider.close()


def another(settings: Settings) -> Settings:
    """The same for another installation."""
    if isinstance(settings, SwarmSettings):
        return replace(settings, containers=replace(settings.containers, installation="another"))
    return replace(settings, installation="another")


async def test_what_another_installation_left_is_its_own(any_settings: Settings, scenario: Scenario) -> None:
    async with running(any_settings, scenario) as left:
        await left.leave()
        other = make(another(any_settings))
        same = make(any_settings)
        try:
            assert left.id not in await other.clear([])
            assert await left.check_alive() is None
            assert left.id in await same.clear([])
        finally:
            await other.close()
            await same.close()


async def test_roles_are_made_from_any_handle(sandbox: RunningSandbox) -> None:
    hints = ["Ada L.", "ada l", "observer", "app_writer", "☃", "pg_monitor", "x" * 200, "'; DROP ROLE x; --"]
    logins = [await sandbox.add_person(f"U{number}", hint) for number, hint in enumerate(hints)]
    names = [login.role for login in logins]
    assert len(set(names)) == len(names)
    assert names[:3] == ["ada_l", "ada_l_2", "observer_2"]
    assert await sandbox.add_person("U0", "somebody else") == logins[0]
    for login in logins:
        async with client(login) as connection:
            assert await rows(connection, "SELECT current_user::text") == [(login.role,)]


async def test_a_person_who_changes_their_password_gets_in_all_the_same(sandbox: RunningSandbox) -> None:
    login = await sandbox.add_person("U1", "ada")
    async with client(login) as connection:
        await connection.execute(f"ALTER ROLE {login.role} PASSWORD 'other'".encode())
    with pytest.raises(psycopg.OperationalError):
        async with client(login):
            pass
    connection = await sandbox.backstage("U1").connect()
    await connection.close()
    async with client(login):
        pass


async def test_what_a_session_waits_for_is_seen_from_outside(sandbox: RunningSandbox) -> None:
    _, queue = await sandbox.arm()
    await sandbox.add_person("U1", "ada")
    backstage = sandbox.backstage("U1")
    async with await backstage.connect() as connection:
        pid = connection.info.backend_pid
        blocked = asyncio.create_task(connection.execute("SELECT count(*) FROM orders"))

        async def waits() -> bool:
            return (await backstage.waiting(pid)).waiting_for == "Lock/relation"

        await eventually(waits)
        assert queue.blockers[0] in (await backstage.waiting(pid)).blocked_by
        connection.cancel()
        with pytest.raises(psycopg.errors.QueryCanceled):
            await blocked


PROGRAM = """
import asyncio, json, sys
from datetime import timedelta
from pathlib import Path
from sandbox.containers.docker_provider import DockerProvider, DockerSettings
from sandbox.embedded.provider import EmbeddedProvider, EmbeddedSettings
from sandbox.swarm.provider import SwarmProvider, SwarmSettings
from scenarios.loading.catalogue import Catalogue

async def main():
    kind, *rest = sys.argv[1:]
    if kind == "docker":
        image, repository, installation = rest
        settings = DockerSettings(image=image, repository=repository, installation=installation)
        provider = DockerProvider(settings, None)
    elif kind == "swarm":
        image, attach, installation = rest
        containers = DockerSettings(image=image, installation=installation)
        settings = SwarmSettings(
            containers=containers, constraints=("node.role==manager",), encrypted=False, attach=attach
        )
        provider = SwarmProvider(settings, None)
    else:
        cache, binaries, installation = rest
        settings = EmbeddedSettings(
            cache=Path(cache), binaries=Path(binaries) if binaries else None, installation=installation
        )
        provider = EmbeddedProvider(settings, None)
    sandbox = await provider.start(Catalogue().load("alter-table-locks"), "ride", timedelta(minutes=5))
    await sandbox.arm()
    print(sandbox.id, flush=True)
    await asyncio.to_thread(sys.stdin.readline)

asyncio.run(main())
"""


async def test_a_program_that_was_killed_leaves_its_incident_to_the_next(
    any_settings: Settings, scenario: Scenario
) -> None:
    if isinstance(any_settings, SwarmSettings):
        containers = any_settings.containers
        arguments = ["swarm", containers.image, any_settings.attach or "", containers.installation]
    elif isinstance(any_settings, DockerSettings):
        arguments = ["docker", any_settings.image, any_settings.repository, any_settings.installation]
    else:
        binaries = str(any_settings.binaries or "")
        arguments = ["embedded", str(any_settings.cache), binaries, any_settings.installation]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", PROGRAM, *arguments),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])},
    )
    provider = make(any_settings)
    try:
        assert process.stdout is not None
        name = (await asyncio.wait_for(process.stdout.readline(), 60)).decode().strip()
        process.kill()
        await process.wait()
        orphan = await provider.adopt(scenario, name)
        assert orphan is not None
        assert await orphan.check_alive() is None
        assert [blocker.group for blocker in (await orphan.queue("writers")).blockers] == ["migration"]
        assert await provider.clear([]) == [name]
        assert await orphan.check_alive() is not None
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()
        await provider.clear([])
        await provider.close()


async def test_a_cancelled_start_leaves_nothing(any_settings: Settings, scenario: Scenario) -> None:
    provider = make(any_settings)
    try:
        await provider.prepare(scenario, lambda _: None)
        for seconds in (0.05, 0.2, 0.5, 0.8):
            starting = asyncio.create_task(provider.start(scenario, "ride", LEASE))
            await asyncio.wait([starting], timeout=seconds)
            starting.cancel()
            result = (await asyncio.gather(starting, return_exceptions=True))[0]
            if not isinstance(result, BaseException):
                await result.destroy()  # it was quicker
        assert await provider.clear([]) == []
    finally:
        await provider.close()


async def test_a_mistake_in_the_setup_is_told_with_file_and_line(
    any_settings: Settings, scenario: Scenario, tmp_cache: Path
) -> None:
    folder = tmp_cache / "scenario"
    shutil.copytree(scenario.folder, folder)
    setup = folder / "sql" / "app_db.sql"
    setup.write_text("CREATE TABLE a ();\nCREATE TABLE b ();\nCREATE TABEL c ();\n")
    broken = scenario.model_copy(update={"folder": str(folder), "version": "broken"})
    provider = make(any_settings)
    try:
        for _ in range(2):  # nothing of the first try is taken for whole
            with pytest.raises(SandboxError, match=r"app_db\.sql:3: syntax error at or near \"TABEL\""):
                await provider.prepare(broken, lambda _: None)
    finally:
        await provider.close()
