"""What is the embedded provider's own: templates, ports, folders, owners. For the rest see the contract."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import psycopg
import pytest

from sandbox.embedded.provider import EmbeddedProvider, EmbeddedSettings
from sandbox.errors import SandboxError
from scenarios.model.scenario import Scenario
from tests.integration.sandbox_bodies import FolderBody, body_of
from tests.integration.sandbox_fixtures import LEASE, client, eventually, no_session, running


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


FOREIGN = """
import asyncio, json, sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from sandbox.embedded.provider import EmbeddedProvider, EmbeddedSettings
from scenarios.loading.catalogue import Catalogue

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


async def test_a_supervisor_that_is_told_to_stop_leaves_nothing(
    sandbox_settings: EmbeddedSettings, scenario: Scenario
) -> None:
    async with running(sandbox_settings, scenario) as sandbox:
        body = body_of(sandbox)
        assert isinstance(body, FolderBody)
        assert len(body.processes) > 10
        body.processes[0].terminate()

        async def over() -> bool:
            return not body.remains()

        await eventually(over)
