"""How sandboxes begin and end: leases, crashes, adoption, clearing away; what goes wrong before a start."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psutil
import psycopg
import pytest

from sandbox import control
from sandbox.embedded import EmbeddedProvider, EmbeddedSettings
from sandbox.errors import SandboxError, SandboxGoneError
from sandbox.facts import load_facts
from sandbox.running import RunningSandbox
from scenarios.model import Scenario
from tests.integration.sandbox_fixtures import LEASE, client, eventually, folder_of, no_session, rows, running


def processes(sandbox: RunningSandbox) -> list[psutil.Process]:
    """The supervisor and all that it looks after."""
    state = control.state(folder_of(sandbox))
    assert state is not None
    supervisor = psutil.Process(state.supervisor)
    return [supervisor, *supervisor.children(recursive=True)]


def traces(sandbox: RunningSandbox, socket_folder: str, family: list[psutil.Process]) -> list[object]:
    """What is left of a sandbox."""
    alive = [process for process in family if process.is_running() and process.status() != "zombie"]
    return [*alive, *(path for path in (folder_of(sandbox), Path(socket_folder)) if path.exists())]


async def test_nothing_is_left_of_a_destroyed_sandbox(sandbox: RunningSandbox) -> None:
    family, socket_folder = processes(sandbox), load_facts(folder_of(sandbox)).socket_folder
    assert len(family) > 10
    await sandbox.destroy()
    assert traces(sandbox, socket_folder, family) == []
    await sandbox.destroy()
    assert await sandbox.check_alive() == "its lease is over"
    with pytest.raises(SandboxGoneError):
        await sandbox.renew(LEASE)


async def test_a_sandbox_ends_with_its_lease(sandbox_settings: EmbeddedSettings, scenario: Scenario) -> None:
    async with running(sandbox_settings, scenario) as sandbox:
        family, socket_folder = processes(sandbox), load_facts(folder_of(sandbox)).socket_folder
        await sandbox.renew(timedelta(seconds=0.2))

        async def over() -> bool:
            return not traces(sandbox, socket_folder, family)

        await eventually(over)
        assert await sandbox.check_alive() == "its lease is over"
        with pytest.raises(SandboxGoneError):
            await sandbox.measure()


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != "zombie"
    except psutil.NoSuchProcess:
        return False


async def test_a_killed_supervisor_takes_everything_with_it(sandbox: RunningSandbox) -> None:
    await sandbox.arm()
    supervisor, *children = processes(sandbox)
    supervisor.kill()

    async def alone() -> bool:
        return not any(_runs(child) for child in children)

    await eventually(alone)
    assert await sandbox.check_alive() == "its supervisor was killed"


async def test_a_killed_server_is_an_outside_cause(sandbox: RunningSandbox) -> None:
    assert await sandbox.check_alive() is None
    writer = next(p for p in processes(sandbox) if "app_writer app_db" in " ".join(p.cmdline()))
    writer.kill()  # PostgreSQL then resets all sessions: the incident would end by accident

    async def noticed() -> bool:
        return await sandbox.check_alive() is not None

    await eventually(noticed)
    assert "PostgreSQL stopped by itself" in (await sandbox.check_alive() or "")


async def test_a_killed_migration_client_is_an_outside_cause(sandbox: RunningSandbox) -> None:
    await sandbox.arm()
    clients = [p for p in processes(sandbox) if p.name() == "pgbench" and "migration.sql" in str(p.cmdline())]
    assert len(clients) == 1
    clients[0].kill()

    async def noticed() -> bool:
        return await sandbox.check_alive() is not None

    await eventually(noticed)
    assert "migration was killed from outside (signal 9)" in (await sandbox.check_alive() or "")


async def test_a_later_life_of_the_program_adopts(
    sandbox_settings: EmbeddedSettings, scenario: Scenario
) -> None:
    async with running(sandbox_settings, scenario) as left:
        measured, queue = await left.arm()
        login = await left.add_person("U1", "ada")
        before = await left.read_evidence(0, {})
        await left.leave()

        provider = EmbeddedProvider(sandbox_settings, no_session)
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
            assert not folder_of(left).exists()
        finally:
            await provider.close()


async def test_two_providers_of_one_program_leave_each_other_alone(
    sandbox_settings: EmbeddedSettings, scenario: Scenario
) -> None:
    async with running(sandbox_settings, scenario) as one:
        other = EmbeddedProvider(sandbox_settings, no_session)
        try:
            assert one.id not in await other.clear([])
            assert await other.adopt(scenario, one.id) is None
            assert await one.check_alive() is None
        finally:
            await other.close()


async def test_what_another_installation_left_is_its_own(
    sandbox_settings: EmbeddedSettings, scenario: Scenario
) -> None:
    async with running(sandbox_settings, scenario) as left:
        await left.leave()
        other = EmbeddedProvider(replace(sandbox_settings, installation="another"), no_session)
        same = EmbeddedProvider(sandbox_settings, no_session)
        try:
            assert left.id not in await other.clear([])
            assert left.id in await same.clear([])
        finally:
            await other.close()
            await same.close()


FOREIGN = """
import asyncio, json, sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from sandbox.embedded import EmbeddedProvider, EmbeddedSettings
from scenarios.catalogue import Catalogue

