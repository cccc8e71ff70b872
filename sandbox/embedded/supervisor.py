"""The small process beside a sandbox: parent of its server and of its actors, keeper of its lease.

`python -m sandbox.embedded.supervisor FOLDER` goes into the background in a session of its own, so that the
sandbox outlives the program that started it. It ends everything and removes the folder when the deadline
written in the folder has passed, or when it is told to. If it is killed itself, its children die with it
(PR_SET_PDEATHSIG).

Standard library only: it is small, starts quickly and lives as long as a ride. Commands come over a Unix
socket, a line of JSON each (see control).
"""

import contextlib
import ctypes
import fcntl
import functools
import heapq
import json
import os
import random
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from sandbox.embedded.child import become_child
from sandbox.embedded.spec import CONTROL, DEADLINE, LOCK, Client, Spec, State, load_spec, save_state

PR_SET_CHILD_SUBREAPER = 36
LEASE_SECONDS = 0.5
"""How often the deadline is looked at."""
SIZE_SECONDS = 5.0
RECONNECT_SECONDS = (0.2, 1.0)
END_SECONDS = 5.0
"""How long the server may take to stop at once, before it is killed."""

_libc = ctypes.CDLL(None, use_errno=True)


class Supervisor:
    """Runs one sandbox until it is over."""

    def __init__(self, folder: Path, spec: Spec, listener: socket.socket) -> None:
        self._folder = folder
        self._spec = spec
        self._listener = listener
        self._selector = selectors.DefaultSelector()
        self._postmaster: int | None = None
        self._clients: dict[int, Client] = {}
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = 0
        self._cause: str | None = None
        self._over = False
        self._random = random.SystemRandom()

    def run(self) -> None:
        """Start the server, obey until the end, and leave nothing behind."""
        waking, waker = socket.socketpair()
        for end in (waking, waker):
            end.setblocking(False)
        signal.set_wakeup_fd(waker.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: self._end())
        self._selector.register(waking, selectors.EVENT_READ, lambda: _empty(waking))
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._postmaster = self._spawn(
            self._spec.postgres, {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}, signal.SIGQUIT, limited=True
        )
        self._report()
        self._watch_lease()
        self._watch_size()
        while not self._over:
            for key, _ in self._selector.select(self._pause()):
                key.data()
            self._reap()
            self._ring()
        self._shut_down()

    # -- children

    def _spawn(
        self, command: list[str], environment: dict[str, str], on_death: int, *, limited: bool = False
    ) -> int:
        limit = self._spec.address_space if limited else None
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            env=environment,
            cwd="/",
            user=self._spec.uid,
            group=self._spec.gid,
            extra_groups=None if self._spec.uid is None else [],
            process_group=0,
            preexec_fn=functools.partial(become_child, os.getpid(), on_death, limit),  # noqa: PLW1509
        )
        process.returncode = 0  # we reap by pid ourselves: Popen must not warn or wait
        return process.pid

    def _start_client(self, client: Client) -> None:
        if self._cause is None:
            self._clients[self._spawn(client.command, client.environment, signal.SIGKILL)] = client

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == self._postmaster:
                self._postmaster = None
                self._fail(f"PostgreSQL stopped by itself ({_said(status)})")
            elif pid in self._clients:
                self._client_ended(self._clients.pop(pid), status)

    def _client_ended(self, client: Client, status: int) -> None:
        if client.reconnects:
            self._after(self._random.uniform(*RECONNECT_SECONDS), lambda: self._start_client(client))
        elif client.stage == "incident" and os.WIFSIGNALED(status):
            # A session that is terminated makes pgbench exit; a signal to pgbench comes from outside.
            self._fail(f"the client {client.actor} was killed from outside ({_said(status)})")

    def _fail(self, cause: str) -> None:
        if self._cause is None and not self._over:
            self._cause = cause
            self._kill_clients()
            self._report()

    def _kill_clients(self) -> None:
        for pid in self._clients:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    # -- commands

    def _accept(self) -> None:
        connection, _ = self._listener.accept()
        connection.settimeout(1.0)
        with connection, contextlib.suppress(OSError):
            line = connection.makefile("rb").readline(65536)
            try:
                answer = self._obey(json.loads(line))
            except (ValueError, KeyError, TypeError) as error:
                answer = {"error": repr(error)}
            connection.sendall(json.dumps(answer).encode() + b"\n")

    def _obey(self, command: dict[str, str]) -> dict[str, object]:
        match command["do"]:
            case "start":
                for client in self._spec.clients:
                    if client.stage == command["stage"]:
                        self._start_client(client)
            case "destroy":
                self._end()
            case unknown:
                return {"error": f"unknown command {unknown!r}"}
        return {"ok": True}

    # -- time

    def _after(self, seconds: float, call: Callable[[], None]) -> None:
        self._numbers += 1  # so that two timers of the same moment need not compare their calls
        heapq.heappush(self._timers, (time.monotonic() + seconds, self._numbers, call))

    def _pause(self) -> float | None:
        return max(0.0, self._timers[0][0] - time.monotonic()) if self._timers else None

    def _ring(self) -> None:
        while self._timers and self._timers[0][0] <= time.monotonic():
            heapq.heappop(self._timers)[2]()

    def _watch_lease(self) -> None:
        try:
            deadline = float((self._folder / DEADLINE).read_text())
        except (OSError, ValueError):
            deadline = 0.0  # the folder is gone, or not ours any more
        if time.time() >= deadline:
            self._end()
        self._after(LEASE_SECONDS, self._watch_lease)

    def _watch_size(self) -> None:
        size = _size_of(Path(self._spec.data))
        if size > self._spec.data_limit and self._postmaster is not None:
            self._fail(f"its data grew to {size >> 20} MB")
            os.kill(self._postmaster, signal.SIGQUIT)
        self._after(SIZE_SECONDS, self._watch_size)

    # -- the end

    def _end(self) -> None:
        self._over = True

    def _report(self) -> None:
        # If the folder is gone, nobody asks, and the lease ends with it.
        with contextlib.suppress(FileNotFoundError):
            save_state(
                self._folder, State(supervisor=os.getpid(), postmaster=self._postmaster, cause=self._cause)
            )

    def _shut_down(self) -> None:
        self._kill_clients()
        if self._postmaster is not None:
            os.kill(self._postmaster, signal.SIGQUIT)
        deadline = time.monotonic() + END_SECONDS
        # As subreaper we are the parent of the backends too, once the postmaster is gone.
        while _reap_one():
            if time.monotonic() > deadline:
                for pid in _children():
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
            time.sleep(0.01)
        shutil.rmtree(self._spec.socket_folder, ignore_errors=True)
        shutil.rmtree(self._folder, ignore_errors=True)


