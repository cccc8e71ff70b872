"""Two machines on this one: Docker engines, each in namespaces of its own, joined to a swarm.

A machine is one process tree: `unshare` makes its network, its process numbers, its mounts and its name, and
an engine of its own runs in there. What the engine starts is in there too, so that killing the first process
is what pulling a machine's plug is. The two are linked by a pair of virtual interfaces, and have no other
network: nothing of this is seen outside, and nothing of it is left when they are gone.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

import docker
import psutil

PROGRAMS = ("dockerd", "docker-init", "unshare", "nsenter", "setpriv", "ip")
START_SECONDS = 60.0
CGROUPS = Path("/sys/fs/cgroup")
LINK = "ride0"
NETWORK = "198.18.0"
"""For tests between machines (RFC 2544), so that no overlay network takes it."""

_MACHINE = """
set -e
hostname "$1"
mount -t tmpfs tmpfs /run
ip link set lo up
exec >"$2/log" 2>&1
exec docker-init -- sh -c 'while :; do "$@"; done' machine \
    dockerd --data-root "$2/data" --exec-root "$2/exec" --pidfile "$2/docker.pid" \
    --host "unix://$2/docker.sock" --cgroup-parent "/$3"
"""
"""An engine that ends is started again, as systemd does."""


def missing() -> str | None:
    """What this machine lacks for such a swarm, in words; None for nothing."""
    if os.geteuid() != 0:
        return "only root may make namespaces for engines"
    lacking = [program for program in PROGRAMS if shutil.which(program) is None]
    return f"not installed: {', '.join(lacking)}" if lacking else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Machine:
    """One machine of the swarm."""

    name: str
    address: str
    folder: Path
    cgroup: str
    """Where its containers are accounted for, in each of the kernel's hierarchies."""
    outside: psutil.Process
    """`unshare`: the parent of all that runs in there, itself out here."""

    @property
    def url(self) -> str:
        """Where its engine listens."""
        return f"unix://{self.folder}/docker.sock"

    @property
    def init(self) -> psutil.Process:
        """The machine's first process, as seen from out here."""
        (first,) = self.outside.children()
        return first

    @contextmanager
    def client(self) -> Iterator[docker.DockerClient]:
        """The Docker SDK on its engine."""
        client = docker.DockerClient(base_url=self.url)
        try:
            yield client
        finally:
            client.close()

    def run(self, *command: str) -> None:
        """Run a command of this machine's in its network."""
        subprocess.run(
            ["nsenter", f"--net=/proc/{self.init.pid}/ns/net", *command], check=True, capture_output=True
        )

    def process(self, number: int) -> int:
        """Which process out here is the one that its engine knows by this number."""
        for process in self.init.children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess, OSError):
                status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
                numbers = next(line for line in status.splitlines() if line.startswith("NSpid:"))
                # From the outermost namespace inwards: out here, in the machine, in the container.
                if numbers.split()[2] == str(number):
                    return process.pid
        raise AssertionError(f"{self.name} has no process {number}")

    def crash_engine(self) -> None:
        """Kill the engine alone, with no word to its containers; returns when the next one answers."""
        before = self._engine()
        before.kill()
        psutil.wait_procs([before])
        _wait_for_engine(self)

    def _engine(self) -> psutil.Process:
        (found,) = (one for one in self.init.children(recursive=True) if one.name() == "dockerd")
        return found

    def kill(self) -> None:
        """Pull the plug: everything in there dies at once."""
        if self.outside.is_running():
            for process in self.outside.children():
                process.kill()

    def clear(self) -> None:
        """Remove what a machine that was killed leaves on this one."""
        shutil.rmtree(self.folder, ignore_errors=True)
        for hierarchy in CGROUPS.iterdir():
            for folder, _, _ in os.walk(hierarchy / self.cgroup, topdown=False):
                os.rmdir(folder)  # noqa: PTH106


@dataclass(frozen=True, kw_only=True, slots=True)
class Swarm:
    """The two machines."""

    manager: Machine
    worker: Machine


@contextmanager
def single(folder: Path) -> Iterator[Machine]:
    """A machine by itself, its engine running; everything of it is gone afterwards."""
    with _machine(folder / "1", f"ride-{token_hex(3)}", 1) as machine:
        _wait_for_engine(machine)
        yield machine


@contextmanager
def swarm(folder: Path) -> Iterator[Swarm]:
    """Two machines in one swarm; everything of them is gone afterwards."""
    name = f"ride-{token_hex(3)}"
    machines = []
    with contextlib.ExitStack() as stack:
        for number in (1, 2):
            machine = stack.enter_context(_machine(folder / str(number), name, number))
            machines.append(machine)
        for machine in machines:
            _wait_for_engine(machine)
        found = Swarm(manager=machines[0], worker=machines[1])
        _link(found)
        _join(found)
        yield found


@contextmanager
def _machine(folder: Path, swarm_name: str, number: int) -> Iterator[Machine]:
    name, cgroup = f"node-{number}", f"{swarm_name}-{number}"
    folder.mkdir(parents=True)
    # If we are killed ourselves, the machine goes with us.
    with subprocess.Popen(
        [
            *("setpriv", "--pdeathsig", "KILL"),
            *("unshare", "--net", "--pid", "--mount", "--uts", "--ipc", "--mount-proc", "--fork"),
            *("--kill-child=KILL", "sh", "-c", _MACHINE, "machine", name, str(folder), cgroup),
        ],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # what the engine says is in its log; `unshare` complains of being killed
    ) as process:
        machine = Machine(
            name=name,
            address=f"{NETWORK}.{number}",
            folder=folder,
            cgroup=cgroup,
            outside=psutil.Process(process.pid),
        )
        try:
            yield machine
        finally:
            machine.kill()
            process.wait()
            machine.clear()


def _wait_for_engine(machine: Machine) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _answers(machine):
        if time.monotonic() > deadline or not machine.outside.is_running():
            said = (machine.folder / "log").read_text(errors="replace")[-2000:]
            raise AssertionError(f"the engine of {machine.name} does not answer: {said}")
        time.sleep(0.1)


def _answers(machine: Machine) -> bool:
    # Not with the SDK: a client that finds nobody leaves its socket open.
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(machine.folder / "docker.sock"))
        except OSError:
            return False
    return True


def _link(found: Swarm) -> None:
    """A cable between the two."""
    ends = [f"/proc/{machine.init.pid}/ns/net" for machine in (found.manager, found.worker)]
    subprocess.run(
        ["ip", "link", "add", LINK, "netns", ends[0], "type", "veth", "peer", "name", LINK, "netns", ends[1]],
        check=True,
        capture_output=True,
    )
    for machine in (found.manager, found.worker):
        machine.run("ip", "address", "add", f"{machine.address}/24", "dev", LINK)
        machine.run("ip", "link", "set", LINK, "up")


def _join(found: Swarm) -> None:
    with found.manager.client() as manager, found.worker.client() as worker:
        manager.swarm.init(advertise_addr=found.manager.address)
        token = manager.swarm.attrs["JoinTokens"]["Worker"]
        worker.swarm.join(
            remote_addrs=[found.manager.address], join_token=token, advertise_addr=found.worker.address
        )


def until(happened: Callable[[], bool], patience: float = START_SECONDS) -> None:
    """Returns once it is so."""
    deadline = time.monotonic() + patience
    while not happened():
        if time.monotonic() > deadline:
            raise AssertionError(f"not in {patience:.0f} s")
        time.sleep(0.1)
