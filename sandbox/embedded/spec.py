"""What the supervisor is told about one sandbox, kept in its folder. Standard library only, as it is."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

SPEC = "spec.json"
STATE = "state.json"
DEADLINE = "deadline"
LOCK = "supervisor.lock"
CONTROL = "control"


@dataclass(frozen=True, kw_only=True, slots=True)
class Client:
    """One pgbench process: one session of an actor."""

    actor: str
    stage: str
    command: list[str]
    environment: dict[str, str]
    reconnects: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Spec:
    """A sandbox's server and its actors, as commands to run."""

    id: str
    postgres: list[str]
    data: str
    socket_folder: str
    uid: int | None
    """None: run as we are."""
    gid: int | None
    address_space: int
    """Bytes that the server and each of its sessions may map."""
    data_limit: int
    """Bytes of the data directory at which the sandbox is ended, before the disk is full."""
    clients: list[Client]


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """What has become of it."""

    supervisor: int
    postmaster: int | None
    cause: str | None
    """In words, what ended it against our will; None while all is well."""


def save_spec(folder: Path, spec: Spec) -> None:
    write_private(folder / SPEC, json.dumps(asdict(spec)))


def load_spec(folder: Path) -> Spec:
    """Raises OSError, ValueError or KeyError when it is not there or not whole."""
    found = json.loads((folder / SPEC).read_text(encoding="utf-8"))
    clients = [Client(**client) for client in found.pop("clients")]
    return Spec(**found, clients=clients)


def save_state(folder: Path, state: State) -> None:
    write_private(folder / STATE, json.dumps(asdict(state)))


def load_state(folder: Path) -> State:
    """Raises OSError, ValueError or TypeError when it is not there or not whole."""
    return State(**json.loads((folder / STATE).read_text(encoding="utf-8")))


def write_private(path: Path, text: str) -> None:
    """Replace a file by one that only we can read; a reader sees the old or the new one, never a part."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    beside.replace(path)