def _reap_one() -> bool:
    """Reap what has ended; False when no child is left."""
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return False
    return True


def _children() -> list[int]:
    pid = os.getpid()
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _said(status: int) -> str:
    if os.WIFSIGNALED(status):
        return f"signal {os.WTERMSIG(status)}"
    return f"exit code {os.WEXITSTATUS(status)}"


def _empty(waking: socket.socket) -> None:
    with contextlib.suppress(BlockingIOError):
        while waking.recv(4096):
            pass


def _size_of(folder: Path) -> int:
    size = 0
    for root, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                size += os.lstat(os.path.join(root, name)).st_size  # noqa: PTH118
    return size


def _daemonise(folder: Path) -> None:
    """Into the background, with no terminal and no parent to wait for us."""
    if os.fork() > 0:
        os._exit(0)
    os.setsid()
    log = os.open(folder / "supervisor.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    for standard in (1, 2):
        os.dup2(log, standard)
    os.close(log)
    os.close(null)
    _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def main(folder: Path) -> None:
    """Take charge of the sandbox in this folder. Exits once in the background, listening and locked."""
    spec = load_spec(folder)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(os.path.join(spec.socket_folder, CONTROL))  # noqa: PTH118
    listener.listen(16)
    lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    # The lock goes with the open file, and so from the process that forks to the one that stays.
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.chdir("/")
    _daemonise(folder)
    Supervisor(folder, spec, listener).run()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