async def main():
    binaries = Path(sys.argv[2]) if sys.argv[2] else None
    settings = EmbeddedSettings(cache=Path(sys.argv[1]), binaries=binaries, installation=sys.argv[3])
    provider = EmbeddedProvider(settings, None)
    scenario = Catalogue().load("alter-table-locks")
    sandbox = await provider.start(scenario, "ride", timedelta(minutes=5))
    print(sandbox.id, flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    await provider.close()

asyncio.run(main())
"""


async def test_another_living_program_keeps_its_sandbox_and_a_dead_one_does_not(
    sandbox_settings: EmbeddedSettings, scenario: Scenario
) -> None:
    own = sandbox_settings
    arguments = [str(own.cache), str(own.binaries or ""), own.installation]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", FOREIGN, *arguments),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])},
    )
    provider = EmbeddedProvider(sandbox_settings, no_session)
    try:
        assert process.stdout is not None
        name = (await asyncio.wait_for(process.stdout.readline(), 30)).decode().strip()
        assert name not in await provider.clear([])
        assert await provider.adopt(scenario, name) is None
        process.kill()
        await process.wait()
        orphan = await provider.adopt(scenario, name)
        assert orphan is not None
        assert await orphan.check_alive() is None
        await orphan.destroy()
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()
        await provider.clear([])
        await provider.close()


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


async def test_two_at_once_build_one_template(
    sandbox_settings: EmbeddedSettings, scenario: Scenario, tmp_cache: Path
) -> None:
    own = replace(sandbox_settings, cache=tmp_cache)
    said: list[str] = []
    providers = [EmbeddedProvider(own, no_session) for _ in range(2)]
    await asyncio.gather(*(provider.prepare(scenario, said.append) for provider in providers))
    assert sum("initdb" in line for line in said) == 1
    assert sum("Another program" in line for line in said) == 1
    [template] = [path for path in (tmp_cache / "templates").iterdir() if path.is_dir()]

    shutil.rmtree(template / "data" / "base")  # damaged: built anew
    await providers[0].prepare(scenario, said.append)
    assert sum("initdb" in line for line in said) == 2
    assert (template / "data" / "base").is_dir()


async def test_a_template_that_does_not_start_is_built_anew(
    sandbox_settings: EmbeddedSettings, scenario: Scenario, tmp_cache: Path
) -> None:
    own = replace(sandbox_settings, cache=tmp_cache)
    provider = EmbeddedProvider(own, no_session)
    await provider.prepare(scenario, lambda _: None)
    [control_file] = (tmp_cache / "templates").glob("*/data/global/pg_control")
    control_file.write_bytes(bytes(control_file.stat().st_size))  # the right size, and no sense
    async with running(own, scenario) as sandbox:
        assert await sandbox.check_alive() is None


async def test_a_cache_that_can_not_be_written_is_replaced(
    installation: Path | None, scenario: Scenario, tmp_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    obstacle = tmp_cache / "file"
    obstacle.write_text("not a folder")
    elsewhere = tmp_cache / "t"
    elsewhere.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(elsewhere))
    said: list[str] = []
    provider = EmbeddedProvider(EmbeddedSettings(binaries=installation, cache=obstacle / "cache"), no_session)
    await provider.prepare(scenario, said.append)
    assert "not a directory" in said[0]
    assert str(elsewhere) in said[0]
    assert list(elsewhere.glob("ride-cache-*/templates/alter-table-locks-*/template.json"))


async def test_no_free_port_is_said_clearly(sandbox_settings: EmbeddedSettings, scenario: Scenario) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        provider = EmbeddedProvider(replace(sandbox_settings, ports=(port, port)), no_session)
        with pytest.raises(SandboxError, match=f"No free TCP port on 127.0.0.1 between {port} and {port}"):
            await provider.start(scenario, "ride", LEASE)


async def test_other_addresses_are_listened_on_when_asked_for(
    sandbox_settings: EmbeddedSettings, scenario: Scenario
) -> None:
    async with running(replace(sandbox_settings, listen="127.0.0.2"), scenario) as sandbox:
        login = await sandbox.add_person("U1", "ada")
        async with client(login), client(replace(login, host="127.0.0.2")):
            pass
        with pytest.raises(psycopg.OperationalError, match=r"no pg_hba\.conf entry"):
            async with client(replace(login, host="127.0.0.2", role="app_writer")):
                pass


async def test_a_cancelled_start_leaves_nothing(
    sandbox_settings: EmbeddedSettings, scenario: Scenario, tmp_cache: Path
) -> None:
    own = replace(sandbox_settings, run=tmp_cache / "run")
    provider = EmbeddedProvider(own, no_session)
    await provider.prepare(scenario, lambda _: None)
    for seconds in (0.0, 0.02, 0.1, 0.3):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(provider.start(scenario, "ride", LEASE), seconds)
        assert list((tmp_cache / "run").iterdir()) == []
    mine = [p for p in psutil.process_iter() if str(tmp_cache) in " ".join(_words(p))]
    assert mine == []


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


async def test_a_cancelled_build_leaves_nothing(
    sandbox_settings: EmbeddedSettings, scenario: Scenario, tmp_cache: Path
) -> None:
    provider = EmbeddedProvider(replace(sandbox_settings, cache=tmp_cache), no_session)
    said: list[str] = []
    building = asyncio.create_task(provider.prepare(scenario, said.append))

    async def loading() -> bool:
        return any("Loading" in text for text in said)

    await eventually(loading)
    building.cancel()
    with pytest.raises(asyncio.CancelledError):
        await building
    assert [path for path in (tmp_cache / "templates").iterdir() if path.is_dir()] == []
    assert [p for p in psutil.process_iter() if str(tmp_cache) in " ".join(_words(p))] == []


async def test_a_mistake_in_the_setup_is_told_with_file_and_line(
    sandbox_settings: EmbeddedSettings, scenario: Scenario, tmp_cache: Path
) -> None:
    folder = tmp_cache / "scenario"
    shutil.copytree(scenario.folder, folder)
    setup = folder / "sql" / "app_db.sql"
    setup.write_text("CREATE TABLE a ();\nCREATE TABLE b ();\nCREATE TABEL c ();\n")
    broken = scenario.model_copy(update={"folder": str(folder), "version": "broken"})
    provider = EmbeddedProvider(replace(sandbox_settings, cache=tmp_cache / "cache"), no_session)
    with pytest.raises(SandboxError, match=r"app_db\.sql:3: syntax error at or near \"TABEL\""):
        await provider.prepare(broken, lambda _: None)
    assert not [path for path in (tmp_cache / "cache" / "templates").iterdir() if path.is_dir()]


async def test_a_supervisor_that_is_told_to_stop_leaves_nothing(sandbox: RunningSandbox) -> None:
    family, socket_folder = processes(sandbox), load_facts(folder_of(sandbox)).socket_folder
    os.kill(family[0].pid, signal.SIGTERM)

    async def over() -> bool:
        return not traces(sandbox, socket_folder, family)

    await eventually(over)
