"""What an adopter must know of a sandbox, in a file in its folder."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from sandbox.embedded.spec import write_private

FILE = "facts.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """One sandbox's name, whose it is, and where its server is reached."""

    id: str
    ride: str
    scenario: str
    version: str
    port: int
    socket_folder: str
    signal_key: str


def save_facts(folder: Path, facts: Facts) -> None:
    write_private(folder / FILE, json.dumps(asdict(facts)))


def load_facts(folder: Path) -> Facts:
    """Raises OSError, ValueError or TypeError when it is not there or not whole."""
    return Facts(**json.loads((folder / FILE).read_text(encoding="utf-8")))
