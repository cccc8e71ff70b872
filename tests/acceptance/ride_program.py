"""The real `ride` command as a process of its own, in folders of its own."""

import asyncio
import os
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds until something that must happen is given up; everything usual takes a few."""
STOPS_WITHIN = 30.0
"""It stops in two to four; a busy machine may stand still for longer than it takes."""
SHARED_CACHE = Path(tempfile.gettempdir()) / f"ride-test-cache-{os.geteuid()}"
"""As in the integration tests: a template is built once."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """The folders of one test. PostgreSQL's account can enter what it must; pytest's are shut to it."""

    root: Path

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def sandboxes(self) -> Path:
        return self.root / "sandboxes"

    @property
    def temporary(self) -> Path:
        return self.root / "tmp"

    def environment(self) -> dict[str, str]:
        """What the program sees: nothing of this process's own settings."""
        inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return {
            **inherited,
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "default::ResourceWarning",
            "TMPDIR": str(self.temporary),
            "RIDE_CACHE_FOLDER": str(SHARED_CACHE),
            "RIDE_DATA_FOLDER": str(self.data),
            "RIDE_RUN_FOLDER": str(self.sandboxes),
        }

    def processes(self) -> list[psutil.Process]:
        """All that run out of these folders: supervisors, servers, their backends, clients."""
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            said = [*process.cmdline(), process.cwd()]
        except psutil.Error:
            return False
        return process.pid != os.getpid() and any(str(self.root) in word for word in said)

    def leftovers(self) -> list[str]:
        """What of a ride is still here: processes, sandboxes, sockets."""
        folders = [self.sandboxes, self.temporary]
        found = [str(path) for folder in folders if folder.is_dir() for path in folder.iterdir()]
        return found + [f"{process.pid} {process.name()}" for process in self.processes()]


@asynccontextmanager
async def new_place() -> AsyncIterator[Place]:
    """Folders with a short path, for sockets. Whatever runs out of them afterwards is ended."""
    SHARED_CACHE.mkdir(exist_ok=True)
    place = Place(root=Path(tempfile.mkdtemp(prefix="ride-cli-")))
    place.root.chmod(0o755)
    place.temporary.mkdir(mode=0o1777)
    place.temporary.chmod(0o1777)
    try:
        yield place
    finally:
        for process in place.processes():
            with suppress(psutil.Error):
                process.kill()
        shutil.rmtree(place.root, ignore_errors=True)


def _as_from_a_terminal() -> None:
    """Where the tests run in the background or under nohup, these would be ignored from the start."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@dataclass(kw_only=True, slots=True)
class Program:
    """A `ride` process, with what it said."""

    process: asyncio.subprocess.Process
    out: str = ""
    err: str = ""
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _reading: list[asyncio.Task[None]] = field(default_factory=list)

    @classmethod
    async def start(
        cls,
        *arguments: str,
        environment: Mapping[str, str],
        prefix: Sequence[str] = (),
        cwd: Path | None = None,
    ) -> "Program":
        """`ride ARGUMENTS`; `prefix` is a command to start it with, such as setpriv."""
        process = await asyncio.create_subprocess_exec(
            *(*prefix, sys.executable, "-m", "bot", *arguments),
            env=dict(environment),
            cwd=cwd,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
            preexec_fn=_as_from_a_terminal,
        )
        program = cls(process=process)
        assert process.stdout is not None
        assert process.stderr is not None
        program._reading = [
            asyncio.create_task(program._read(process.stdout, program._add_out)),
            asyncio.create_task(program._read(process.stderr, program._add_err)),
        ]
        return program

    def _add_out(self, text: str) -> None:
        self.out += text

    def _add_err(self, text: str) -> None:
        self.err += text

    async def _read(self, stream: asyncio.StreamReader, add: Callable[[str], None]) -> None:
        while read := await stream.readline():
            async with self._news:
                add(read.decode(errors="replace"))
                self._news.notify_all()
        async with self._news:
            self._news.notify_all()

    @property
    def said(self) -> str:
        """Everything on the terminal."""
        return self.out + self.err

    async def says(self, pattern: str) -> re.Match[str]:
        """The first place in what it said that fits."""
        try:
            async with asyncio.timeout(PATIENCE), self._news:
                while (match := re.search(pattern, self.said)) is None:
                    if all(task.done() for task in self._reading):
                        raise AssertionError(f"it ended without saying {pattern!r}:\n{self.said}")
                    await self._news.wait()
                return match
        except TimeoutError:
            raise AssertionError(f"it did not say {pattern!r}:\n{self.said}") from None

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    async def listens(self) -> None:
        """Until it has taken over the signals; before, it is Python that starts, not Ride."""
        status = Path(f"/proc/{self.process.pid}/status")
        async with asyncio.timeout(PATIENCE):
            while not _caught(status.read_text()) >> (signal.SIGHUP - 1) & 1:  # noqa: ASYNC110, ASYNC240
                await asyncio.sleep(0.005)

    async def ends(self, within: float = PATIENCE) -> int:
        """Its exit code."""
        try:
            async with asyncio.timeout(within):
                code = await self.process.wait()
                await asyncio.gather(*self._reading)
        except TimeoutError:
            raise AssertionError(f"it did not end within {within} s:\n{self.said}") from None
        return code

    async def stopped_by(self, *numbers: signal.Signals) -> int:
        """Its exit code after these signals, right after one another."""
        for number in numbers:
            self.send(number)
        return await self.ends(STOPS_WITHIN)

    async def kill(self) -> None:
        """As kill -9 does; nothing of it is tidied up."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        await asyncio.gather(*self._reading)


def _caught(status: str) -> int:
    found = re.search(r"^SigCgt:\s*([0-9a-f]+)$", status, re.MULTILINE)
    return int(found[1], 16) if found else 0


@asynccontextmanager
async def launcher(place: Place) -> AsyncIterator["Launcher"]:
    """Starts programs in a place, and ends those that still run afterwards."""
    launch = Launcher(place=place)
    try:
        yield launch
    finally:
        for program in launch.programs:
            await program.kill()


@dataclass(kw_only=True, slots=True)
class Launcher:
    """Called like the command: `await ride("demo", "--port", "0", settings={"RIDE_LOG_LEVEL": "DEBUG"})`."""

    place: Place
    programs: list[Program] = field(default_factory=list)

    async def __call__(
        self,
        *arguments: str,
        prefix: Sequence[str] = (),
        cwd: Path | None = None,
        settings: Mapping[str, str] | None = None,
        without: Sequence[str] = (),
    ) -> Program:
        environment = self.place.environment() | dict(settings or {})
        for name in without:
            environment.pop(name, None)
        program = await Program.start(
            *arguments, environment=environment, prefix=prefix, cwd=cwd or self.place.root
        )
        self.programs.append(program)
        return program

    async def run(
        self, *arguments: str, settings: Mapping[str, str] | None = None, prefix: Sequence[str] = ()
    ) -> tuple[int, Program]:
        """To its end; gives its exit code too."""
        program = await self(*arguments, settings=settings, prefix=prefix)
        return await program.ends(), program


def lines(text: str) -> Iterator[str]:
    """Lines that are not empty."""
    return (line for line in text.splitlines() if line.strip())
